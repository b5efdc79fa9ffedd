"""Full texts: the list is closed while blinded; a retrieved report opens full-text screening, and the flow follows."""

import re
import uuid

import pytest

from records import actions as found
from reviews import actions, flow, prisma
from reviews.models import Member, Report, StageName, Study
from reviews.settling import InReviews
from tests import world as worlds

TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT


@pytest.fixture
def opened(world):
    """Title and abstract is unblinded; alpha and charlie are included."""
    world.decide("bo", "charlie", "include")
    actions.unblind(member=world.members["ann"], stage=TITLE)
    return world


def place(world, rest="reports/"):
    return f"/reviews/{world.review.pk}/{rest}"


def words(answer):
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def report(world, work="alpha"):
    return Report.objects.get(review=world.review, work=world.works[work])


def say(client, world, work, retrieval):
    return client.post(place(world), {"report": report(world, work).pk, "retrieval": retrieval})


def card(client, world):
    return client.get(place(world, "screen/full-text/")).context["card"]


def numbers(world):
    """The flow's left column, as the owner sees it."""
    member = Member.objects.select_related("review").get(pk=world.members["ann"].pk)
    found = flow.gather(member)
    assert [each.sentence for each in prisma.identities(found) if each.holds is False] == []
    return found.databases


# The door


def test_while_blinded_the_list_is_closed_for_every_role(world, as_):
    for who in ("ann", "lib"):
        answer = as_(world, who).get(place(world))
        assert "This list opens when the owner unblinds title and abstract." in words(answer)
        assert worlds.SUBJECTS["alpha"] not in words(answer)
        assert say(as_(world, who), world, "alpha", "retrieved").status_code == 404
    assert report(world).retrieval == "awaited"


def test_full_text_screening_waits_for_the_unblinding_too(world, as_):
    text = words(as_(world, "bo").get(place(world, "screen/full-text/")))
    assert "Full texts open later" in text


def test_without_an_included_work_the_page_says_what_will_be_here(as_, db):
    alone = worlds.empty_world()
    actions.unblind(member=alone.members["ann"], stage=TITLE)
    assert "Reports appear here once works are included" in words(as_(alone, "ann").get(place(alone)))


# The list


def test_the_reports_of_included_works_are_sought(opened, as_):
    text = words(as_(opened, "lib").get(place(opened)))
    assert worlds.SUBJECTS["alpha"] in text and worlds.SUBJECTS["charlie"] in text
    assert worlds.SUBJECTS["bravo"] not in text
    assert text.count("sought") == 2


def test_a_work_that_is_no_longer_included_leaves_the_list(opened, as_):
    opened.decide("bo", "charlie", "exclude")
    text = words(as_(opened, "lib").get(place(opened)))
    assert worlds.SUBJECTS["charlie"] not in text
    assert say(as_(opened, "lib"), opened, "charlie", "retrieved").status_code == 404


def test_what_became_of_a_report_is_kept_with_who_and_in_the_history(opened, as_):
    answer = say(as_(opened, "lib"), opened, "alpha", "not_retrieved")
    assert answer["Location"] == place(opened)
    assert (report(opened).retrieval, report(opened).by) == ("not_retrieved", opened.people["lib"])
    event = opened.library.history.order_by("-number").first()
    assert (event.verb, event.detail) == ("set a report's retrieval", {"retrieval": "not_retrieved"})
    assert "not retrieved" in words(as_(opened, "lib").get(place(opened)))


def test_what_makes_no_sense_is_refused(opened, as_):
    client = as_(opened, "lib")
    for data in (
        {},
        {"report": report(opened).pk},
        {"report": "x", "retrieval": "retrieved"},
        {"report": 10**30, "retrieval": "awaited"},
    ):
        assert client.post(place(opened), data).status_code == 400, data
    assert say(client, opened, "alpha", "burnt").status_code == 400
    assert client.post(place(opened), {"report": 10**17, "retrieval": "awaited"}).status_code == 404
    assert report(opened).retrieval == "awaited"


# Full text


