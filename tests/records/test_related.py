"""Different reports of one piece of work: linked as related, never joined, never asked about, and never lost."""

from itertools import permutations

import pytest

from records import actions, queries
from records.dedup import Normal, cluster, judge
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
    assert [(each.work, each.kin, each.words) for each in queries.related_works(paper)] == [(notice, "notice", said)]
    assert [(each.work, each.kin, each.words) for each in queries.related_works(notice)] == [(paper, "notice", said)]
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


def test_a_record_that_resembles_both_does_not_bring_them_together(noticed):
    """Neither when all three come at once, nor when the two stand there already."""
    bare = worlds.ris_entry("golf", SP="", EP="", AB="", DO="")
    paper, notice = works_of(noticed, worlds.SUBJECTS["golf"])
    take(noticed, bare.replace("TI  - ", "TI  - Erratum: ") + bare, source="Fourth Index")
    noticed.library.refresh_from_db()
    assert len({work.pk for work in works_of(noticed, worlds.SUBJECTS["golf"])} & {paper.pk, notice.pk}) == 2


ABSTRACT = {
    "pages": "S212",
    "title": worlds.SUBJECTS["golf"],
    "authors": ["Ames, B.", "Cole, D."],
    "year": 2017,
    "journal": "Tea",
}
PAPER = ABSTRACT | {"pages": "12-19", "issue": "4"}
BARE = {name: value for name, value in ABSTRACT.items() if name != "pages"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_bare_record_between_abstract_and_paper_is_joined_with_one_at_most(order):
    normals = {n: Normal.of([ABSTRACT, PAPER, BARE][n]) for n in order}
    ids = [(a, b) for a in range(3) for b in range(a + 1, 3)]
    judged = judge(normals, ids)
    assert {(each.a, each.b): each.band for each in judged} == {(0, 1): "look", (0, 2): "joined", (1, 2): "joined"}
    assert next(each.kin for each in judged if (each.a, each.b) == (0, 1)) == "abstract"
    plan = cluster(order, judged)
    assert plan.group[0] != plan.group[1] and len(plan.questions) == 1


@pytest.mark.parametrize("order", list(permutations(["abstract", "paper", "bare"])))
def test_nor_where_they_come_in_three_dumps(order):
    empty = worlds.empty_world()
    rows = {"abstract": {"SP": "S212", "EP": ""}, "paper": {"IS": "4"}, "bare": {"SP": "", "EP": ""}}
    for name in order:
        entry = worlds.ris_entry("golf", AU="Ames, B", A2="", DO="", AB="", VL="", **rows[name])
        take(empty, entry.replace("AU  - Ames, B", "AU  - Ames, B\nAU  - Cole, D"), source=name)
    at = {record.search.source: record.work_id for record in empty.library.all_records.select_related("search")}
    assert at["abstract"] != at["paper"]
