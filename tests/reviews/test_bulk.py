"""Decisions on many works at once: what is taken, what counts, taking back, the flow's lines, and what they never are."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from records import actions as found
from records.models import Arm, Job, Work
from reviews import actions, agreement_data, bulk, flow, lists, prisma, queries, rules
from reviews.models import Bulk, BulkWork, Decision, Member, Outcome, StageName
from reviews.settling import InReviews
from tests import world as worlds

TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT
pytestmark = pytest.mark.django_db


def act(world, *names, verdict="exclude", how="filtered", stage=TITLE, who="ann", **more):
    """An act on these works, or on all of them."""
    works = Work.objects.filter(library=world.library, empty=False)
    if names:
        works = works.filter(pk__in=[world.works[name].pk for name in names])
    given = {"tool": "Sorter 2.1" if how == "tool" else "", "key": uuid.uuid4(), **more}
    member = Member.objects.select_related("review").get(pk=world.members[who].pk)
    done = bulk.act(member=member, stage=stage, works=works, verdict=verdict, how=how, **given)
    worlds.read_all(world.library)
    return done


def back(world, done, who="ann"):
    taken = bulk.take_back(member=world.members[who], bulk=done)
    worlds.read_all(world.library)
    return taken


def unblind(world):
    actions.unblind(member=world.members["ann"], stage=TITLE)


def numbers(world, who="ann"):
    member = Member.objects.select_related("review").get(pk=world.members[who].pk)
    return flow.gather(member)


def test_only_what_nobody_decided_on_is_taken(world):
    done = act(world)
    assert {row.work_id for row in done.works.all()} == {
        world.works[name].pk for name in ("delta", "echo", "foxtrot", "golf", "hotel")
    }
    assert [world.outcome(name) for name in ("alpha", "bravo", "charlie", "delta", "hotel")] == [
        "included", "conflict", "awaiting_second", "excluded", "excluded",
    ]  # fmt: skip
    assert done.chosen == 8


def test_the_same_key_changes_nothing(world):
    key = uuid.uuid4()
    first = act(world, "delta", key=key)
    assert act(world, "echo", key=key) == first
    assert world.outcome("echo") == "pending"


def test_a_reason_counts_and_an_inclusion_makes_a_report(world):
    act(world, "delta", reason=world.reason("setting"))
    assert Outcome.objects.get(work=world.works["delta"], stage=TITLE).reason == world.reason("setting")
    act(world, "echo", verdict="include", how="read")
    assert world.outcome("echo") == "included"
    assert world.works["echo"].reports.exists()


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"how": "tool", "tool": "  "}, bulk.ToolMissing),
        ({"stage": FULL}, bulk.ReasonMissing),
        ({"verdict": "include", "reason": "setting"}, bulk.ForeignReason),
    ],
)
def test_what_is_refused(world, more, error):
    if "reason" in more:
        more = {**more, "reason": world.reason(more["reason"])}
    with pytest.raises(error):
        act(world, "delta", **more)
    assert not Bulk.objects.exists()


def test_nothing_left_and_a_foreign_reason_and_a_closed_stage_are_refused(world, foreign):
    with pytest.raises(bulk.NothingLeft):
        act(world, "alpha")
    with pytest.raises(bulk.ForeignReason):
        act(world, "delta", reason=foreign.review.reasons.first())
    rules.close_stage(member=world.members["ann"], stage=TITLE)
    with pytest.raises(bulk.StageClosed):
        act(world, "delta")


def test_works_of_another_review_are_never_taken(world, foreign):
    member = world.members["ann"]
    with pytest.raises(bulk.NothingLeft):
        bulk.act(
            member=member, stage=TITLE, works=Work.objects.filter(library=foreign.library), verdict="exclude",
            how="read", key=uuid.uuid4(),
        )  # fmt: skip


def test_taken_back_as_a_whole_but_what_people_decided_since_stays(world):
    done = act(world, "delta", "echo")
    Decision.objects.create(
        review=world.review, work=world.works["echo"], record_id=world.works["echo"].lead_id, stage=TITLE,
        member=world.members["bo"], verdict="include", key=uuid.uuid4(),
    )  # fmt: skip
    back(world, done)
    assert world.outcome("delta") == "pending"
    assert world.outcome("echo") == "awaiting_second"
    with pytest.raises(bulk.AlreadyBack):
        back(world, done)


def test_a_large_act_is_done_by_a_job_some_at_a_time(world, monkeypatch):
    monkeypatch.setattr(bulk, "DIRECT", 2)
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    done = act(world)
    job = Job.objects.get(kind=bulk.DO)
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    assert world.outcome("hotel") == "excluded"
    back(world, done)
    assert world.outcome("hotel") == "pending" and not BulkWork.objects.filter(current=True).exists()


def test_what_somebody_decides_before_the_job_comes_to_it_is_left_out(world, monkeypatch):
    monkeypatch.setattr(bulk, "DIRECT", 0)
    member = world.members["ann"]
    works = Work.objects.filter(pk__in=[world.works["delta"].pk, world.works["echo"].pk])
    done = bulk.act(member=member, stage=TITLE, works=works, verdict="exclude", how="read", key=uuid.uuid4())
    world.decide("bo", "delta", "include")
    worlds.read_all(world.library)
    assert [row.work_id for row in done.works.all()] == [world.works["echo"].pk]
    assert (world.outcome("delta"), world.outcome("echo")) == ("awaiting_second", "excluded")


def test_an_act_that_is_taken_back_before_it_began_does_nothing(world, monkeypatch):
    monkeypatch.setattr(bulk, "DIRECT", 0)
    member = world.members["ann"]
    works = Work.objects.filter(pk=world.works["delta"].pk)
    done = bulk.act(member=member, stage=TITLE, works=works, verdict="exclude", how="read", key=uuid.uuid4())
    bulk.take_back(member=member, bulk=done)
    worlds.read_all(world.library)
    assert world.outcome("delta") == "pending"


def test_it_follows_its_record_through_joins_and_splits(world):
    act(world, "delta", "echo")
    ann, delta, echo = world.people["ann"], world.works["delta"], world.works["echo"]
    how = {"by": ann, "library": world.library, "upstairs": InReviews()}
    joining = found.join(into=delta, others=[echo], **how)
    assert world.outcome("delta") == "excluded"
    assert BulkWork.objects.filter(work=delta, current=True).count() == 1
    found.undo(act=joining, **how)
    assert (world.outcome("delta"), world.outcome("echo")) == ("excluded", "excluded")


def test_two_works_of_one_act_that_are_joined_before_the_job_are_one(world, monkeypatch):
    monkeypatch.setattr(bulk, "DIRECT", 0)
    member, delta, echo = world.members["ann"], world.works["delta"], world.works["echo"]
    works = Work.objects.filter(pk__in=[delta.pk, echo.pk])
    bulk.act(member=member, stage=TITLE, works=works, verdict="exclude", how="read", key=uuid.uuid4())
    found.join(by=world.people["ann"], library=world.library, into=delta, others=[echo], upstairs=InReviews())
    worlds.read_all(world.library)
    assert world.outcome("delta") == "excluded"


def test_they_are_nobodys_decisions(world):
    before = queries.progress(member=world.members["bo"], stage=TITLE).decided
    act(world)
    assert not Decision.objects.filter(work=world.works["delta"]).exists()
    assert queries.progress(member=world.members["bo"], stage=TITLE).decided == before
    unblind(world)
    text = str([each for each in dir(agreement_data) if "ulk" in each])
    assert text == "[]"


# --- the flow ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"how": "tool"}, "automation"),
        ({"how": "filtered", "filters": ["q"]}, "automation"),
        ({"how": "filtered", "filters": ["year_from"]}, "other_reasons"),
        ({"how": "read"}, "excluded"),
        ({"how": "read", "filters": ["q"]}, "excluded"),
        ({"how": "tool", "verdict": "include"}, "sought"),
        ({"how": "filtered", "verdict": "include"}, "sought"),
    ],
)
def test_the_flow_counts_them_by_how_they_were_chosen(world, more, line):
    unblind(world)
    before = numbers(world).databases
    act(world, "delta", "echo", **more)
    after = numbers(world).databases
    assert getattr(after, line) == getattr(before, line) + 2
    removed = 2 if line in ("automation", "other_reasons") else 0
    assert after.screened == before.screened - removed
    assert [each.name for each in prisma.identities(numbers(world)) if each.holds is False] == []


def test_once_a_person_decides_it_is_screened_again(world):
    unblind(world)
    act(world, "delta", how="tool")
    assert numbers(world).databases.automation == 1
    Decision.objects.create(
        review=world.review, work=world.works["delta"], record_id=world.works["delta"].lead_id, stage=TITLE,
        member=world.members["bo"], verdict="exclude", key=uuid.uuid4(),
    )  # fmt: skip
    assert numbers(world).databases.automation == 0


def test_a_blinded_flow_knows_of_no_act(world):
    before = numbers(world, "ann")
    act(world, how="tool")
    assert numbers(world, "ann") == before
    member = Member.objects.select_related("review").get(pk=world.members["cy"].pk)
    done = Bulk.objects.get()
    assert lists.named(f"act-{done.pk}", member).rows(member).count() == 0


class AnyMix(TestCase):
    """Whatever is done, taken back and decided: the identities hold, and every number is the length of its list."""

    ACT = st.tuples(
        st.sampled_from(["act", "act", "back", "decide", "join"]),
        st.sampled_from(["read", "filtered", "tool"]),
        st.sampled_from(["include", "exclude"]),
        st.sets(st.sampled_from(worlds.NAMES), min_size=1, max_size=5),
        st.booleans(),
    )

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(ACT, max_size=7))
    def test_any_mix_of_acts_keeps_the_identities(self, steps):
        world = worlds.screened_world()
        unblind(world)
        for kind, how, verdict, names, words in steps:
            try:
                self.step(world, kind, how, verdict, sorted(names), words)
            except (bulk.NothingLeft, actions.CardChanged, Work.DoesNotExist):
                continue
        whole = numbers(world)
        assert [(each.name, each.sentence) for each in prisma.identities(whole) if each.holds is False] == []
        member = Member.objects.select_related("review").get(pk=world.members["ann"].pk)
        for arm in (Arm.DATABASES,):
            column = whole.databases
            gone = {
                name: set(lists.named(f"{name}-{arm}", member).rows(member).values_list("pk", flat=True))
                for name in ("screened", "removed-automation", "removed-other")
            }
            assert sum(map(len, gone.values())) == len(set().union(*gone.values()))
            assert len(gone["screened"]) == column.screened
        for stage in world.review.stages.all():
            assert list(rules.changing(stage, stage.rule_in(world.review))) == []

    @staticmethod
    def step(world, kind, how, verdict, names, words):
        if kind == "act":
            act(world, *names, how=how, verdict=verdict, filters=["q"] if words else [])
        elif kind == "back" and (done := Bulk.objects.filter(undone_at=None).last()):
            back(world, done)
        elif kind == "decide":
            world.decide("bo" if words else "ann", names[0], verdict)
        elif kind == "join" and len(names) > 1:
            here = [Work.objects.get(pk=world.works[name].pk) for name in names[:2]]
            if not any(work.empty for work in here):
                found.join(
                    by=world.people["ann"], library=world.library, into=here[0], others=here[1:], upstairs=InReviews()
                )


# --- the pages -----------------------------------------------------------------------------------------------------
def ask(world, name, *more, who="ann", post=None, **query):
    client = Client()
    client.force_login(world.people[who])
    url = reverse(f"reviews:{name}", args=[world.review.pk, *more])
    return client.get(url, query) if post is None else client.post(url, post)


FORM = {"bulk-stage": TITLE, "bulk-verdict": "exclude", "bulk-how": "filtered"}


def test_from_a_list_over_the_preview_to_the_act_and_back(world):
    unblind(world)
    page = ask(world, "bulk", since="2014").content.decode()
    assert "5 works chosen" in page and "What would change" not in page
    page = ask(world, "bulk", since="2014", **FORM).content.decode()
    assert "<strong>5</strong> works are taken" in page and "removed for other reasons" in page
    answer = ask(world, "bulk", post={"since": "2014", "key": str(uuid.uuid4()), **FORM})
    assert answer.status_code == 302
    done = Bulk.objects.get()
    assert (done.query, done.removal, done.works.count()) == ("since=2014", "other", 5)
    page = ask(world, "bulk-acts").content.decode()
    assert f"list=act-{done.pk}" in page
    assert "Becoming a companion" in ask(world, "library", list=f"act-{done.pk}").content.decode()
    assert "in one act on many works" in ask(world, "work", world.works["delta"].pk, who="bo").content.decode()
    ask(world, "bulk-back", done.pk, post={})
    assert world.outcome("delta") == "pending"
    assert "taken back" in ask(world, "bulk-acts").content.decode()


def test_ticked_rows_are_the_works(world):
    ticked = [world.works["delta"].pk, world.works["echo"].pk]
    ask(world, "bulk", post={"tick": ticked, "q": "nothing", "key": str(uuid.uuid4()), **FORM})
    done = Bulk.objects.get()
    assert (done.works.count(), done.removal) == (2, "other")
    assert world.outcome("echo") == "excluded"


def test_a_blinded_owner_is_told_no_number_of_what_others_did(world):
    page = ask(world, "bulk", **FORM).content.decode()
    assert "8 works chosen" in page and "are taken" in page and "<strong>" not in page.split("seen")[-1]
    assert "left out" not in page


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"bulk-how": "tool"}, "Say which tool"),
        ({"bulk-stage": FULL}, "At full text an exclusion needs one reason."),
        ({"bulk-how": ""}, "marked below"),
    ],
)
def test_what_is_missing_is_said(world, more, words):
    answer = ask(world, "bulk", post={"key": str(uuid.uuid4()), **FORM, **more})
    assert answer.status_code == 400 and words in answer.content.decode()
    assert not Bulk.objects.exists()


def test_another_owners_act_is_not_there_while_blinded(world):
    done = act(world, "delta")
    Member.objects.filter(pk=world.members["bo"].pk).update(role="owner")
    assert ask(world, "bulk-back", done.pk, who="bo", post={}).status_code == 404
    assert "Filtered" not in ask(world, "bulk-acts", who="bo").content.decode()
    unblind(world)
    assert ask(world, "bulk-back", done.pk, who="bo", post={}).status_code == 302
