"""Calibration rounds: the draw, one round at a time, blindness while it is open, what closing opens and what it does not."""

import contextlib
import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.models import Event
from reviews import actions, agreement_data, calibration, queries, rounds, sampling, setup
from reviews.models import Decision, Member, Outcome, Role, Round, RoundWork, SavedView, Stage, StageName
from tests import world as worlds
from tests.reviews.test_blinding import received

TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT
FRESH = ("delta", "echo", "foxtrot", "golf", "hotel")  # nobody decided on them in the screened world


def begin(world, *names, **more):
    """The owner opens a round of these works."""
    chosen = [world.works[each].pk for each in names] if names else None
    return calibration.open_round(member=world.members["ann"], stage=TITLE, chosen=chosen, **more)


def act(world, name, **more):
    return getattr(calibration, name)(member=world.members["ann"], stage=TITLE, **more)


def stage(world):
    return Stage.objects.select_related("calibrating").get(review=world.review, name=TITLE)


def place(world, rest="title-abstract/"):
    return f"/reviews/{world.review.pk}/calibration/{rest}"


def page(world, as_, who="bo", rest="title-abstract/"):
    answer = as_(world, who).get(place(world, rest))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().partition("<main")[2].split())


def next_of(world, who):
    work = queries.next_work(member=world.members[who], stage=TITLE)
    return work and next(name for name, each in world.works.items() if each.pk == work.pk)


def say(world, who, **verdicts):
    for work, verdict in verdicts.items():
        reason = world.reason("setting") if verdict == "exclude" else None
        world.decide(who, work, verdict, reason=reason)


def outcomes(world):
    """All that is stored of outcomes but when, and the stage's counters."""
    fields = ("work", "stage", "state", "reason", "decided", "only_member", "rank", "aside")
    rows = sorted(map(str, Outcome.objects.filter(review=world.review).values_list(*fields)))
    return rows, Stage.objects.values_list("pending", "awaiting_second", "conflict", "included", "excluded").get(
        name=TITLE
    )


# --- the draw ------------------------------------------------------------------------------------------------------
def test_a_draw_is_told_by_its_seed_and_later_numbers_move_nobodys_place():
    drawn = sampling.draw(7, range(1, 1001), 20)
    assert drawn == sampling.draw(7, range(1000, 0, -1), 20) and len(set(drawn)) == 20
    assert drawn != sampling.draw(8, range(1, 1001), 20)
    more = sampling.draw(7, range(1, 2001), 2000)
    assert [each for each in more if each <= 1000][:20] == drawn
    assert sampling.draw(42, range(1, 11), 3) == [1, 6, 4]  # what the rule says, for ever


@pytest.mark.parametrize("size", [0, 1, 5, 9])
def test_every_number_is_drawn_about_as_often(size):
    counts = [0] * 10
    for seed in range(400):
        for each in sampling.draw(seed, range(10), size):
            counts[each] += 1
    assert all(abs(count - 40 * size) < 60 for count in counts)


def test_the_same_seed_draws_the_same_works_of_those_that_nobody_decided_on(world):
    first = begin(world, size=3, seed=11)
    drawn = [each.work.title for each in first.works.select_related("work")]
    assert (first.how, first.seed, first.number) == ("random", 11, 1)
    assert set(drawn) <= {worlds.SUBJECTS[name] for name in FRESH}
    act(world, "call_off")
    again = begin(world, size=3, seed=11)
    assert [each.work.title for each in again.works.select_related("work")] == drawn
    act(world, "call_off")
    assert len(begin(world, size=400).works.all()) == len(FRESH)


def test_chosen_works_keep_their_order_and_those_decided_on_are_left_out(world):
    made = begin(world, "golf", "alpha", "delta", "golf", "bravo")
    assert [each.work_id for each in made.works.all()] == [world.works["golf"].pk, world.works["delta"].pk]
    assert (made.how, made.seed) == ("chosen", None)


def refuse_second(world):
    begin(world, "delta")
    return calibration.RoundGoesOn


def refuse_unblinded(world):
    actions.unblind(member=world.members["ann"], stage=TITLE)
    return calibration.NotBlind


def refuse_closed(world):
    Stage.objects.filter(review=world.review, name=TITLE).update(closed_at=world.review.at)
    return calibration.StageClosed


