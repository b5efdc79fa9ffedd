"""Talking a work over, and sending it back for a second look: who may, what stays, what each side sees, and the way back."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.models import Work
from reviews import actions, cards, counters, discussing, disputes, setup
from reviews.models import Decision, Ended, Interest, Member, Message, Role, SendingBack, StageName
from tests import world as worlds

TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT
HTMX = {"hx-request": "true"}


def talk(world, work="bravo", stage=TITLE):
    return f"/reviews/{world.review.pk}/works/{world.works[work].pk}/discussion/{stage}/"


def place(world, rest=""):
    return f"/reviews/{world.review.pk}/conflicts/{TITLE}/{rest}"


def say(world, who="cy", work="bravo", text="What of the setting?", **more):
    given = {"stage": TITLE, "work_id": world.works[work].pk, "key": uuid.uuid4(), "text": text}
    return discussing.say(member=fresh(world, who), **{**given, **more})


def fresh(world, who):
    return Member.objects.select_related("review", "user").get(pk=world.members[who].pk)


def unblind(world, stage=TITLE):
    actions.unblind(member=world.members["ann"], stage=stage)


def send_back(world, who="cy", work="bravo", why="Is it about carers?", **more):
    one = Work.objects.get(pk=world.works[work].pk)
    given = {"stage": TITLE, "work_id": one.pk, "revision": one.revision, "key": uuid.uuid4(), "why": why}
    return discussing.send_back(member=fresh(world, who), **{**given, **more})


def verbs(world):
    return list(world.library.history.order_by("number").values_list("verb", flat=True))


# The thread


@pytest.mark.parametrize(
    ("who", "work", "blinded", "open_"),
    [
        ("bo", "bravo", True, 403),  # decided on it, and learns nothing
        ("cy", "bravo", True, 302),
        ("cy", "alpha", True, 403),  # no conflict
        ("lib", "bravo", True, 403),
        ("obs", "bravo", True, 403),
        ("bo", "bravo", False, 302),
        ("cy", "alpha", False, 302),
        ("lib", "bravo", False, 403),
        ("obs", "bravo", False, 403),
    ],
)
def test_the_thread_is_open_to_who_may_see_the_decisions(world, as_, who, work, blinded, open_):
    if not blinded:
        unblind(world)
    sent = {"text": "Look at page 3", "key": uuid.uuid4()}
    assert as_(world, who).post(talk(world, work), sent).status_code == open_
    assert Message.objects.count() == (open_ == 302)


def test_a_blinded_member_is_refused_in_the_same_bytes_whether_there_is_a_conflict_or_not(world, as_):
    say(world)
    sent = {"text": "x", "key": uuid.uuid4()}
    answers = {as_(world, "bo").post(talk(world, work), sent, headers=HTMX).content for work in world.works}
    assert len(answers) == 1


def test_the_same_message_sent_twice_is_one_and_the_newest_is_last(world, as_):
    client, key = as_(world, "cy"), uuid.uuid4()
    for _press in range(2):
        page = client.post(talk(world), {"text": "first <b>bold</b>", "key": key, "from": "conflicts"}, headers=HTMX)
    assert Message.objects.count() == 1
    say(world, "ann", text="second")
    page = client.get(place(world)).content.decode()
    assert "first &lt;b&gt;bold&lt;/b&gt;" in page and page.index("first") < page.index("second")
    assert verbs(world)[-2:] == ["said something of a work"] * 2


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (discussing.MOST + 1)])
def test_nothing_and_too_much_are_refused(world, as_, text):
    assert as_(world, "cy").post(talk(world), {"text": text, "key": uuid.uuid4()}).status_code == 400
    with pytest.raises((discussing.Nothing, discussing.TooLong)):
        say(world, text=text)
    assert not Message.objects.exists()


def test_an_own_message_is_taken_back_and_shown_as_such(world, as_):
    message = say(world, text="a slip of the pen")
    assert as_(world, "ann").post(talk(world), {"back": message.pk}).status_code == 404  # not hers
    client = as_(world, "cy")
    assert client.post(talk(world), {"back": message.pk, "from": "conflicts"}).status_code == 302
    page = client.get(place(world)).content.decode()
    assert "Taken back." in page and "slip of the pen" not in page
    assert client.post(talk(world), {"back": message.pk}).status_code == 404  # once
    assert client.post(talk(world), {"back": "x"}).status_code == 400


def test_the_thread_stands_on_the_works_page_once_unblinded_and_not_before(world, as_):
    say(world, text="canary in the thread")
    work = f"/reviews/{world.review.pk}/works/{world.works['bravo'].pk}/"
    for who in ("bo", "cy", "ann", "lib", "obs"):
        assert "canary" not in as_(world, who).get(work).content.decode(), who
    unblind(world)
    shown = {who: "canary" in as_(world, who).get(work).content.decode() for who in ("bo", "cy", "ann", "lib", "obs")}
    assert shown == {"bo": True, "cy": True, "ann": True, "lib": False, "obs": False}


# A second look


def test_sent_back_the_decisions_are_set_aside_and_kept(world):
    row = send_back(world)
    said = Decision.objects.filter(review=world.review, work=row.work)
    assert {(each.current, each.ended, each.undone_at) for each in said} == {(False, Ended.SENT_BACK, None)}
    assert sorted(row.decisions) == sorted(str(each.key) for each in said) and len(row.decisions) == 2
    assert world.outcome("bravo") == "pending"
    assert verbs(world)[-1] == "sent a work back"
    assert list(counters.differences(world.review.pk)) == []
    assert send_back(world, key=row.key) == row and SendingBack.objects.count() == 1


def test_those_who_decided_see_the_card_again_with_the_words_and_nobody_else(world, as_):
    send_back(world, why="Is it <i>about</i> carers?")
    world.people["dot"] = worlds.person("dot")
    worlds.join_team(world.review, world.members["ann"], world.people["dot"], Role.REVIEWER)
    card = f"/reviews/{world.review.pk}/screen/{TITLE}/?work={world.works['bravo'].pk}"
    for who in ("ann", "bo"):
        assert "Please look again: Is it &lt;i&gt;about&lt;/i&gt; carers?" in as_(world, who).get(card).content.decode()
    for who in ("cy", "dot"):
        assert "look again" not in as_(world, who).get(card).content.decode()
    other = card.replace(str(world.works["bravo"].pk), str(world.works["delta"].pk))
    shown = as_(world, "bo").get(other).content.decode().split('id="ahead"')[0]
    assert "look again" not in shown


def test_looked_at_again_the_mark_is_gone_and_both_decisions_are_in_the_history(world, as_):
    send_back(world)
    world.decide("bo", "bravo", "include")
    card = f"/reviews/{world.review.pk}/screen/{TITLE}/?work={world.works['bravo'].pk}"
    assert "Please look again" not in as_(world, "bo").get(card).content.decode().split('id="ahead"')[0]
    world.decide("ann", "bravo", "include")
    assert world.outcome("bravo") == "included"
    assert Decision.objects.filter(work=world.works["bravo"]).count() == 4
    with pytest.raises(discussing.Nothing):  # both decided anew: nothing is left to call back
        discussing.call_back(member=fresh(world, "cy"), stage=TITLE, sending_id=SendingBack.objects.get().pk)


def test_called_back_what_was_said_counts_again_except_where_somebody_decided_anew(world):
    row = send_back(world)
    world.decide("bo", "bravo", "include")
    discussing.call_back(member=fresh(world, "cy"), stage=TITLE, sending_id=row.pk)
    now = Decision.objects.filter(work=world.works["bravo"], current=True)
    assert {(each.member.user.name, each.verdict) for each in now} == {("Ann", "include"), ("Bo", "include")}
    assert (world.outcome("bravo"), verbs(world)[-1]) == ("included", "called a work back")
    assert list(counters.differences(world.review.pk)) == []


def test_called_back_at_once_the_conflict_stands_as_before(world, as_):
    before = list(Decision.objects.order_by("pk").values())
    client = as_(world, "cy")
    one = Work.objects.get(pk=world.works["bravo"].pk)
    sent = {"work": one.pk, "revision": one.revision, "key": uuid.uuid4(), "why": "why"}
    page = client.post(place(world, "send-back/"), sent, headers=HTMX).content.decode()
    assert "Sent back for a second look." in page and "No conflict" in page and "Sent back by you" in page
    answer = client.post(place(world, "call-back/"), {"sending": SendingBack.objects.get().pk}, headers=HTMX)
    assert "Called back." in answer.content.decode()
    assert list(Decision.objects.order_by("pk").values()) == before and world.outcome("bravo") == "conflict"
    again = client.post(place(world, "call-back/"), {"sending": SendingBack.objects.get().pk}, headers=HTMX)
    assert again.status_code == 409


def test_only_who_sent_it_back_calls_it_back(world):
    row = send_back(world)
    with pytest.raises(discussing.Nothing):
        discussing.call_back(member=fresh(world, "ann"), stage=TITLE, sending_id=row.pk)


@pytest.mark.parametrize(
    ("work", "more", "fault"),
    [
        ("alpha", {}, actions.NoConflict),
        ("charlie", {}, actions.NoConflict),
        ("bravo", {"revision": 99}, actions.CardChanged),
        ("bravo", {"why": "x" * (discussing.MOST + 1)}, discussing.TooLong),
    ],
)
def test_what_is_no_conflict_or_has_changed_is_not_sent_back(world, work, more, fault):
    with pytest.raises(fault):
        send_back(world, work=work, **more)
    assert not SendingBack.objects.exists()


def test_who_has_an_interest_is_not_asked(world, as_):
    bravo = world.works["bravo"]
    Interest.objects.create(
        review=world.review, member=world.members["cy"], work=bravo, record_id=bravo.lead_id, origin="declared"
    )
    page = as_(world, "cy").get(place(world)).content.decode()
    assert "No conflict" in page
    with pytest.raises(actions.Barred):
        send_back(world)
    with pytest.raises(actions.Barred):
        actions.adjudicate(
            member=fresh(world, "cy"), stage=TITLE, work_id=bravo.pk, revision=bravo.revision, key=uuid.uuid4(), verdict="include"
        )  # fmt: skip
    assert not disputes.may_discuss(fresh(world, "cy"), bravo, TITLE)


def test_a_card_asks_no_more_where_nothing_was_ever_sent_back(world):
    delta = [Work.objects.get(pk=world.works["delta"].pk)]

    def asked():
        bo = fresh(world, "bo")
        with CaptureQueriesContext(connection) as queries:
            cards.shown(bo, TITLE, delta)
        return len(queries)

    asked()
    few = asked()
    send_back(world)
    assert asked() == few + 1, "whether the member's own were set aside"


def test_setting_the_criteria_anew_is_said_beside_each_decision(world, as_):
    setup.set_criteria(member=fresh(world, "ann"), rows=[("Sample", "adults")])
    world.members["bo"] = fresh(world, "bo")
    world.decide("bo", "charlie", "exclude")
    setup.set_criteria(member=fresh(world, "ann"), rows=[("Sample", "everybody")])
    page = as_(world, "cy").get(place(world, f"?work={world.works['charlie'].pk}")).content.decode()
    assert "decided under criteria v1, now v2" in re.sub(r"\s+", " ", page)
