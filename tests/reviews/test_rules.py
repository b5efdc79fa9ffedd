"""The rule of a stage: shown, previewed in numbers, set, set back; and one decision that suffices until somebody joins."""

import re

import pytest
from django.test import Client

from records.models import Job
from reviews import actions, counters, rules, setup, team
from reviews.models import Member, Outcome, Role, Stage, StageName
from tests import world as worlds

pytestmark = pytest.mark.django_db
TITLE = StageName.TITLE_ABSTRACT
AS_IS = {
    "needed": 2,
    "one_until_joined": False,
    "maybe_counts_as": "include",
    "maybe_with_exclude": "conflict",
    "maybe_with_maybe": "include",
    "one_include_is_enough": False,
}


def words(answer):
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def place(world):
    return f"/reviews/{world.review.pk}/settings/rules/title-abstract/"


def change(world, **settings):
    rules.change_rule(member=world.members["ann"], stage=TITLE, **settings)
    worlds.read_all(world.library)


def states(world):
    return {name: world.outcome(name) for name in ("alpha", "bravo", "charlie", "delta")}


def open_to_all(world):
    actions.unblind(member=world.members["ann"], stage=TITLE)
    world.members["ann"].review.refresh_from_db()


def test_a_changed_rule_works_every_outcome_out_anew_and_setting_it_back_brings_all_back(world):
    before = states(world)
    change(world, needed=1)
    assert states(world) == {**before, "charlie": "included"}
    assert list(counters.differences(world.review.pk)) == []
    change(world, needed=3)
    assert states(world) == {**before, "alpha": "awaiting_second", "bravo": "awaiting_second"}
    change(world, needed=2)
    assert states(world) == before
    assert list(counters.differences(world.review.pk)) == []


def test_decisions_stay_as_they_are_under_any_rule(world):
    before = list(world.review.decisions.order_by("pk").values())
    change(world, needed=4, maybe_counts_as="conflict", one_include_is_enough=True)
    assert list(world.review.decisions.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("setting", "verdicts", "before", "after"),
    [
        ({"maybe_counts_as": "conflict"}, ("include", "maybe"), "included", "conflict"),
        ({"maybe_with_maybe": "conflict"}, ("maybe", "maybe"), "included", "conflict"),
        ({"maybe_with_exclude": "include"}, ("exclude", "maybe"), "conflict", "included"),
    ],
)
def test_what_a_maybe_means_is_set_for_each_company_it_keeps(world, setting, verdicts, before, after):
    for who, verdict in zip(("ann", "bo"), verdicts, strict=True):
        world.decide(who, "delta", verdict)
    assert world.outcome("delta") == before
    change(world, **setting)
    assert world.outcome("delta") == after


def test_a_ruling_outlasts_every_change_of_the_rule(world):
    actions.adjudicate(
        member=world.members["cy"], stage=TITLE, work_id=world.works["bravo"].pk, revision=1,
        key="6f9619ff-8b86-d011-b42d-00c04fc964ff", verdict="exclude", reason=world.reason("design"),
    )  # fmt: skip
    for settings in ({"needed": 3}, {"one_include_is_enough": True}):
        change(world, **settings)
        assert world.outcome("bravo") == "excluded"


def test_the_change_is_in_the_history_once_with_before_and_after(world):
    for _ in range(2):
        change(world, needed=3)
    event = world.library.history.get(verb="changed the rule of a stage")
    assert (event.subject, event.detail["before"]["needed"], event.detail["after"]["needed"]) == (TITLE, 2, 3)


def test_the_job_goes_on_where_it_stopped_because_what_is_settled_is_no_longer_found(world, monkeypatch):
    for name in ("delta", "echo", "foxtrot"):
        world.decide("ann", name, "include")
    monkeypatch.setattr(rules, "AT_ONCE", 1)
    rules.change_rule(member=world.members["ann"], stage=TITLE, needed=1)
    job = Job.objects.get(library=world.library, kind=rules.ANEW)
    settled = []
    real = rules._settle_some

    def dies_at_the_third(review, stage, works):
        if len(settled) == 2:
            raise KeyboardInterrupt
        settled.extend(works)
        real(review, stage, works)

    Job.objects.filter(pk=job.pk).update(state="running")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rules, "_settle_some", dies_at_the_third)
        rules.working_out(job)
    assert Outcome.objects.filter(review=world.review, state="included").count() == 1 + 2
    rules.working_out(job)
    assert Outcome.objects.filter(review=world.review, state="included").count() == 1 + 4
    assert list(counters.differences(world.review.pk)) == []