def refuse_decided(world):
    say(world, "bo", echo="include", golf="maybe")
    return calibration.NothingToRead


def refuse_shown(world):
    begin(world, "echo", "golf", counts=False)
    act(world, "close_round")
    return calibration.NothingToRead


@pytest.mark.parametrize("why", [refuse_second, refuse_unblinded, refuse_closed, refuse_decided, refuse_shown])
def test_no_round_begins_where_it_would_mean_nothing(world, why):
    error = why(world)
    before = Round.objects.count()
    with pytest.raises(error):
        begin(world, "echo", "golf")
    assert Round.objects.count() == before


def test_a_round_holds_no_more_than_it_can(world):
    with pytest.raises(calibration.TooMany):
        begin(world, size=501)


# --- while it is open ----------------------------------------------------------------------------------------------
def test_everybody_is_asked_about_its_works_and_no_others_whatever_was_said(world):
    made = begin(world, "golf", "delta")
    for who in ("ann", "bo", "cy"):
        for work in ("golf", "delta"):
            assert next_of(world, who) == work
            say(world, who, **{work: "include" if who == "bo" else "exclude"})
        assert next_of(world, who) is None
    assert Decision.objects.filter(round=made, current=True).count() == 6
    with pytest.raises(actions.CardChanged):
        say(world, "bo", hotel="include")
    assert rounds.ways(made)[world.members["cy"].pk] == rounds.Way(2, 0)


def test_each_sees_own_progress_only_and_the_owner_how_many_are_through(world, as_):
    begin(world, "golf", "delta")
    say(world, "bo", golf="include", delta="exclude")
    say(world, "cy", golf="exclude")
    assert "You have decided on 2 of 2 works." in page(world, as_, "bo") and "through" not in page(world, as_, "bo")
    assert "You have decided on 1 of 2 works." in page(world, as_, "cy")
    assert "You have decided on 0 of 2 works. 1 of 3 members who decide are through." in page(world, as_, "ann")


def test_no_conflict_of_an_open_round_is_shown_or_settled(world, as_):
    begin(world, "golf")
    say(world, "ann", golf="include")
    say(world, "bo", golf="exclude")
    golf = world.works["golf"]
    listed = queries.conflicts(review=world.review, stage=TITLE)
    assert [row.work_id for row in listed] == [world.works["bravo"].pk]
    ruling = {"work_id": golf.pk, "revision": golf.revision, "key": "00000000-0000-4000-8000-000000000007"}
    with pytest.raises(actions.NoConflict):
        actions.adjudicate(member=world.members["cy"], stage=TITLE, verdict="include", **ruling)
    progress = as_(world, "cy").get(f"/reviews/{world.review.pk}/progress/").content.decode()
    assert stage(world).conflict == 2 and "2 conflicts" not in progress
    act(world, "close_round")
    assert listed.all().count() == 2
    actions.adjudicate(member=world.members["cy"], stage=TITLE, verdict="include", **ruling)


def test_called_off_the_queue_goes_on_and_brought_back_it_waits_again(world):
    made = begin(world, "golf", "delta", counts=False)
    before = outcomes(world)
    say(world, "bo", golf="include", delta="maybe")
    open_ = outcomes(world)
    act(world, "call_off")
    assert stage(world).calibrating is None and outcomes(world) == before
    assert next_of(world, "bo") == "charlie"
    act(world, "bring_back")
    assert stage(world).calibrating == made and outcomes(world) == open_
    act(world, "call_off")
    say(world, "bo", delta="exclude")  # decided again meanwhile: that stands
    act(world, "bring_back")
    assert set(Decision.objects.filter(work=world.works["delta"], current=True).values_list("verdict")) == {
        ("exclude",)
    }
    assert next_of(world, "bo") is None


def test_brought_back_only_while_it_is_the_last(world):
    begin(world, "golf")
    act(world, "call_off")
    begin(world, "delta")
    with pytest.raises(calibration.NoRound):
        act(world, "bring_back")
    for verb in ("release", "hold"):
        with pytest.raises(calibration.NoRound):
            act(world, verb)


def test_whether_it_counts_is_said_until_it_is_closed(world):
    begin(world, "golf")
    assert act(world, "let_count", counts=False).counts is False
    assert act(world, "let_count", counts=True).counts is True
    act(world, "close_round")
    with pytest.raises(calibration.NoRound):
        act(world, "let_count", counts=False)


