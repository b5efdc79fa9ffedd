"""The queue: half-done works first, then by rank, put-off ones last; no work twice, no settled one; progress adds up.

And the page that serves it: one press, the next card.
"""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import actions as found
from records.models import Search, Work
from reviews import actions, queries, team
from reviews.models import Decision, Later, Member, Outcome, Report, Role, Stage, StageName, State
from reviews.settling import InReviews
from tests import world as worlds

HTMX = {"hx-request": "true"}
TITLE = StageName.TITLE_ABSTRACT
SCREEN = ("ann", "bo", "cy")


def card(world, who, **more):
    """The name of the work that a member reads next."""
    work = queries.next_work(member=world.members[who], stage=TITLE, **more)
    return next((name for name, each in world.works.items() if work and each.pk == work.pk), None)


def as_shown(world, name):
    """What a form on the card of a work says of it."""
    one = Work.objects.get(pk=world.works[name].pk)
    return {"work": one.pk, "revision": one.revision}


def progress(world, who):
    found = queries.progress(member=world.members[who], stage=TITLE)
    return found.decided, found.left


def walk(world, who, verdict="include"):
    """Decide on every card that comes; their names in order."""
    names = []
    while name := card(world, who):
        assert name not in names, "a work came twice"
        names.append(name)
        world.decide(who, name, verdict)
    return names


def many(world, count, source):
    """Works that have nothing in common."""
    entries = "".join(
        worlds.ris_entry(
            "alpha", title=f"{source} {n * 7919:x} q{n}z", AU=f"N{source}{n}, A", DO=f"10.5555/{source}.{n}", AB=""
        )
        for n in range(count)
    )
    worlds.import_text(world.review, world.people["ann"], entries, source=source)


def test_half_done_works_come_first_then_by_rank(world):
    assert walk(world, "bo") == ["charlie", "delta", "echo", "foxtrot", "golf", "hotel"]
    assert walk(world, "ann") == ["delta", "echo", "foxtrot", "golf", "hotel"]


def test_several_half_done_works_come_by_rank_too(world):
    for work in ("hotel", "echo"):
        world.decide("ann", work, "exclude")
    assert walk(world, "cy") == ["charlie", "echo", "hotel", "delta", "foxtrot", "golf"]


def test_what_i_alone_decided_waits_for_the_others_not_for_me(world):
    world.decide("bo", "delta", "include")
    assert card(world, "bo") == "charlie"
    assert card(world, "ann") == "delta"


def test_settled_works_and_conflicts_come_to_nobody(world):
    assert {world.outcome(work) for work in ("alpha", "bravo")} == {"included", "conflict"}
    assert not {"alpha", "bravo"} & set(walk(world, "cy"))


def test_put_off_works_come_at_the_end_in_the_order_of_putting_off(world):
    for work in ("golf", "charlie"):
        actions.put_off(member=world.members["bo"], stage=TITLE, work_id=world.works[work].pk)
    assert walk(world, "bo") == ["delta", "echo", "foxtrot", "hotel", "golf", "charlie"]
    assert card(world, "ann") == "delta"


def test_putting_off_again_sends_a_card_to_the_very_end(world):
    for work in ("golf", "charlie", "golf"):
        actions.put_off(member=world.members["bo"], stage=TITLE, work_id=world.works[work].pk)
    assert walk(world, "bo")[-2:] == ["charlie", "golf"]


def test_a_put_off_work_that_others_settled_does_not_come_back(world):
    actions.put_off(member=world.members["cy"], stage=TITLE, work_id=world.works["charlie"].pk)
    world.decide("bo", "charlie", "include")
    assert "charlie" not in walk(world, "cy")
    assert Later.objects.filter(member=world.members["cy"]).count() == 1


def test_a_work_taken_back_comes_again(world):
    walk(world, "bo")
    actions.undo(member=world.members["bo"], stage=TITLE)
    assert card(world, "bo") == "hotel"