# Preview


def test_a_preview_says_in_numbers_what_would_change_and_changes_nothing(world):
    open_to_all(world)
    seen = rules.preview(member=world.members["ann"], stage=TITLE, settings={**AS_IS, "needed": 1})
    assert (seen.decided, seen.moves) == (3, {("awaiting_second", "included"): 1})
    assert states(world)["charlie"] == "awaiting_second"
    assert Stage.objects.get(review=world.review, name=TITLE).needed == 2


def test_what_was_previewed_is_what_comes(world):
    open_to_all(world)
    for name, verdicts in {
        "delta": ("maybe", "maybe"),
        "echo": ("exclude", "maybe"),
        "golf": ("exclude", "exclude"),
    }.items():
        for who, verdict in zip(("ann", "bo"), verdicts, strict=True):
            world.decide(who, name, verdict)
    settings = {**AS_IS, "needed": 3, "maybe_with_maybe": "conflict", "one_include_is_enough": True}
    seen = rules.preview(member=world.members["ann"], stage=TITLE, settings=settings)
    before = dict(Outcome.objects.filter(review=world.review).values_list("work", "state"))
    change(world, **settings)
    after = dict(Outcome.objects.filter(review=world.review).values_list("work", "state"))
    assert seen.changed == sum(before[work] != after[work] for work in before) > 3


def test_while_blinded_the_preview_gives_no_number_that_others_verdicts_made(world, as_):
    asked = {**AS_IS, "needed": 1}
    seen = rules.preview(member=world.members["ann"], stage=TITLE, settings=asked)
    assert (seen.decided, seen.moves) == (0, None)
    text = words(as_(world, "ann").get(place(world), asked))
    assert "Works with decisions are worked out anew." in text and "would tell what others did" in text
    assert "3 works" not in text


def test_who_decides_alone_sees_the_numbers_even_while_blinded(foreign):
    eve = foreign.members["eve"]
    seen = rules.preview(member=eve, stage=TITLE, settings={**AS_IS, "needed": 1})
    assert seen.moves == {("awaiting_second", "included"): 1}


def test_the_page_previews_by_looking_and_sets_by_pressing(world, as_):
    open_to_all(world)
    client, asked = as_(world, "ann"), {**AS_IS, "needed": 1}
    asked = {name: value for name, value in asked.items() if value is not False}
    page = client.get(place(world), asked)
    assert "1 work of 3 with decisions would change its state" in words(page)
    assert "1: awaiting second → included" in words(page)
    fields = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode().split('id="seen"')[1])
    )
    client.post(place(world), fields)
    worlds.read_all(world.library)
    assert world.outcome("charlie") == "included"
    row = Stage.objects.get(review=world.review, name=TITLE)
    assert (row.needed, row.one_until_joined, row.one_include_is_enough) == (1, False, False)


@pytest.mark.parametrize("needed", ["0", "21", "-1", "x", "9" * 30])
def test_a_number_that_is_none_is_refused_in_words(world, as_, needed):
    for ask in (as_(world, "ann").get, as_(world, "ann").post):
        answer = ask(place(world), {**AS_IS, "needed": needed})
        assert answer.status_code == 200 and "What would change" not in words(answer)
    assert Stage.objects.get(review=world.review, name=TITLE).needed == 2


def test_liberal_screening_warns_of_what_the_queue_then_tells(world, as_):
    assert "so the queue itself tells" in words(as_(world, "ann").get(place(world)))


# One decision until somebody joins


@pytest.fixture
def alone(foreign):
    """Eve works alone and has decided on one work."""
    rules.change_rule(member=foreign.members["eve"], stage=TITLE, needed=2, one_until_joined=True)
    worlds.read_all(foreign.library)
    return foreign


def join(world, role):
    name = f"dee{len(world.people)}"
    world.people[name] = worlds.person(name)
    member = worlds.join_team(world.review, world.members["eve"], world.people[name], role)
    worlds.read_all(world.library)
    return member


def test_alone_one_decision_is_enough_and_the_settings_say_until_when(alone, as_):
    assert alone.outcome("golf") == "included"
    text = words(as_(alone, "eve").get(f"/reviews/{alone.review.pk}/settings/"))
    assert "1 until somebody joins, then 2" in text