def test_the_screening_page_says_which_works_these_are_and_what_comes_next(world, as_):
    def screen():
        return as_(world, "bo").get(f"/reviews/{world.review.pk}/screen/title-abstract/").content.decode()

    assert "calibration round: everybody reads these works" not in screen()
    begin(world, "golf")
    assert "calibration round: everybody reads these works" in screen()
    say(world, "bo", golf="include")
    assert "You are through with the calibration round" in screen()
    act(world, "close_round")
    assert "The calibration round is closed" in screen() and "Undo the last decision" not in screen()
    act(world, "release")
    assert worlds.SUBJECTS["charlie"] in screen()


# --- closed --------------------------------------------------------------------------------------------------------
def test_closed_it_asks_first_in_numbers_and_is_remembered(world, as_):
    begin(world, "golf", "delta")
    say(world, "bo", golf="include", delta="exclude")
    say(world, "cy", golf="exclude")
    text = page(world, as_, "ann", "title-abstract/close/")
    assert (
        "<strong>3 decisions</strong> of 2 members on <strong>2 works</strong>" in text
        and "2 members have not finished yet" in text
    )
    assert Round.objects.get().open
    client = as_(world, "ann")
    answer = client.post(place(world, "title-abstract/close/"))
    assert answer["Location"] == place(world, f"rounds/{Round.objects.get().pk}/")
    event = Event.objects.get(library=world.library, verb="unblinded a round")
    assert (event.detail["count"], event.detail["decisions"], event.detail["members"]) == (2, 3, 2)
    again = client.post(place(world, "title-abstract/close/"), follow=True)
    assert "That is done already" in again.content.decode()


def test_until_the_owner_says_so_nobody_is_served(world):
    made = begin(world, "golf")
    say(world, "bo", golf="include")
    act(world, "close_round")
    assert next_of(world, "bo") is None and next_of(world, "ann") is None
    with pytest.raises(actions.CardChanged):
        say(world, "ann", hotel="include")
    act(world, "release")
    assert next_of(world, "ann") == "golf" and next_of(world, "bo") == "charlie"
    made.refresh_from_db()
    assert made.released_at
    act(world, "hold")
    assert next_of(world, "ann") is None
    begin(world, "delta")
    act(world, "call_off")
    assert stage(world).calibrating == made  # the queue waits for the first round again


def test_every_disagreement_is_there_side_by_side_with_reasons_and_notes(world, as_):
    setup.set_criteria(member=world.members["ann"], rows=[("Sample", "adults"), ("Design", "interviews")])
    made = begin(world, "golf", "delta", "hotel")
    actions.note(member=world.members["cy"], work_id=world.works["golf"].pk, text="unsure about the setting")
    say(world, "ann", golf="include", delta="include")
    say(world, "bo", golf="exclude", delta="include")
    say(world, "cy", golf="maybe")
    open_ = page(world, as_, "bo", f"rounds/{made.pk}/")
    assert "While the round is open you see your own decisions only." in open_ and "Cy" not in open_
    act(world, "close_round")
    actions.note(member=world.members["bo"], work_id=world.works["golf"].pk, text="written afterwards")
    text = page(world, as_, "bo", f"rounds/{made.pk}/")
    differ, _head, rest = text.partition("1 work on which all said the same")
    assert worlds.SUBJECTS["golf"] in differ and worlds.SUBJECTS["delta"] not in differ
    assert all(
        word in differ
        for word in ("Ann", "Bo", "Cy", "unsure about the setting", str(world.reason("setting")), "adults")
    )
    assert "written afterwards" not in text
    assert "1 work on which nobody decided" in rest and "Ann and Bo" in rest and "All members together" in rest
    assert as_(world, "obs").get(place(world, f"rounds/{made.pk}/")).status_code == 403


