"""What a record lacks is given to it with where it came from, and can be taken back: words, search, comparison and card follow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import actions, composing, filling, full_text
from records.dedup import Normal, keys
from records.history import faults
from records.models import AlreadyThere, BlockKey, Record, Search, TextVersion, Work
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.state import take
from tests.world import NAMES, SUBJECTS, ris_entry

pytestmark = pytest.mark.django_db
ABSTRACT = "Background Cleaners work at night. Methods We asked fourteen of them."
BARE = {"AB": "", "DO": "", "VL": ""}


def bare(name, **tags):
    """An entry without abstract, DOI and volume."""
    return ris_entry(name, **{**BARE, **tags})


def page(name, *, doi=True, author=None, year=True, abstract="We asked the cleaners and they answered.", related=""):
    """A page about one paper, as people copy it."""
    n = NAMES.index(name)
    rows = [
        SUBJECTS[name],
        "",
        "被引:2",
        "|",
        "作者",
        author or f"{name.title()}son, Rae [1 ]",
        "机构",
        "[1] Univ Nowhere, England",
    ]
    rows += ["关键词", "night shifts; care"]
    rows += ["D O I", f"10.5555/jic.{name}"] if doi else []
    rows += ["摘要", abstract] if abstract else []
    rows += ["引用", "收藏", f"页码:{100 + 11 * n} / {109 + 11 * n}"]
    return "\n".join(rows) + "\n" + related


def stored(world, name="echo"):
    return Record.objects.filter(library=world.library, title=SUBJECTS[name]).order_by("pk")


def titles(world, words):
    return {record.title for record in full_text.search(world.library.pk, words)}


def ids(record):
    return sorted(BlockKey.objects.filter(record=record).values_list("key", flat=True))


@pytest.fixture
def world(db):
    world = worlds.empty_world()
    take(world, bare("echo") + bare("foxtrot"))
    return world


@pytest.fixture
def work(world):
    return Work.objects.get(title=SUBJECTS["echo"])


def give(world, work, text=ABSTRACT):
    return filling.give_abstract(by=world.people["ann"], library=world.library, work=work, text=text)


# A pasted abstract


def test_a_pasted_abstract_is_shown_with_who_gave_it(world, work):
    record = give(world, work)
    card = composing.card(Work.objects.get(pk=work.pk))
    assert card.abstract == record.abstract != ""
    assert "We asked fourteen" in card.abstract
    source = Record.objects.get(pk=record.pk).filled["abstract"]
    assert (source["by"], source["origin"], source["name"]) == (world.people["ann"].pk, "pasted", "Ann")


def test_it_is_kept_as_a_text_that_names_its_origin_and_that_coding_will_find(world, work):
    record = give(world, work)
    text = TextVersion.objects.get(record=record)
    assert (text.body, text.origin) == (record.abstract, "pasted by Ann")
    assert actions.text_of(record).pk == text.pk


def test_the_card_has_changed_so_its_revision_moves_and_the_decision_on_the_old_one_is_refused(world, work):
    give(world, work)
    assert Work.objects.get(pk=work.pk).revision == work.revision + 1


def test_search_finds_the_new_words_and_still_the_old_ones(world, work):
    assert titles(world, "fourteen") == set()
    give(world, work)
    assert titles(world, "fourteen") == {SUBJECTS["echo"]}
    assert titles(world, "hospice") == {SUBJECTS["echo"]}


def test_what_is_compared_follows(world, work):
    record = give(world, work)
    assert record.normal == Normal.of(vars(record)).to_json()
    assert record.normal["abstract"].startswith("background cleaners work")
    assert ids(record) == keys(Normal.from_json(record.normal))


def test_a_work_that_has_an_abstract_keeps_it(world, work):
    give(world, work)
    with pytest.raises(filling.NothingToFill):
        give(world, work, "Another abstract")
    assert "fourteen" in stored(world).get().abstract


@pytest.mark.parametrize("text", ["", "  \n ", "<p> </p>"])
def test_a_text_that_says_nothing_is_no_abstract(world, work, text):
    with pytest.raises(filling.NothingToFill):
        give(world, work, text)
    assert stored(world).get().filled == {}


def test_a_record_that_is_set_aside_does_not_count_and_is_not_given_anything(world, work):
    take(world, ris_entry("echo", DO=""), source="Second Index")
    second = Search.objects.get(source="Second Index")
    actions.set_aside(by=world.people["ann"], search=second, aside=True, upstairs=InReviews())
    assert Work.objects.get(pk=work.pk).records_count == 2
    record = give(world, work)
    assert record.search.source == "Fictional Index"


def test_it_is_in_the_history_and_the_chain_holds(world, work):
    record = give(world, work)
    filling.take_back(by=world.people["ann"], record=record, name="abstract")
    verbs = list(world.library.history.order_by("number").values_list("verb", flat=True))
    assert verbs[-2:] == ["gave an abstract", "took a filling back"]
    assert list(faults(world.library.pk)) == []


def test_taken_back_the_record_is_as_its_dump_left_it(world, work):
    before = stored(world).values().get()
    record = give(world, work)
    filling.take_back(by=world.people["ann"], record=record, name="abstract")
    assert stored(world).values().get() == before
    assert titles(world, "fourteen") == set()
    assert titles(world, "hospice") == {SUBJECTS["echo"]}
    assert Work.objects.get(pk=work.pk).revision == work.revision + 2


@pytest.mark.parametrize("name", ["abstract", "title", "", "search_id"])
def test_what_was_not_filled_cannot_be_taken_back(world, work, name):
    record = stored(world).get()
    before = stored(world).values().get()
    with pytest.raises(actions.NothingToUndo):
        filling.take_back(by=world.people["ann"], record=record, name=name)
    assert stored(world).values().get() == before


# A page


def test_a_page_about_a_work_fills_what_it_lacks_and_adds_no_record(world, work):
    dump = take(world, page("echo"), source="A page")
    assert (dump.found, dump.taken_in, dump.already_there, dump.filled) == (1, 0, 1, 1)
    record = stored(world).get()
    assert "We asked the cleaners" in record.abstract
    assert (record.doi, record.keywords, record.pages) == ("10.5555/jic.echo", ["night shifts", "care"], "144-153")
    assert (record.search.source, record.journal) == ("Fictional Index", "Journal of Imagined Care")
    row = AlreadyThere.objects.get(dump=dump)
    assert (row.record, row.accession, set(row.filled)) == (record, "", {"abstract", "keywords", "doi"})
    assert record.filled["doi"]["dump"] == dump.pk
    assert record.filled["doi"]["lines"] == [row.first_line, row.last_line]
    assert TextVersion.objects.get(record=record).origin == "from “A page.ris”"


def test_a_filled_field_is_found_by_and_compared_with_from_now_on(world, work):
    take(world, page("echo"), source="A page")
    record = stored(world).get()
    assert ids(record) == keys(Normal.from_json(record.normal))
    take(
        world,
        ris_entry("echo", title="Another title altogether of the same paper", AU="", PY="", JO="", AB=""),
        source="By DOI",
    )
    assert stored(world).get().normal["doi"] == "10.5555/jic.echo"
    assert titles(world, "answered") == {SUBJECTS["echo"]}


def test_the_page_pasted_again_fills_nothing_so_it_is_a_duplicate_found_again(world, work):
    take(world, page("echo"), source="A page")
    dump = take(world, page("echo") + "\n", source="The page again")
    assert (dump.taken_in, dump.already_there, dump.joined) == (1, 0, 1)


@pytest.mark.parametrize(
    "different",
    [
        {"author": "Somebody, Else [1 ]"},
        {"author": "Nother, Kim [1 ]", "doi": False},
    ],
)
def test_a_page_that_is_not_surely_this_work_is_a_record_of_its_own(world, work, different):
    if different.get("doi", True):
        Record.objects.filter(pk=work.lead_id).update(
            doi="10.5555/other",
            normal=Normal.of(
                {"title": SUBJECTS["echo"], "doi": "10.5555/other", "authors": ["Echoson, Rae"]}
            ).to_json(),
        )
    dump = take(world, page("echo", **different), source="A page")
    assert (dump.taken_in, dump.filled) == (1, 0)
    assert stored(world).first().filled == {}


def test_an_export_never_fills_the_same_paper_from_two_databases_stays_two_records(world, work):
    dump = take(world, ris_entry("echo"), source="Second Index")
    assert (dump.taken_in, dump.filled, dump.joined) == (1, 0, 1)
    assert stored(world).count() == 2


def test_a_paper_that_a_page_merely_lists_fills_nothing(world, work):
    listed = f"相关论文\n共 40 条\n  • [1] {SUBJECTS['echo']}\n    Echoson, Rae\n    [J]. JOURNAL OF IMAGINED CARE, 2015, 7 : 144 - 153\n"
    dump = take(world, page("golf", related=listed), source="A page")
    assert dump.filled == 0
    assert not stored(world).filter(volume="7", dump=work.lead.dump_id).exists()


def test_a_work_that_is_set_aside_is_not_filled(world, work):
    first = Search.objects.get(source="Fictional Index")
    actions.set_aside(by=world.people["ann"], search=first, aside=True, upstairs=InReviews())
    dump = take(world, page("echo"), source="A page")
    assert (dump.taken_in, dump.filled) == (1, 0)


def test_what_a_dump_filled_goes_with_the_dump(world, work):
    before = stored(world).values().get()
    dump = take(world, page("echo"), source="A page")
    assert filling.take_back_of(dump) == 3
    assert stored(world).values().get() == before
    assert titles(world, "answered") == set()


def test_a_chunk_of_pages_asks_as_often_as_one(world):
    def queries(*names):
        pages = [page(name) for name in names]
        with CaptureQueriesContext(connection) as asked:
            drafts = [each for text in pages for each in _drafts(text)]
            assert len(filling.fill_chunk(world.library, stored(world).get().dump, drafts)) == len(names)
        return len(asked)

    take(world, "".join(bare(name) for name in ("alpha", "bravo", "charlie", "delta", "golf")))
    assert queries("alpha") == queries("bravo", "charlie", "delta", "golf")


def _drafts(text):
    from dataclasses import asdict

    from records import clean
    from records.readers import Draft, Source, read

    for each in read(Source.of(text)):
        if isinstance(each, Draft):
            cleaned = clean.draft(each)
            yield each, cleaned, Normal.of(asdict(cleaned))