def test_when_a_second_joins_works_decided_once_await_a_second(alone):
    dee = join(alone, Role.REVIEWER)
    assert alone.outcome("golf") == "awaiting_second"
    worlds.decide(dee, alone.works["golf"], "include")
    assert alone.outcome("golf") == "included"
    assert list(counters.differences(alone.review.pk)) == []


def test_who_may_not_decide_changes_nothing(alone):
    for role in (Role.OBSERVER, Role.LIBRARIAN):
        join(alone, role)
        assert alone.outcome("golf") == "included"


def test_when_the_second_leaves_or_only_looks_on_one_is_enough_again(alone):
    dee = join(alone, Role.REVIEWER)
    team.change_role(member=alone.members["eve"], of=dee, role=Role.OBSERVER)
    worlds.read_all(alone.library)
    assert alone.outcome("golf") == "included"
    team.change_role(member=alone.members["eve"], of=dee, role=Role.REVIEWER)
    worlds.read_all(alone.library)
    assert alone.outcome("golf") == "awaiting_second"
    team.remove(member=alone.members["eve"], of=dee)
    worlds.read_all(alone.library)
    assert alone.outcome("golf") == "included"


def test_a_blinded_owners_rule_page_is_the_same_bytes_whatever_others_said(world):
    client = Client()
    client.force_login(world.people["ann"])
    seen = set()
    for verdict in ("include", "exclude", "maybe"):
        world.decide("bo", "charlie", verdict)
        seen.add(
            re.sub(
                r'csrfmiddlewaretoken" value="[^"]+"|x-csrftoken": "[^"]+"',
                "",
                client.get(place(world), {**AS_IS, "needed": 1}).content.decode(),
            )
        )
    assert len(seen) == 1


# Closing a stage; experts; reasons that differ


def test_a_stage_is_closed_and_opened_again_by_its_owner_and_the_history_says_so(world, as_):
    client = as_(world, "ann")
    for pressed, word, verb in (
        ("close", "The stage is closed.", "closed a stage"),
        ("open", "The stage is open again.", "opened a stage again"),
    ):
        for _twice in range(2):
            answer = client.post(place(world), {"closing": pressed}, follow=True)
        assert word in answer.content.decode()
        assert (Stage.objects.get(review=world.review, name=TITLE).closed_at is None) == (pressed == "open")
        assert world.library.history.filter(verb=verb, subject=TITLE).count() == 1
    assert as_(world, "bo").post(place(world), {"closing": "close"}).status_code == 403


def test_where_one_decision_is_an_experts_the_rest_waits_for_one(world):
    rules_before = states(world)
    change(world, expert_with_novice=True)
    assert states(world) == {**rules_before, "alpha": "awaiting_second", "bravo": "awaiting_second"}
    Member.objects.filter(pk=world.members["ann"].pk).update(experience="expert")
    rules.team_changed(world.review.pk, world.people["ann"])
    worlds.read_all(world.library)
    assert states(world) == rules_before
    assert list(counters.differences(world.review.pk)) == []


def test_who_decides_alone_need_not_be_an_expert(alone):
    rules.change_rule(member=alone.members["eve"], stage=TITLE, expert_with_novice=True)
    worlds.read_all(alone.library)
    assert alone.outcome("golf") == "included"


def test_exclusions_for_other_reasons_are_a_conflict_only_where_the_review_asks(world):
    world.decide("ann", "delta", "exclude", reason=world.reason("setting"))
    world.decide("bo", "delta", "exclude", reason=world.reason("phenomenon"))
    assert world.outcome("delta") == "excluded"
    for asks, right in ((True, "conflict"), (False, "excluded")):
        setup.change_settings(member=world.members["ann"], ask_differing_reasons=asks)
        worlds.read_all(world.library)
        assert world.outcome("delta") == right
    assert Outcome.objects.get(review=world.review, work=world.works["delta"]).reason == world.reason("phenomenon")


def test_the_job_finds_works_that_somebody_decided_on_whose_decision_ended(world):
    """Under three decisions the state is the same with two and with one; who decided alone is not."""
    change(world, needed=3)
    world.review.decisions.filter(work=world.works["alpha"], member=world.members["bo"]).update(
        current=False, ended="voided"
    )
    rules.work_out_anew(world.review.pk, world.people["ann"])
    worlds.read_all(world.library)
    row = Outcome.objects.get(review=world.review, work=world.works["alpha"], stage=TITLE)
    assert (row.state, row.decided, row.only_member) == ("awaiting_second", 1, world.members["ann"])