def test_the_criteria_of_each_round_and_what_changed_between_them_are_told(world, as_):
    owner = world.members["ann"]
    setup.set_criteria(member=owner, rows=[("Sample", "adults"), ("Design", "interviews")])
    begin(world, "golf")
    act(world, "close_round")
    assert "The criteria are still those of this round." in page(world, as_)
    setup.set_criteria(member=owner, rows=[("Sample", "adults with pain"), ("Design", "interviews")])
    assert "they became version 2" in page(world, as_) and "<ins>Sample: adults with pain</ins>" in page(world, as_)
    begin(world, "delta")
    text = page(world, as_)
    assert "<ins>Sample: adults with pain</ins>" in text and "<del>Sample: adults</del>" in text
    assert text.index("version 2") < text.index("version 1")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_round_for_practice_leaves_every_outcome_as_it_was(world, data):
    """Whatever three members say in it, take back and say again."""
    steps = st.tuples(
        st.sampled_from(["ann", "bo", "cy"]),
        st.sampled_from(FRESH[:3]),
        st.sampled_from(["include", "maybe", "exclude", ""]),
    )
    needed, acts = data.draw(st.integers(1, 3)), data.draw(st.lists(steps, max_size=12))
    point = transaction.savepoint()
    try:
        Stage.objects.filter(review=world.review, name=TITLE).update(needed=needed)
        before = outcomes(world)
        begin(world, *FRESH[:3], counts=False)
        for who, work, verdict in acts:
            if verdict:
                say(world, who, **{work: verdict})
            else:
                with contextlib.suppress(actions.NotDecided, actions.CardChanged):
                    actions.undo(member=world.members[who], stage=TITLE)
        act(world, "close_round")
        assert outcomes(world) == before
        assert not Decision.objects.filter(round__isnull=False, current=True).exists()
    finally:
        transaction.savepoint_rollback(point)


def test_a_large_round_is_put_back_by_a_job(world, monkeypatch):
    monkeypatch.setattr(calibration, "AT_ONCE", 2)
    before = outcomes(world)
    made = begin(world, *FRESH, counts=False)
    for who in ("ann", "bo"):
        say(world, who, delta="include", echo="exclude", hotel="maybe")
    act(world, "close_round")
    assert calibration.at_work(world.review.pk)
    worlds.read_all(world.library)
    assert not calibration.at_work(world.review.pk) and outcomes(world) == before
    assert set(made.decisions.values_list("ended", flat=True)) == {"calibration"}


# --- agreement -----------------------------------------------------------------------------------------------------
def counted(world, who="bo"):
    member = Member.objects.select_related("review").get(pk=world.members[who].pk)
    return next(of for of in agreement_data.agreement(member) if of.stage == TITLE)