def test_progress_adds_up_for_every_member_at_every_step(world):
    """Decided and left together are all works but those that others settled without this member."""

    def check():
        settled = [State.INCLUDED, State.EXCLUDED, State.CONFLICT]
        for who in SCREEN:
            mine = Decision.objects.filter(member=world.members[who], stage=TITLE, current=True)
            by_others = Outcome.objects.filter(review=world.review, stage=TITLE, state__in=settled)
            by_others = by_others.exclude(work__in=mine.values("work")).count()
            decided, left = progress(world, who)
            assert decided == mine.count()
            assert decided + left + by_others == len(world.works), who

    check()
    for who, work, verdict in [
        ("cy", "delta", "include"), ("bo", "delta", "exclude"), ("ann", "echo", "maybe"), ("cy", "echo", "maybe"),
        ("bo", "charlie", "include"), ("bo", "bravo", "include"), ("cy", "golf", "exclude"),
    ]:  # fmt: skip
        world.decide(who, work, verdict)
        check()
    for who in ("cy", "bo", "ann", "cy"):
        actions.undo(member=world.members[who], stage=TITLE)
        check()


def test_what_is_left_is_what_still_comes(world):
    for who in ("cy", "bo", "ann"):
        left = progress(world, who)[1]
        assert len(walk(world, who)) == left
        assert progress(world, who)[1] == 0


def test_three_decisions_a_work_come_to_three_members_and_progress_adds_up(world):
    Stage.objects.filter(review=world.review, name=TITLE).update(needed=3)
    assert progress(world, "cy") == (0, 6)
    assert walk(world, "cy") == ["charlie", "delta", "echo", "foxtrot", "golf", "hotel"]
    assert world.outcome("charlie") == "awaiting_second"
    assert walk(world, "bo") == ["charlie", "delta", "echo", "foxtrot", "golf", "hotel"]
    assert (progress(world, "bo"), progress(world, "ann")) == ((8, 0), (3, 5))
    assert walk(world, "ann") == ["delta", "echo", "foxtrot", "golf", "hotel"]
    assert {world.outcome(work) for work in ("charlie", "hotel")} == {"included"}


def test_works_of_a_search_set_aside_leave_the_queue_and_come_back(world):
    many(world, 3, "Aside")
    search = Search.objects.get(library=world.library, source="Aside")
    assert progress(world, "bo") == (2, 9)
    found.set_aside(by=world.people["ann"], search=search, aside=True, upstairs=InReviews())
    assert progress(world, "bo") == (2, 6)
    assert len(walk(world, "bo")) == 6
    found.set_aside(by=world.people["ann"], search=search, aside=False, upstairs=InReviews())
    assert progress(world, "bo")[1] == 3


def test_a_half_done_work_set_aside_is_not_served(world):
    search = Search.objects.get(library=world.library, source="Fictional Index")
    found.set_aside(by=world.people["ann"], search=search, aside=True, upstairs=InReviews())
    assert card(world, "bo") is None
    assert progress(world, "bo")[1] == 0


def test_a_joined_work_is_served_once(world):
    one, other = world.works["delta"], world.works["echo"]
    found.join(by=world.people["ann"], library=world.library, into=one, others=[other], upstairs=InReviews())
    assert walk(world, "bo") == ["charlie", "delta", "foxtrot", "golf", "hotel"]


def test_a_leavers_half_done_works_go_on(world):
    team.remove(member=world.members["ann"], of=world.members["bo"])
    world.decide("cy", "charlie", "include")
    assert world.outcome("charlie") == "included"
    world.members["bo"].refresh_from_db()
    assert world.outcome("bravo") == "conflict"


