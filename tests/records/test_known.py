"""Known items: references as people paste them, and whether the library holds what they name."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import known
from records.models import KnownItem
from records.references import references
from tests import world as worlds
from tests.records.state import take
from tests.world import SUBJECTS, ris

# What can be told from free text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10.5555/jic.delta", ("", [], None, "10.5555/jic.delta", "")),
        ("https://doi.org/10.5555/JIC.Delta", ("", [], None, "10.5555/JIC.Delta", "")),
        ("doi: 10.5555/jic.delta.", ("", [], None, "10.5555/jic.delta", "")),
        ("PMID: 12345678", ("", [], None, "", "12345678")),
        ("23456789", ("", [], None, "", "23456789")),
        ("https://pubmed.ncbi.nlm.nih.gov/12345678/", ("", [], None, "", "12345678")),
        (
            "Letters between mothers, a narrative inquiry",
            ("Letters between mothers, a narrative inquiry", [], None, "", ""),
        ),
        (
            "Ames J, van der Berg AB, et al. Walking groups of a pain clinic. J Imag Care. 2011;3(2):100-9.",
            ("Walking groups of a pain clinic", ["Ames, J", "van der Berg, AB"], 2011, "", ""),
        ),
        (
            "Ames, R., & Other, B. (2013). What miners say about classes. Journal of Imagined Care, 5(1), 122-131. "
            "https://doi.org/10.5555/x",
            ("What miners say about classes", ["Ames, R.", "Other, B."], 2013, "10.5555/x", ""),
        ),
        ("Recovery colleges as seen by students (2017)", ("Recovery colleges as seen by students", [], 2017, "", "")),
        ("Golfson (2017) Recovery colleges as seen", ("Recovery colleges as seen", ["Golfson"], 2017, "", "")),
        (
            'Ames R. "Becoming a companion on a stroke ward: diaries" Journal of Imagined Care 2014',
            ("Becoming a companion on a stroke ward: diaries", ["Ames, R"], 2014, "", ""),
        ),
        (
            "Ames Bea, Night shifts and mutual care among cleaners, Journal of Imagined Care, 2015",
            ("Night shifts and mutual care among cleaners", [], 2015, "", ""),
        ),
        ("照顾者的互助小组研究", ("照顾者的互助小组研究", [], None, "", "")),
    ],
)
def test_what_is_told_from_one_line(text, told):
    (one,) = references(text)
    assert (one.title, one.authors, one.year, one.doi, one.pmid) == told


def test_numbered_references_go_on_until_the_next_number():
    text = "1. Ames J. Walking groups of a\npain clinic. J Imag Care. 2011;3:1-9.\n2. Reed T. Telephone mentors. Care. 2012;4:5.\n"
    assert [each.title for each in references(text)] == ["Walking groups of a pain clinic", "Telephone mentors"]


def test_paragraphs_are_references_where_blank_lines_part_them():
    text = "Walking groups of\na pain clinic\n\nTelephone mentors\nfor young carers\n"
    assert [each.title for each in references(text)] == [
        "Walking groups of a pain clinic",
        "Telephone mentors for young carers",
    ]


def test_an_export_is_read_by_its_reader():
    first, second = references(ris("alpha", "bravo"))
    assert (first.title, first.doi, first.year, first.authors) == (
        SUBJECTS["alpha"],
        "10.5555/jic.alpha",
        2011,
        ["Alphason, Rae"],
    )
    assert second.title == SUBJECTS["bravo"]


@pytest.mark.parametrize("text", ["", " \n\n", "***", "2019"])
def test_what_names_nothing_is_no_reference(text):
    assert references(text) == []


@pytest.mark.parametrize("text", ["\0\0", "(((((", "1.\n2.\n3.", "@article{", "TY  - ", "é" * 5000, "a, " * 3000])
def test_nothing_pasted_breaks_it(text):
    assert all(len(each.text) <= 2000 for each in references(text))


# Kept


@pytest.fixture
def world(db):
    return worlds.screened_world()


def add(world, text):
    return known.add(by=world.people["ann"], library=world.library, text=text)


def test_known_items_are_kept_as_pasted_and_each_once(world):
    assert add(world, "10.5555/jic.alpha\n10.5555/JIC.ALPHA\nTelephone mentors") == known.Added(2, 1, 0)
    assert add(world, "Telephone  mentors") == known.Added(0, 1, 0)
    assert list(KnownItem.objects.order_by("pk").values_list("text", flat=True)) == [
        "10.5555/jic.alpha",
        "Telephone mentors",
    ]


def test_no_more_than_can_be_matched_at_one_look(world, monkeypatch):
    monkeypatch.setattr(known, "MOST", 3)
    assert add(world, "\n".join(f"10.5555/k.{n}" for n in range(5))) == known.Added(3, 0, 2)
    assert KnownItem.objects.count() == 3


def test_one_taken_off_the_list_stays_in_the_history(world):
    add(world, "10.5555/jic.alpha")
    known.remove(by=world.people["ann"], items=list(KnownItem.objects.all()))
    assert KnownItem.objects.count() == 0
    assert world.library.history.order_by("-number").first().detail == {"items": ["10.5555/jic.alpha"]}


# Found


def looked(world, text):
    """(works, perhaps) by title for every item."""
    add(world, text)
    by_pk = {work.pk: name for name, work in world.works.items()}
    return [
        ([by_pk.get(pk) for pk in row.works], [by_pk.get(pk) for pk in row.perhaps])
        for row in known.matched(world.library)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "10.5555/JIC.delta",
        "Deltason R. Becoming a companion on a stroke ward: diaries of volunteers. J Imag Care. 2014;6:133-42.",
        "Becoming a companion on a stroke ward: diaries of volunteers",
        "Deltason, R. (2014). Becoming a Companion on a Stroke Ward: Diaries of Volunteers. Journal of Imagined Care.",
        "A title written from memory. doi:10.5555/jic.delta",
    ],
)
def test_found_however_it_is_named(world, text):
    assert looked(world, text) == [(["delta"], [])]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ["10.5555/nowhere", "PMID: 99999999", "Deltason R. Something else about wards. J Imag Care. 2014;6:1-2."],
)
def test_what_is_not_there_is_not_found(world, text):
    assert looked(world, text) == [([], [])]


def test_another_year_or_another_doi_is_not_the_same_but_may_be_looked_at(world):
    title = SUBJECTS["delta"]
    assert looked(world, f"Deltason R. {title}. J Imag Care. 2001;6:1-2.") == [([], ["delta"])]
    KnownItem.objects.all().delete()
    assert looked(world, f"Deltason R. {title}. J Imag Care. 2014. doi:10.5555/other")[0][0] == []


def test_a_pubmed_number_finds_its_record(world):
    nbib = "PMID- 31234567\nTI  - Peer workers at sea, a survey of ferries\nDP  - 2019\nFAU - Reed, Tam\n\n"
    take(world, nbib, source="PubMed")
    add(world, "31234567")
    assert [len(row.works) for row in known.matched(world.library)] == [1]


def test_by_which_searches(world):
    add(world, "10.5555/jic.alpha\n10.5555/jic.bravo")
    both, one = known.matched(world.library)
    assert len(both.searches) == 2 and len(one.searches) == 1


def test_what_could_not_be_read_is_named(world):
    take(
        world,
        ris("alpha") + "Night trains and the people who wait for them 10.5555/torn\n" + ris("bravo"),
        source="Torn",
    )
    add(world, "10.5555/torn\nNight trains and the people who wait for them\n10.5555/nowhere")
    assert [len(row.stretches) for row in known.matched(world.library)] == [1, 1, 0]


def test_many_items_ask_as_often_as_few(world):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            known.matched(world.library)
        return len(asked)

    add(world, "10.5555/jic.alpha")
    few = queries()
    add(world, "\n".join(f"{SUBJECTS[name]} number {n}" for name in ("bravo", "delta") for n in range(40)))
    assert queries() == few
