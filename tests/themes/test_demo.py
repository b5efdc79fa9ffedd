"""The demo: everything in it works end to end, it is made once, and it could all have been made by hand."""

import io

import pytest
from django.core.management import call_command

from records import counters as found
from records import history
from records.models import Dump, DumpState, Job, Library, Match, Record
from records.readers import READERS
from reviews import counters, flow, lists, prisma
from reviews.models import Decision, Outcome, Review, Stage, StageName, State
from tests import world as worlds
from themes import demo, queries
from themes.models import Coding

PAGES = {"wos_mirror_cn", "scholar_json_nested", "bilingual_portal", "citation_statements_page"}


@pytest.fixture
def made(db):
    worlds.count_at_once()
    return demo.make()


def member(review, who):
    return review.members.select_related("review", "user").get(user__email=f"{who}@demo.example")


def test_the_demo_holds_something_at_every_station(made):
    review = Review.objects.get(pk=made.review.pk)
    robin = member(review, "robin")
    dumps = Dump.objects.filter(library=review.pk)
    assert {"ris", "nbib", "csv", *PAGES} <= set(dumps.values_list("format", flat=True)) <= {r.NAME for r in READERS}
    assert dumps.filter(state=DumpState.NOT_UNDERSTOOD).count() == 1 and dumps.filter(rejected__gt=0).count() == 2
    assert Record.objects.filter(library=review.pk).count() >= 80
    assert lists.rows_of(lists.named("duplicates", robin), robin).count() >= 15
    assert Match.objects.filter(library=review.pk, open=True).count() >= 1
    assert Match.objects.filter(library=review.pk, band="related").count() >= 5
    titles = Stage.objects.get(review=review, name=StageName.TITLE_ABSTRACT)
    assert min(titles.pending, titles.awaiting_second, titles.conflict, titles.included, titles.excluded) >= 2
    texts = Stage.objects.get(review=review, name=StageName.FULL_TEXT)
    assert texts.included >= 15 and texts.excluded >= 3
    assert review.adjudications.filter(current=True).count() >= 3
    assert Coding.objects.filter(review=review).values("coder").distinct().count() == 2
    assert len(queries.matrix(robin).themes) == 4 and queries.matrix(robin).total >= 25


def test_its_flow_adds_up(made):
    review = Review.objects.get(pk=made.review.pk)
    checked = prisma.identities(flow.gather(member(review, "robin")))
    assert [each.name for each in checked if each.holds is False] == []


def test_the_hard_negatives_are_not_joined(made):
    """Part 1 and part 2, protocol and trial, abstract and article stand as works of their own."""
    titles = list(Record.objects.filter(library=made.review.pk).values_list("title", "work"))
    for word in ("part 1", "part 2", "erratum", "protocol"):
        works = {work for title, work in titles if word in title.casefold()}
        others = {work for title, work in titles if word not in title.casefold()}
        assert works and not works & others, word


def test_the_practice_review_is_blinded_and_waits_for_a_second_decision(made):
    practice = Review.objects.get(pk=made.practice.pk)
    assert practice.blinded_abstracts and practice.blinded_full_texts
    assert Outcome.objects.filter(review=practice, state=State.AWAITING).count() == 4
    assert not Decision.objects.filter(review=practice, member=member(practice, "robin")).exists()


def test_a_second_call_changes_nothing_and_all_is_in_order(made):
    before = {m: m.objects.count() for m in (Record, Decision, Coding, Job, Review)}
    assert not demo.make().fresh
    assert {m: m.objects.count() for m in before} == before
    for library in Library.objects.all():
        assert [*found.differences(library), *counters.differences(library.pk), *history.faults(library.pk)] == []


def test_the_command_prints_the_address_and_both_accounts(db):
    out = io.StringIO()
    call_command("demo", stdout=out)
    said = out.getvalue()
    assert "http://127.0.0.1:8000/" in said and demo.PASSWORD in said
    assert all(email in said for email in demo.PEOPLE)


def test_both_can_sign_in(made, client):
    for email in demo.PEOPLE:
        answer = client.post("/accounts/login/", {"login": email, "password": demo.PASSWORD})
        assert answer.status_code == 302 and answer["Location"] == "/"
        client.post("/accounts/logout/")
