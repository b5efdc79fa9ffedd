"""A card that comes next is put together from a frame that was rendered once, and reads as if it was rendered by itself."""

from django.template import Context, Template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from records.composing import Card
from reviews import actions, cards, marking, marks, setup
from reviews.models import ExclusionReason, Member, StageName
from reviews.templatetags import framing

TITLE = StageName.TITLE_ABSTRACT


def around(member: Member, **more: object) -> dict:
    review = member.review
    return {
        "review": review,
        "stage": TITLE,
        "grouped": [],
        "hide_people": False,
        "highlights": marks.highlights_of(review),
        "reasons": cards.REASONS.all(review=review.pk),
        "criteria": cards.CRITERIA.all(review=review.pk),
        "csrf_token": SafeString("token-of-the-page"),
        **more,
    }


def in_a_frame(each: cards.Shown, context: dict) -> str:
    return Template("{% load framing %}{% coming each %}").render(Context({**context, "each": each}))


def alone(each: cards.Shown, context: dict) -> str:
    own = {name: getattr(each, name) for name in ("card", "related", "own", "again", "note", "labels", "key")}
    return get_template("reviews/_card.html").render({**context, **own, "can_undo": True, "head": framing.HEAD})


def same(member: Member, names: list, **more: object) -> list[str]:
    context = around(member, **more)
    shown = cards.shown(member, TITLE, names, waiting=True)
    framed = [in_a_frame(each, context) for each in shown]
    assert framed == [alone(each, context) for each in shown]
    return framed


def test_a_card_that_comes_next_is_the_card_rendered_alone(world):
    member, works = world.members["bo"], [world.works[name] for name in ("delta", "echo", "foxtrot")]
    plain = same(member, works)
    assert len(set(plain)) == 3 and all("token-of-the-page" in each for each in plain)
    card = {"work_id": works[1].pk, "revision": works[1].revision, "stage": TITLE}
    actions.note(member=member, text="</textarea><b>note</b> {{ key }} work", **card)
    marking.put_label(member=member, name="to <discuss>", **card)
    setup.set_criteria(member=world.members["ann"], rows=[("Sample", "<adults> & others")])
    ExclusionReason.objects.filter(review=world.review).update(text="wrong <design>")
    said = same(Member.objects.get(pk=member.pk), works)
    assert "&lt;/textarea&gt;" in said[1] and "<b>note" not in said[1]
    assert "wrong &lt;design&gt;" in said[0] and "&lt;adults&gt; &amp; others" in said[2]
    assert 'aria-pressed="true"' in said[1] and 'aria-pressed="true"' not in said[0]
    same(member, works, hide_people=True)


def test_a_frame_is_rendered_once_for_as_long_as_it_is_the_same(world):
    member, works = world.members["bo"], [world.works[name] for name in ("delta", "echo")]
    same(member, works)
    before = framing._frame.cache_info().misses
    same(member, works)
    assert framing._frame.cache_info().misses == before
    ExclusionReason.objects.filter(review=world.review).update(text="another text")
    assert all("another text" in each for each in same(member, works))


def test_a_text_that_looks_like_a_blank_stays_a_text(world):
    member, work = world.members["bo"], world.works["delta"]
    ExclusionReason.objects.filter(review=world.review).update(text="work revision key note text 123456789012345678")
    assert "work revision key note text 123456789012345678" in same(member, [work])[0]


def test_what_nobody_reads_on_a_card_is_not_fetched(world, django_assert_num_queries):
    (card,) = [each.card for each in cards.shown(world.members["bo"], TITLE, [world.works["alpha"]])]
    assert isinstance(card, Card)
    with django_assert_num_queries(0):
        get_template("reviews/_abstract.html").render({"card": card, "review": world.review, "highlights": ()})
    assert "raw" in card.record.get_deferred_fields()