def test_a_large_team_misses_nobodys_half_done_work(world):
    """Also when the one who decided joined after many others."""
    owner = world.members["ann"]
    for n in range(22):
        world.members[f"m{n}"] = worlds.join_team(world.review, owner, worlds.person(f"m{n}"), Role.REVIEWER)
    last = "m21"
    world.decide(last, "hotel", "include")
    assert card(world, last) == "charlie"
    assert walk(world, "bo")[:2] == ["charlie", "hotel"]


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["ann", "bo"])
def test_the_next_card_costs_the_same_with_10_and_with_300_works(who):
    world = worlds.empty_world()
    world.people["bo"] = worlds.person("bo")
    world.members["bo"] = worlds.join_team(world.review, world.members["ann"], world.people["bo"], Role.REVIEWER)
    member = Member.objects.select_related("review").get(pk=world.members[who].pk)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert queries.next_work(member=member, stage=TITLE)
            assert queries.progress(member=member, stage=TITLE).left
        return len(asked)

    many(world, 10, "Few")
    few = cost()
    many(world, 290, "Many")
    assert Outcome.objects.filter(review=world.review).count() == 300
    # How the stage serves, twice; half-done works, untouched ones; and progress.
    assert (few, cost()) == (5, 5)


# The page: one press, the next card


def send(world, client, name="delta", htmx=True, stage=TITLE, **more):
    """What the page's form sends, with or without script."""
    one = Work.objects.get(pk=world.works[name].pk)
    sent = {"work": one.pk, "revision": one.revision, "key": str(uuid.uuid4()), **more}
    return client.post(f"/reviews/{world.review.pk}/screen/{stage}/", sent, headers=HTMX if htmx else {})


def told(answer):
    """The status line, out of band beside the card; the answer to htmx is a part."""
    page = answer.content.decode()
    assert "<html" not in page and page.strip().startswith('<article id="card"')
    return re.search(r'<div hx-swap-oob="innerHTML:#told">([^<]*)</div>', page)[1]


def said_by(world, who, work, stage=TITLE):
    """A member's current decisions on a work, as (verdict, key of the reason)."""
    rows = world.members[who].decisions.filter(work=world.works[work], stage=stage, current=True)
    return list(rows.values_list("verdict", "reason__key"))


def stored(world):
    """What a refused press must leave as it was."""
    return list(Decision.objects.filter(review=world.review).values()), world.library.history.count()


def shown(answer):
    return answer.context["card"].work


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("include", "Included. Saved. Z undoes."),
        ("exclude", "Excluded. Saved. Z undoes."),
        ("maybe", "Maybe. Saved. Z undoes."),
    ],
)
def test_a_press_is_stored_and_said_and_the_next_card_is_there(world, as_, verdict, said):
    answer = send(world, as_(world, "bo"), "charlie", verdict=verdict)
    assert (answer.status_code, told(answer), shown(answer)) == (200, said, world.works["delta"])
    assert said_by(world, "bo", "charlie") == [(verdict, None)]


def test_a_reasons_button_alone_excludes_because_of_it(world, as_):
    answer = send(world, as_(world, "bo"), verdict="include", reason=world.reason("design").pk)
    assert told(answer) == "Excluded: Wrong study design. Saved. Z undoes."
    assert said_by(world, "bo", "delta") == [("exclude", "design")]


def test_without_script_every_press_leads_back_to_the_page(world, as_):
    client, place = as_(world, "bo"), f"/reviews/{world.review.pk}/screen/title-abstract/"
    here = f"{place}?work={world.works['delta'].pk}"
    assert send(world, client, htmx=False, verdict="include")["Location"] == place
    assert client.post(place + "undo/")["Location"] == here
    assert client.post(place + "later/", as_shown(world, "delta"))["Location"] == place
    assert client.post(place + "note/", {**as_shown(world, "delta"), "text": "x"})["Location"] == here


def test_a_stale_card_gets_409_in_words_and_stays_on_the_page(world, as_):
    before = stored(world)
    answer = send(world, as_(world, "bo"), verdict="include", revision=99)
    assert (answer.status_code, shown(answer)) == (409, world.works["delta"])
    assert told(answer) == "This work changed while you read it, or is closed. Nothing was stored; please look again."
    assert stored(world) == before


def test_what_makes_no_sense_is_refused_and_nothing_is_stored(world, foreign, as_):
    retired = world.reason("setting")
    retired.retired = True
    retired.save()
    client, before = as_(world, "bo"), stored(world)
    for more in (
        {}, {"verdict": "x"}, {"verdict": "include", "key": "x"}, {"verdict": "include", "work": 10**30},
        {"reason": foreign.review.reasons.first().pk}, {"reason": retired.pk}, {"reason": "x"}, {"reason": 10**30},
    ):  # fmt: skip
        assert send(world, client, **more).status_code == 400, more
    for number in (foreign.works["golf"].pk, 10**17):
        assert send(world, client, verdict="include", work=number).status_code == 404
    assert stored(world) == before


