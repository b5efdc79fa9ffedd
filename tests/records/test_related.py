"""Different reports of one piece of work: linked as related, never joined, never asked about, and never lost."""

import pytest

from records import actions, queries
from records.models import Kin, Match
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.state import take
from tests.reviews.test_import_page import words

pytestmark = pytest.mark.django_db
ERRATUM = worlds.ris_entry(
    "golf", title="Erratum: " + worlds.SUBJECTS["golf"], DO="10.5555/jic.golf.e", SP="900", EP="900", AB=""
)


def works_of(world, title):
    return [record.work for record in world.library.all_records.filter(title__contains=title).select_related("work")]


@pytest.fixture
def noticed(world):
    take(world, ERRATUM, source="Third Index")
    return world


def test_an_erratum_is_a_work_of_its_own_and_nobodys_question(noticed):
    paper, notice = works_of(noticed, worlds.SUBJECTS["golf"])
    assert paper != notice
    (match,) = Match.objects.filter(library=noticed.library, band="related")
    assert (match.kin, match.open, match.answer) == (Kin.NOTICE, False, "")
    assert match.reasons and match.veto == "only one is marked “erratum”"


def test_each_of_the_two_names_the_other(noticed, as_):
    paper, notice = works_of(noticed, worlds.SUBJECTS["golf"])
    said = "a correction or retraction, and its paper"
    assert [(each, str(kin)) for each, kin in queries.related_works(paper)] == [(notice, said)]
    assert [(each, str(kin)) for each, kin in queries.related_works(notice)] == [(paper, said)]
    text = words(as_(noticed, "ann").get(f"/reviews/{noticed.review.pk}/works/{paper.pk}/"))
    assert "Related works" in text and said.capitalize() in text


def test_the_duplicates_page_lists_them_apart_and_takes_another_answer(noticed, as_):
    client, page = as_(noticed, "lib"), f"/reviews/{noticed.review.pk}/duplicates/"
    text = words(client.get(page + "?list=related"))
    assert "Related, not the same: a correction or retraction, and its paper?" in text and "Related 1" in text
    match = Match.objects.get(library=noticed.library, band="related")
    client.post(f"{page}{match.pk}/", {"answer": "different"})
    assert "Related 0" in words(client.get(page))
    assert queries.related_works(works_of(noticed, worlds.SUBJECTS["golf"])[0]) == []


@pytest.mark.parametrize(("answer", "related"), [("different", 0), ("related", 1), ("same", 0)])
def test_what_a_person_says_outweighs_the_rules(noticed, answer, related):
    match = Match.objects.get(library=noticed.library, band="related")
    actions.answer(by=noticed.people["lib"], match=match, answer=answer, upstairs=InReviews())
    paper = works_of(noticed, worlds.SUBJECTS["golf"])[0]
    assert len(queries.related_works(paper)) == related


def test_duplicates_are_counted_without_them(noticed):
    noticed.library.refresh_from_db()
    before = (noticed.library.records, noticed.library.works)
    take(noticed, ERRATUM.replace("Erratum", "Corrigendum").replace("jic.golf.e", "jic.golf.c"), source="Fourth Index")
    noticed.library.refresh_from_db()
    assert (noticed.library.records, noticed.library.works) == (before[0] + 1, before[1] + 1)