@pytest.mark.parametrize("counts", [True, False])
def test_a_closed_round_has_figures_of_its_own_while_the_stage_is_blinded(world, as_, counts):
    begin(world, "golf", "delta", "hotel", counts=counts)
    say(world, "ann", golf="include", delta="exclude", hotel="include")
    say(world, "bo", golf="include", delta="include")
    assert counted(world).rounds == []
    act(world, "close_round")
    of = counted(world)
    assert of.shut == "blinded" and [part.of.number for part in of.rounds] == [1]
    assert of.rounds[0].tables[0, 1] == [[1, 0, 0], [0, 0, 0], [1, 0, 0]]
    agreement = as_(world, "obs").get(f"/reviews/{world.review.pk}/agreement/").content.decode()
    assert "Calibration round 1" in agreement and "0.500" in agreement
    act(world, "release")
    if not counts:  # screened again in the main queue, by people who saw what all said
        say(world, "ann", delta="include")
        say(world, "bo", delta="include", hotel="include")
    actions.unblind(member=world.members["ann"], stage=TITLE)
    of = counted(world)
    stage_table = [[2, 0, 1], [0, 0, 0], [1, 0, 0]] if counts else [[1, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert of.tables[0, 1] == stage_table
    assert of.rounds[0].tables[0, 1] == [[1, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_what_is_changed_on_its_works_once_it_is_closed_counts_nowhere(world):
    begin(world, "golf")
    say(world, "ann", golf="include")
    act(world, "close_round")
    act(world, "release")
    say(world, "ann", golf="exclude")
    say(world, "bo", golf="exclude")
    actions.unblind(member=world.members["ann"], stage=TITLE)
    assert counted(world).tables[0, 1] == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert counted(world).alone == 2  # charlie, and golf as ann had said it


def test_in_a_round_a_slip_is_no_word_and_a_change_of_mind_is_one(world):
    begin(world, "golf", "delta")
    say(world, "ann", golf="include", delta="include")
    say(world, "bo", golf="include", delta="include")
    Decision.objects.filter(work=world.works["delta"]).update(at=F("at") - timedelta(hours=1))
    say(world, "bo", golf="exclude", delta="exclude")
    act(world, "close_round")
    assert counted(world).rounds[0].tables[0, 1] == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]


# --- the page and its acts -----------------------------------------------------------------------------------------
def test_the_owner_draws_chooses_and_calls_off_on_the_page(world, as_):
    client, change = as_(world, "ann"), place(world, "title-abstract/change/")
    assert "Draw at random" in page(world, as_, "ann") and "Draw at random" not in page(world, as_, "bo")
    client.post(change, {"act": "draw", "draw-size": "2", "draw-seed": "5", "draw-counts": "no"})
    made = Round.objects.get()
    assert (made.seed, made.counts, made.works.count()) == (5, False, 2)
    assert "seed 5" in page(world, as_, "bo")
    client.post(change, {"act": "counts", "counts": "yes"})
    client.post(change, {"act": "call-off"})
    golf, hotel = world.works["golf"].pk, world.works["hotel"].pk
    text = f"https://example.org/reviews/{world.review.pk}/works/{golf}/\n{hotel}"
    client.post(change, {"act": "choose", "choose-works": text, "choose-counts": "yes"})
    assert list(Round.objects.get(number=2).works.values_list("work", flat=True)) == [golf, hotel]
    client.post(change, {"act": "call-off"})
    hits = client.get(place(world), {"q": "recovery colleges"}).content.decode()
    assert f'value="{golf}"' in hits and f'value="{hotel}"' not in hits
    client.post(change, {"act": "found", "work": [golf], "found-counts": "yes"})
    assert Round.objects.get(number=3).works.get().work_id == golf


def test_a_round_of_a_kept_view_takes_what_nobody_decided_on(world, as_):
    views = [("Mine", "ann", False), ("Ours", "bo", True), ("Theirs", "bo", False)]
    made = {
        name: SavedView.objects.create(
            review=world.review, member=world.members[who], name=name, query="q=interviewed", shared=shared
        )
        for name, who, shared in views
    }
    text = page(world, as_, "ann")
    assert "Mine</option>" in text and "Ours</option>" in text and "Theirs" not in text
    client, change = as_(world, "ann"), place(world, "title-abstract/change/")
    data = {"act": "choose", "choose-counts": "yes", "choose-view": made["Theirs"].pk}
    assert client.post(change, data).status_code == 400
    client.post(change, data | {"choose-view": made["Ours"].pk})
    assert {each.work_id for each in Round.objects.get().works.all()} == {world.works[name].pk for name in FRESH}


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        ({"act": "draw", "draw-size": "0", "draw-counts": "yes"}, 400, "greater than or equal to 1"),
        ({"act": "draw", "draw-size": "501", "draw-counts": "yes"}, 400, "less than or equal to 500"),
        (
            {"act": "choose", "choose-works": "the first one", "choose-counts": "yes"},
            400,
            "is no number or address of a work",
        ),
        ({"act": "choose", "choose-works": "999999", "choose-counts": "yes"}, 302, ""),
        ({"act": "found", "found-counts": "yes"}, 302, ""),
        ({"act": "release"}, 302, ""),
        ({"act": "dance"}, 400, ""),
        ({}, 400, ""),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(world, as_, data, status, words):
    answer = as_(world, "ann").post(place(world, "title-abstract/change/"), data)
    assert answer.status_code == status and words in answer.content.decode()
    assert not Round.objects.exists()


def test_full_texts_wait_for_the_unblinding_of_abstracts(world, as_):
    assert "Full texts open when" in page(world, as_, "ann", "full-text/")
    with pytest.raises(calibration.NothingToRead):
        calibration.open_round(member=world.members["ann"], stage=FULL, size=3)


# --- blindness -----------------------------------------------------------------------------------------------------
SEEN = ["{r}calibration/title-abstract/", "{r}screen/title-abstract/", "{r}agreement/", "{r}agreement/agreement.csv", "{r}progress/",
        "{r}history/", "{r}library/", "{r}export/works.csv", "{r}prisma/", "{r}"]  # fmt: skip
TWINS = [("include", "include"), ("exclude", "maybe"), ("maybe", "exclude")]


def in_the_world_where(world, verdicts, look):
    """What `look` returns where ann and cy say these verdicts in the round; afterwards nothing of it has happened."""
    point = transaction.savepoint()
    for who in ("ann", "cy"):
        for work, verdict in zip(("golf", "delta"), verdicts, strict=True):
            say(world, who, **{work: verdict})
            actions.note(member=world.members[who], work_id=world.works[work].pk, text=f"canary {verdict}")
    seen = look()
    transaction.savepoint_rollback(point)
    return seen


@pytest.mark.parametrize("who", ["di", "obs", "cyd"])
def test_before_closing_every_page_is_the_same_bytes_whatever_others_say(world, who):
    world.review.owner_adjudicates = False
    world.review.save()
    for name, role in (("di", Role.OWNER), ("cyd", Role.ADJUDICATOR)):
        world.people[name] = worlds.person(name)
        world.members[name] = worlds.join_team(world.review, world.members["ann"], world.people[name], role)
    made = begin(world, "golf", "delta", "hotel", counts=False)
    for name in {"bo", who} - {"obs"}:
        say(world, name, golf="include")
    client = Client()
    client.force_login(world.people[who])
    places = SEEN + ([f"{{r}}calibration/rounds/{made.pk}/", "{r}conflicts/title-abstract/"] if who != "obs" else [])
    places += ["{r}calibration/title-abstract/close/", "{r}settings/", "{r}team/"] if who == "di" else []

    def look():
        return {each: received(client, world, each) for each in places}

    ways = [in_the_world_where(world, twin, look) for twin in TWINS]
    assert sum(body.startswith(b"200") for body in ways[0].values()) > 5
    for way in ways[1:]:
        assert [each for each in places if way[each] != ways[0][each]] == []
    assert not any(b"canary" in body for body in ways[0].values())


def test_closed_it_opens_what_was_said_in_it_and_nothing_that_is_said_later(world):
    """Once the round is closed its verdicts are there; what ann says of other works, and of these again, is not."""
    made = begin(world, "golf", "delta")
    say(world, "ann", golf="include", delta="exclude")
    say(world, "bo", golf="exclude", delta="exclude")
    act(world, "close_round")
    act(world, "release")
    client = Client()
    client.force_login(world.people["bo"])
    places = [*SEEN, f"{{r}}calibration/rounds/{made.pk}/", f"{{r}}works/{world.works['golf'].pk}/"]

    def look(golf, echo):
        point = transaction.savepoint()
        say(world, "ann", golf=golf, echo=echo)
        actions.note(member=world.members["ann"], work_id=world.works["golf"].pk, text="canary")
        seen = {each: received(client, world, each) for each in places}
        transaction.savepoint_rollback(point)
        return seen

    one, other = look("exclude", "include"), look("maybe", "exclude")
    assert [each for each in places if one[each] != other[each]] == []
    assert not any(b"canary" in body for body in one.values())
    assert re.search(rb"<strong>Ann</strong>\s*<span class=\"badge include\"", one[places[-2]])


@pytest.mark.parametrize("state", ["open", "closed"])
def test_the_pages_ask_the_database_as_often_for_many_works_and_members(world, as_, django_assert_num_queries, state):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(made):
        counts = []
        for rest in ("title-abstract/", f"rounds/{made.pk}/", "title-abstract/close/"):
            with CaptureQueriesContext(connection) as queries_:
                page(world, as_, "ann", rest)
            counts.append(len(queries_))
        return counts

    made = begin(world, "golf")
    say(world, "ann", golf="include")
    say(world, "bo", golf="exclude")
    actions.note(member=world.members["ann"], work_id=world.works["golf"].pk, text="few")
    if state == "closed":
        act(world, "close_round")
    few = asked(made)
    for work in FRESH:
        RoundWork.objects.get_or_create(
            review=world.review,
            round=made,
            record_id=world.works[work].lead_id,
            work=world.works[work],
            defaults={"order": 9},
        )
    for n in range(4):
        member = worlds.join_team(world.review, world.members["ann"], worlds.person(f"more{n}"), Role.REVIEWER)
        for work in FRESH:
            Decision.objects.create(
                review=world.review, work=world.works[work], record_id=world.works[work].lead_id, member=member, stage=TITLE,
                verdict="maybe" if n % 2 else "include", round=made, key=f"00000000-0000-4000-8000-0000000{n}{work.encode().hex()[:4]}",
                at=made.at,
            )  # fmt: skip
    assert asked(made) == few