def test_at_full_text_the_page_asks_for_the_reason_and_keeps_the_card(world, as_):
    client, full = as_(world, "bo"), StageName.FULL_TEXT
    actions.unblind(member=world.members["ann"], stage=TITLE)
    report = Report.objects.get(review=world.review, work=world.works["alpha"])
    actions.set_retrieval(member=world.members["ann"], report=report, retrieval="retrieved")
    answer = send(world, client, "alpha", stage=full, verdict="exclude")
    assert (answer.status_code, told(answer), shown(answer)) == (400, "Choose the reason first.", world.works["alpha"])
    answer = send(world, client, "alpha", stage=full, reason=world.reason("design").pk)
    assert answer.status_code == 200
    assert said_by(world, "bo", "alpha", full) == [("exclude", "design")]


def test_undo_later_and_note_answer_with_the_card_they_are_about(world, as_):
    client, place = as_(world, "bo"), f"/reviews/{world.review.pk}/screen/title-abstract/"
    send(world, client, "echo", verdict="include")
    answer = client.post(place + "undo/", headers=HTMX)
    assert (told(answer), shown(answer)) == ("Taken back. Decide again.", world.works["echo"])
    answer = client.post(place + "later/", as_shown(world, "charlie"), headers=HTMX)
    assert (told(answer), shown(answer)) == ("Put off. It comes again at the end.", world.works["delta"])
    answer = client.post(place + "note/", {**as_shown(world, "golf"), "text": "a < b"}, headers=HTMX)
    assert (told(answer), shown(answer)) == ("Note saved.", world.works["golf"])
    assert "a &lt; b</textarea>" in answer.content.decode()


def test_a_work_decided_on_can_be_opened_again_and_says_so(world, as_):
    place = f"/reviews/{world.review.pk}/screen/title-abstract/"
    page = as_(world, "bo").get(place, {"work": world.works["alpha"].pk}).content.decode()
    assert "You decided on this one already: Include." in page
    for strange in ("x", "²", "9" * 5000):
        assert shown(as_(world, "bo").get(place, {"work": strange})) == world.works["charlie"]
    assert as_(world, "bo").get(place, {"work": "9" * 18}).status_code == 404


def test_the_next_card_is_one_look_into_an_index_however_many_works_wait(world):
    with CaptureQueriesContext(connection) as asked:
        card(world, "ann")
        queries.progress(member=world.members["ann"], stage=TITLE)
    plans, sqlite = {}, connection.vendor == "sqlite"
    for query in asked:
        if "reviews_outcome" in query["sql"]:
            with connection.cursor() as cursor:
                if not sqlite:  # it reads few rows faster than any index
                    cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{query['sql']}")
                plans[query["sql"]] = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert len(plans) >= 2
    for sql, plan in plans.items():
        assert ("stage=? AND state=?" if sqlite else "queue") in plan, (sql, plan)
        few = plan.replace("USE TEMP B-TREE FOR count(DISTINCT)", "")  # of the member's own interests
        assert "TEMP B-TREE" not in few or '"only_member_id" IN' in sql, (sql, plan)


def test_redo_knows_its_review_and_never_replaces_a_later_decision(world, as_):
    client, place = as_(world, "bo"), f"/reviews/{world.review.pk}/screen/title-abstract/"
    world.decide("bo", "echo", "include")
    client.post(place + "undo/")
    assert f"undone {world.review.pk} title-abstract" in client.session
    world.decide("bo", "echo", "exclude")  # in another browser
    answer = client.post(place + "redo/", headers={"hx-request": "true"})
    assert answer.status_code == 409
    assert Decision.objects.get(work=world.works["echo"], member=world.members["bo"], current=True).verdict == "exclude"