def test_a_retrieved_report_opens_full_text_screening(opened, as_):
    client = as_(opened, "bo")
    assert card(client, opened) is None
    say(as_(opened, "lib"), opened, "alpha", "retrieved")
    assert card(client, opened).work == opened.works["alpha"]
    assert "data-needs-reason" in client.get(place(opened, "screen/full-text/")).content.decode()


def test_a_report_that_is_sought_again_leaves_the_queue_and_its_decisions_stay(opened, as_):
    client = as_(opened, "lib")
    say(client, opened, "alpha", "retrieved")
    opened.decide("ann", "alpha", "include", stage=FULL)
    say(client, opened, "alpha", "awaited")
    assert card(as_(opened, "bo"), opened) is None
    assert opened.members["ann"].decisions.filter(stage=FULL, current=True).count() == 1
    say(client, opened, "alpha", "retrieved")
    assert opened.outcome("alpha", FULL) == "awaiting_second"


def test_an_exclusion_at_full_text_asks_for_its_reason(opened, as_):
    say(as_(opened, "lib"), opened, "alpha", "retrieved")
    client, work = as_(opened, "bo"), opened.works["alpha"]
    work.refresh_from_db()
    sent = {"work": work.pk, "revision": work.revision, "key": uuid.uuid4(), "verdict": "exclude"}
    answer = client.post(place(opened, "screen/full-text/"), sent)
    assert answer.status_code == 400
    assert answer.context["card"].work == work
    assert "Choose the reason first." in answer.content.decode()
    answer = client.post(place(opened, "screen/full-text/"), {**sent, "reason": opened.reason("design").pk})
    assert answer.status_code == 302
    assert opened.outcome("alpha", FULL) == "awaiting_second"


def test_an_included_report_describes_a_study_of_its_own_made_once(opened, as_):
    say(as_(opened, "lib"), opened, "alpha", "retrieved")
    for who in ("ann", "bo", "ann"):
        opened.decide(who, "alpha", "include", stage=FULL)
    assert report(opened).study == Study.objects.get(review=opened.review)
    assert report(opened).study.label == worlds.SUBJECTS["alpha"]


def test_the_flow_follows_every_step_and_always_adds_up(opened, as_):
    lib = as_(opened, "lib")
    actions.unblind(member=opened.members["ann"], stage=FULL)
    now = numbers(opened)
    assert (now.sought, now.awaited, now.not_retrieved, now.assessed) == (2, 2, 0, 0)
    say(lib, opened, "alpha", "retrieved")
    say(lib, opened, "charlie", "not_retrieved")
    now = numbers(opened)
    assert (now.sought, now.awaited, now.not_retrieved, now.assessed, now.assessing) == (2, 0, 1, 1, 1)
    for who in ("ann", "bo"):
        opened.decide(
            who, "alpha", "exclude", stage=FULL, reason=opened.reason("design" if who == "ann" else "setting")
        )
    now = numbers(opened)
    assert (now.assessing, now.reports_excluded, now.included) == (0, 1, 0)
    assert [each.number for each in now.reasons] == [1]  # counted once, not per vote; the first in order
    assert now.reasons[0].name == "Wrong study design"
    actions.undo(member=opened.members["bo"], stage=FULL)
    opened.decide("bo", "alpha", "include", stage=FULL)
    opened.decide("ann", "alpha", "include", stage=FULL)
    now = numbers(opened)
    assert (now.reports_excluded, now.included, now.reasons) == (0, 1, ())


def test_a_retrieved_report_follows_its_record_through_a_join_and_back(opened):
    """Joined into a work that nobody included yet, the report is still retrieved; taken back, it is where it was."""
    lib, bo, ours, other = opened.people["lib"], opened.members["bo"], opened.works["alpha"], opened.works["hotel"]
    actions.set_retrieval(member=bo, report=report(opened), retrieval="retrieved")
    act = found.join(by=lib, library=opened.library, into=other, others=[ours], upstairs=InReviews())
    assert list(Report.objects.filter(work=other).values_list("retrieval", flat=True)) == ["retrieved"]
    found.undo(by=lib, library=opened.library, act=act, upstairs=InReviews())
    assert report(opened).retrieval == "retrieved"
    assert not Report.objects.filter(work=other).exists()
