"""The progress page: plots of what may be seen, own pace, time left, and a poll that is silent while nothing changes."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.models import Dump
from reviews import actions, progress
from reviews.models import Decision, Role, StageName
from tests import world as worlds

pytestmark = pytest.mark.django_db
TA, FT = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT


def page(as_, world, who, query="", **headers):
    answer = as_(world, who).get(f"/reviews/{world.review.pk}/progress/{query}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def main(body):
    return body.split("<main")[1].split("</main>")[0]


def unblind(world, *stages):
    for stage in stages or StageName.values:
        actions.unblind(member=world.members["ann"], stage=stage)
    world.review.refresh_from_db()


def made(world, who, times, *, stage=TA, **more):
    """Decisions of one member at these times, as rows."""
    work = world.works["hotel"]
    Decision.objects.bulk_create(
        Decision(
            review=world.review, work=work, record_id=work.lead_id, member=world.members[who], stage=stage,
            verdict="include", current=False, key=uuid.uuid4(), at=at, **more,
        )
        for at in times
    )  # fmt: skip


# --- what is shown to whom -----------------------------------------------------------------------------------------
def test_while_blinded_a_member_sees_the_own_line_only(as_, world):
    body = main(page(as_, world, "bo"))
    assert "<bdi>Bo</bdi> <strong>2</strong>" in body and "Ann" not in body
    assert "While this stage is blinded you see your own decisions only." in body
    assert "Outcomes of this stage" not in body and "conflicts open" not in body


@pytest.mark.parametrize("who", ["lib", "obs"])
def test_while_blinded_who_does_not_screen_sees_no_plot(as_, world, who):
    body = main(page(as_, world, who))
    assert "<svg" not in body and "there is nothing to show you" in body


def test_once_unblinded_every_member_has_a_line_and_the_outcomes_are_there(as_, world):
    unblind(world, TA)
    body = main(page(as_, world, "bo"))
    assert "<bdi>Ann</bdi> <strong>3</strong>" in body and "<bdi>Bo</bdi> <strong>2</strong>" in body
    assert "1 included, 0 excluded, 1 conflict, 1 awaiting second, 5 pending" in body


def test_once_unblinded_an_observer_sees_everybody_together(as_, world):
    unblind(world, TA)
    body = main(page(as_, world, "obs"))
    assert "<bdi>everybody together</bdi> <strong>5</strong>" in body
    assert not re.search(r"\b(Ann|Bo)\b", body)


def test_who_adjudicates_sees_the_open_conflicts(as_, world):
    assert '<span class="stat-number">1</span> <span class="stat-label">conflicts open' in page(as_, world, "cy")


def test_full_texts_are_shut_until_titles_are_unblinded(as_, world):
    body = main(page(as_, world, "bo", "?stage=full-text"))
    assert "open when the owner unblinds" in body and "<svg" not in body and "stat-number" not in body


@pytest.mark.parametrize("query", ["?stage=nothing", "?stage=", "?seen=x"])
def test_an_address_that_was_typed_wrongly_shows_titles_and_abstracts(as_, world, query):
    assert 'aria-current="page">Title and abstract' in page(as_, world, "bo", query)


def test_two_members_of_one_name_have_a_line_each(as_, world):
    other = worlds.person("bo2")
    other.name = "Bo"
    other.save()
    world.people["bo2"] = other
    world.members["bo2"] = worlds.join_team(world.review, world.members["ann"], other, Role.REVIEWER)
    world.decide("bo2", "golf", "include")
    unblind(world, TA)
    body = main(page(as_, world, "bo"))
    assert "<bdi>Bo</bdi> <strong>2</strong>" in body and "<bdi>Bo (2)</bdi> <strong>1</strong>" in body


def test_that_others_decide_does_not_change_a_blinded_members_plots(as_, world):
    def plots():
        body = page(as_, world, "bo")
        return body[body.index('<div class="plots">') :]

    before = plots()
    world.decide("ann", "delta", "exclude")
    world.decide("ann", "hotel", "maybe")
    actions.note(member=world.members["ann"], work_id=world.works["echo"].pk, text="canary")
    assert plots() == before


# --- numbers -------------------------------------------------------------------------------------------------------
def test_days_hold_what_stands_now_and_nothing_that_was_taken_over(world):
    bo = world.members["bo"]
    assert sum(sum(each.values()) for each in progress.days(bo, TA).named.values()) == 2
    actions.undo(member=bo, stage=TA)
    assert sum(sum(each.values()) for each in progress.days(bo, TA).named.values()) == 1
    Decision.objects.filter(member=bo).update(imported_from=Dump.objects.filter(library=world.library).first())
    assert progress.days(bo, TA).named == {}


def test_a_day_is_one_of_utc(world):
    at = datetime(2026, 3, 14, 23, 59, 59, 999999, tzinfo=UTC)
    Decision.objects.filter(member=world.members["bo"]).update(at=at)
    assert list(progress.days(world.members["bo"], TA).named["Bo"]) == [at.date()]


def test_the_pace_is_the_median_of_gaps_without_breaks(world):
    start = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
    at, times = start, [start]
    for gap in (10, 20, 30, 3000, 40, 50, 600):
        at += timedelta(seconds=gap)
        times.append(at)
    made(world, "cy", times)
    pace = progress.pace(world.members["cy"], TA)
    assert (pace.seconds, pace.gaps) == (30, 5)
    assert pace.minutes(10) == 5
    assert pace.minutes(11) == 6


def test_too_few_decisions_give_no_pace(as_, world):
    assert progress.pace(world.members["bo"], TA) is None
    assert "once you have decided a few more times" in page(as_, world, "bo")


def test_the_time_left_says_how_it_is_worked_out(as_, world):
    start = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
    made(world, "cy", [start + timedelta(seconds=90 * n) for n in range(9)])
    body = " ".join(page(as_, world, "cy").split())
    assert "Time left for you: about 9 minutes" in body  # 6 works
    assert "within 90 s of the one before (the last 8 of them" in body and "times 6 works" in body


def test_each_plot_has_a_name_a_description_and_a_table(as_, world):
    unblind(world, TA)
    body = main(page(as_, world, "ann"))
    for name in ("climbing", "days", "outcomes"):
        assert f'role="img" aria-labelledby="{name}-title {name}-desc"' in body
        assert f'<title id="{name}-title">' in body and f'<desc id="{name}-desc">' in body
    assert body.count("The same as a table") == 3 == body.count("<details>")
    assert "<script" not in body and "style=" not in body


# --- live ----------------------------------------------------------------------------------------------------------
def poll(as_, world, who, address):
    return as_(world, who).get(address, headers={"hx-request": "true"})


@pytest.mark.parametrize("blinded", [True, False])
def test_a_poll_is_empty_until_something_changes(as_, world, blinded):
    if not blinded:
        unblind(world)
    address = re.search(r'hx-get="([^"]+)"', page(as_, world, "bo"))[1].replace("&amp;", "&")
    client = as_(world, "bo")
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address, headers={"hx-request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert len(asked) <= 9 and not any("substr" in each["sql"] or "::date" in each["sql"] for each in asked)
    world.decide("bo", "delta", "include")
    answer = poll(as_, world, "bo", address)
    body = answer.content.decode()
    assert answer.status_code == 200 and "<html" not in body
    assert body.count("hx-swap-oob") == 6 and '<span class="stat-number">3</span>' in body
    again = re.search(r'hx-get="([^"]+)"', body)[1].replace("&amp;", "&")
    assert poll(as_, world, "bo", again).status_code == 204


def test_once_all_is_open_somebody_elses_decision_is_seen_by_the_next_poll(as_, world):
    unblind(world)
    address = re.search(r'hx-get="([^"]+)"', page(as_, world, "bo"))[1].replace("&amp;", "&")
    world.decide("ann", "delta", "include")
    assert poll(as_, world, "bo", address).status_code == 200


# --- the counts ----------------------------------------------------------------------------------------------------
def test_days_are_read_from_their_counts_alone(world):
    with CaptureQueriesContext(connection) as asked:
        progress.days(world.members["bo"], TA)
    assert [each for each in asked if 'reviews_decision"' in each["sql"]] == []
    assert [each for each in asked if "reviews_decidedon" in each["sql"]]
