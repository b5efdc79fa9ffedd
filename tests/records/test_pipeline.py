"""From a dump to works: every entry is accounted for, words are kept as they came, and order and chunks change nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from records import actions, pipeline
from records.models import Answer, Arm, Band, Job, Match, Record, RejectedStretch, Search, SourceKind, Work
from reviews import lists
from reviews.models import Member, Outcome, StageName
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.state import everything, faults_of, groups, take
from tests.world import NAMES, SUBJECTS, ris, ris_entry

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
LIBRARY = {  # an export of each kind, and pages
    "PubMed": "pubmed-export.nbib",
    "Scopus": "scopus-export.csv",
    "PsycInfo": "psycinfo-ovid.ris",
    "Index": "index-mirror-page.txt",
    "Lists": "reference-lists.csv",
}
TORN = "AU  - Nobody, N\nPY  - 1999\nER  - \n\n"
STAGE = StageName.TITLE_ABSTRACT


def listed(number, title, *authors, citation):
    return f"  • [{number}] {title}\n" + "".join(f"    {a}\n" for a in authors) + f"    [J]. {citation}\n"


PAGE = (
    "Tea rooms as places of mutual aid: an ethnography\n\n被引:2\n|\n作者\nAmes, Berit [1 ]\n机构\n"
    "[1] Univ Nowhere, Nowhere, England\n关键词\ntea; mutual aid\nD O I\n10.5555/tea.1\n摘要\n"
    "We sat in three tea rooms for a year and wrote down who poured for whom.\n引用\n收藏\n页码:1 / 9\n页数:9\n相关论文\n共 40 条\n"
    + listed(1, "Soup kitchens and the art of listening to strangers", "Ollo, Pia", "Reed, Tam",
             citation="JOURNAL OF IMAGINED CARE, 2003, 8 (02) : 14 - 29")
    + listed(2, SUBJECTS["golf"], "Golfson, Rae", citation="JOURNAL OF IMAGINED CARE, 2017, 9 : 166 - 175")
)  # fmt: skip


@pytest.fixture
def empty(db):
    return worlds.empty_world()


@pytest.fixture
def ann(empty):
    return empty.members["ann"]


def numbers(member, *names):
    return [lists.rows_of(lists.LISTS[name], member).count() for name in names]


def texts(**files):
    return {source: (SAMPLES / name).read_text("utf-8-sig") for source, name in files.items()}


# --- accounting ----------------------------------------------------------------------------------------------------
def test_every_entry_is_taken_in_or_already_there_or_rejected(empty):
    dump = take(empty, TORN + ris("alpha", "bravo") + TORN + ris("charlie"))
    assert (dump.found, dump.taken_in, dump.already_there, dump.rejected) == (5, 3, 0, 2)
    assert dump.state == "read"
    assert dump.records.count() == 3
    assert list(dump.rejected_stretches.order_by("pk").values_list("first_line", "last_line")) != []
    assert faults_of(empty.library) == []


def test_each_record_names_its_place_in_the_dump_and_its_lines(empty):
    text = ris("alpha", "bravo", "charlie")
    dump = take(empty, text)
    lines = text.split("\n")
    for place, record in enumerate(dump.records.order_by("pk"), 1):
        assert record.position == place
        own = lines[record.first_line - 1 : record.last_line]
        assert own[0] == "TY  - JOUR" and own[-1].startswith("ER")
        assert f"TI  - {record.title}" in own


def test_every_tag_and_value_is_kept_word_for_word_with_its_line(empty):
    entry = ris_entry("alpha", ZZ="  kept &amp; as <i>it</i> came  ", AB="Two  blanks\u00a0and an e\u0301.")
    record = take(empty, entry).records.get()
    lines = entry.split("\n")
    assert [
        "ZZ",
        "  kept &amp; as <i>it</i> came  ",
        lines.index("ZZ  -   kept &amp; as <i>it</i> came  ") + 1,
    ] in record.raw
    for tag, value, line in record.raw:
        assert lines[line - 1] == f"{tag}  - {value}"
    assert record.abstract.startswith("Two blanks")


def test_the_bytes_of_a_dump_stay_as_they_came(empty):
    text = "\ufeff" + ris("alpha").replace("\n", "\r\n") + "\x1a"
    dump = take(empty, text)
    assert dump.file.read() == text.encode()
    assert dump.taken_in == 1


@pytest.mark.parametrize(
    "text",
    [
        "Dear all,\nplease find the records attached.\n",
        "{}",
        "\n\n\n",
        "title,year\n",
        "<html><body>nothing</body></html>",
    ],
    ids=["a letter", "empty JSON", "blank lines", "a header without rows", "a web page"],
)
def test_what_nobody_understands_is_said_with_its_first_lines_and_is_no_success(empty, text):
    dump = take(empty, text)
    assert (dump.state, dump.taken_in) == ("not_understood", 0)
    (stretch,) = dump.rejected_stretches.all()
    seen = text.removeprefix("<html><body>").removesuffix("</body></html>")  # of a saved page what one sees of it
    assert stretch.text.strip() == seen.strip()
    assert dump.found == dump.rejected == 1


def test_an_unreadable_dump_changes_nothing_else(empty, ann):
    take(empty, ris(*NAMES))
    before = numbers(ann, "records", "works", "duplicates")
    take(empty, (SAMPLES / "unreadable.txt").read_text(), source="Notes")
    assert numbers(ann, "records", "works", "duplicates") == before
    assert faults_of(empty.library) == []


# --- chunks and order ----------------------------------------------------------------------------------------------
def read_library(order=tuple(LIBRARY), owner="ann"):
    world = worlds.empty_world(owner=owner)
    if "ann" not in world.people:
        world.people["ann"] = world.people[owner]
    for source, text in texts(**{source: LIBRARY[source] for source in order}).items():
        take(world, text, source=source)
    return world


@pytest.fixture
def whole(db):
    return read_library()


@pytest.mark.parametrize("size", [1, 3, 7])
def test_small_chunks_give_the_same_library(whole, monkeypatch, size):
    monkeypatch.setattr(pipeline, "CHUNK", size)
    chunked = read_library(owner="bo")
    one, other = everything(whole.library), everything(chunked.library)
    for part in one:
        assert other[part] == one[part], part
    assert faults_of(chunked.library) == []


@pytest.mark.parametrize("order", [list(reversed(LIBRARY)), ["Scopus", "Lists", "PubMed", "Index", "PsycInfo"]])
def test_the_order_of_dumps_does_not_change_which_records_stand_together(whole, order):
    other = read_library(order, owner="bo")
    assert groups(other.library) == groups(whole.library)
    assert other.library.works == whole.library.works > 60


def test_a_dump_again_in_another_order_makes_no_new_work(empty):
    take(empty, ris(*NAMES))
    dump = take(empty, ris(*reversed(NAMES)).replace("\n", "\r\n"), source="Later export")
    assert (dump.taken_in, dump.joined) == (8, 8)
    assert Work.objects.filter(library=empty.library, empty=False).count() == 8


def test_half_a_dump_and_then_the_whole_makes_no_new_work_for_the_half(empty):
    take(empty, ris(*NAMES[:4]))
    take(empty, ris(*NAMES), source="Whole")
    assert Work.objects.filter(library=empty.library, empty=False).count() == 8
    assert all(group == {("Fictional Index", n), ("Whole", n)} for n, group in enumerate(by_place(empty, 4), 1))


def by_place(world, count):
    found = [group for group in groups(world.library) if len(group) > 1]
    return sorted(found, key=lambda group: min(place for _source, place in group))[:count]


def test_an_update_joins_what_is_there_and_adds_what_is_new(empty, ann):
    take(empty, ris("alpha", "bravo"))
    worlds.decide(ann, Work.objects.get(title=SUBJECTS["alpha"]), "include")
    dump = take(empty, ris("alpha", "charlie"), source="Update", round=2)
    assert (dump.taken_in, dump.joined) == (2, 1)
    assert numbers(ann, "records", "works", "duplicates") == [4, 3, 1]
    work = Work.objects.get(title=SUBJECTS["alpha"])
    assert work.records_count == 2 and work.decisions.get().current


# --- papers that a page lists --------------------------------------------------------------------------------------
def test_papers_that_a_page_lists_are_a_search_of_their_own_under_other_methods(empty, ann):
    dump = take(empty, PAGE, source="Index page")
    group = Search.objects.get(library=empty.library, listed_by=dump.search)
    assert (group.kind, group.arm, group.aside, group.records) == (SourceKind.CITATION, Arm.OTHER, False, 2)
    assert (dump.taken_in, dump.related, dump.search.all_records.count()) == (3, 2, 1)
    assert numbers(ann, "identified-databases", "identified-other", "screened-databases", "screened-other") == [
        1,
        2,
        1,
        2,
    ]


def test_a_second_page_of_the_same_search_adds_to_the_same_group(empty):
    dump = take(empty, PAGE, source="Index page")
    search = Search.objects.get(pk=dump.search_id)
    other = PAGE.replace("Tea rooms", "Bus shelters").replace("tea.1", "bus.1").replace("Soup kitchens", "Night buses")
    actions.receive(by=empty.people["ann"], search=search, name="page 2", content=other)
    worlds.read_all(empty.library)
    assert Search.objects.get(listed_by=search).records == 4
    assert faults_of(empty.library) == []


def test_listed_papers_can_be_kept_aside_from_the_beginning(empty, ann):
    search = actions.name_search(by=empty.people["ann"], library=empty.library, source="Index page")
    actions.receive(by=empty.people["ann"], search=search, name="page", content=PAGE, listed_aside=True)
    worlds.read_all(empty.library)
    assert numbers(ann, "records", "works", "identified-other", "screened-other") == [1, 1, 0, 0]
    assert empty.review.stages.get(name=STAGE).pending == 1
    assert faults_of(empty.library) == []


def test_a_group_set_aside_is_neither_screened_nor_counted_and_comes_back_as_it_was(empty, ann):
    take(empty, ris("alpha", "golf"))
    dump = take(empty, PAGE, source="Index page")
    group = Search.objects.get(listed_by=dump.search)
    (soup,) = Work.objects.filter(title__startswith="Soup")
    worlds.decide(ann, soup, "include")
    before, names = everything(empty.library), ("records", "works", "screened-other", "screened-databases")
    revisions = dict(Work.objects.values_list("pk", "revision"))
    assert numbers(ann, *names) == [5, 4, 1, 3]
    actions.set_aside(by=ann.user, search=group, aside=True, upstairs=InReviews())
    assert numbers(ann, *names) == [3, 3, 0, 3]
    assert Outcome.objects.get(work=soup, stage=STAGE).aside
    assert faults_of(empty.library) == []
    actions.set_aside(by=ann.user, search=group, aside=False, upstairs=InReviews())
    after = everything(empty.library)
    assert after.pop("history")[-2:] == ["set a search aside", "brought a search back"]
    assert after == {part: rows for part, rows in before.items() if part != "history"}
    assert dict(Work.objects.values_list("pk", "revision")) == revisions  # no card has changed


def test_a_work_that_a_database_found_too_stays_when_the_group_is_set_aside(empty, ann):
    take(empty, ris("golf"))
    dump = take(empty, PAGE, source="Index page")
    golf = Work.objects.get(title=SUBJECTS["golf"])
    assert (golf.records_count, golf.arm) == (2, Arm.DATABASES)
    actions.set_aside(by=ann.user, search=Search.objects.get(listed_by=dump.search), aside=True, upstairs=InReviews())
    golf.refresh_from_db()
    assert not golf.aside
    assert worlds.decide(ann, golf, "include").current


# --- what a new record shows ---------------------------------------------------------------------------------------
FULL = ris_entry("alpha", DO="")  # all but the DOI
BARE = f"TY  - JOUR\nTI  - {SUBJECTS['alpha']}\nDO  - 10.5555/jic.alpha\nER  - \n\n"  # nothing but title and DOI
BOTH = ris_entry("alpha")


@pytest.fixture
def two(empty):
    """Two works that the rules do not dare to join, and ask about."""
    take(empty, FULL + BARE)
    first, second = Work.objects.filter(library=empty.library).order_by("rank")
    assert Match.objects.get().band == Band.LOOK and Match.objects.get().open
    return first, second


def test_a_record_that_shows_two_works_to_be_one_brings_them_together(empty, two, ann):
    first, second = two
    worlds.decide(ann, second, "include")
    dump = take(empty, BOTH, source="Update")
    assert (dump.taken_in, dump.joined) == (1, 1)
    assert set(Record.objects.values_list("work", flat=True)) == {first.pk}
    second.refresh_from_db()
    assert second.empty and second.lead is None
    assert first.decisions.get().current  # it came along with its record
    assert Outcome.objects.get(work=first, stage=STAGE).state == "awaiting_second"
    assert faults_of(empty.library) == []


def test_a_question_is_none_any_more_when_its_works_were_brought_together(empty, two):
    take(empty, BOTH, source="Update")
    empty.library.refresh_from_db()
    assert empty.library.questions == Match.objects.filter(open=True).count() == 0


def test_two_works_with_decisions_are_not_brought_together_but_asked_about(empty, two, ann):
    for work in two:
        worlds.decide(ann, work, "include")
    take(empty, BOTH, source="Update")
    works = Work.objects.filter(library=empty.library, empty=False)
    assert sorted(works.values_list("records_count", flat=True)) == [1, 2]
    question = Match.objects.get(library=empty.library, open=True)
    assert {question.record_a.work_id, question.record_b.work_id} == {work.pk for work in two}
    assert not Match.objects.filter(band=Band.JOINED).exclude(record_a__work__in=works.filter(records_count=2)).exists()
    assert faults_of(empty.library) == []


def test_what_a_person_said_to_differ_is_not_joined_by_later_dumps(empty, two):
    actions.answer(by=empty.people["ann"], match=Match.objects.get(), answer=Answer.DIFFERENT, upstairs=InReviews())
    for n in range(3):
        take(empty, BOTH + FULL + BARE, source=f"Update {n}")
    first, second = Record.objects.order_by("pk")[:2]
    assert first.work_id != second.work_id
    assert empty.library.works == 2
    assert Match.objects.filter(open=True).count() == 0  # nor is it asked again in other words
    assert faults_of(empty.library) == []


def test_what_was_said_of_one_record_holds_for_all_that_stand_with_it(empty, two):
    """A person parted the bare record from delta, and joined the full one to delta."""
    take(empty, ris("delta"), source="Another")
    ann, (full, bare), delta = empty.people["ann"], two, Work.objects.get(title=SUBJECTS["delta"])
    acts = {"by": ann, "library": empty.library, "upstairs": InReviews()}
    record = bare.records.get()
    actions.join(into=delta, others=[bare], **acts)
    actions.split(record=record, **acts)
    actions.join(into=delta, others=[full], **acts)
    before = groups(empty.library)
    take(empty, BOTH, source="Update")  # like the full record and like the bare one
    after = groups(empty.library)
    assert len(after) == len(before) == 2
    assert frozenset({("Fictional Index", 2)}) in before
    assert not any({("Fictional Index", 1), ("Fictional Index", 2)} <= group for group in after)
    assert faults_of(empty.library) == []


def test_seventy_records_with_one_short_title_stay_apart(empty):
    take(
        empty,
        "".join(
            f"TY  - JOUR\nTI  - Reflections\nAU  - {chr(65 + n % 26)}{chr(97 + n // 26)}lo, Kim\nPY  - {1950 + n}\n"
            f"JO  - Letters of Nowhere\nVL  - {n + 1}\nSP  - {9 * n + 1}\nEP  - {9 * n + 4}\nER  - \n\n"
            for n in range(70)
        ),
    )
    assert Work.objects.filter(library=empty.library, empty=False).count() == 70
    assert Match.objects.filter(band=Band.JOINED).count() == 0


def test_another_review_with_the_same_records_is_another_world(empty):
    take(empty, ris(*NAMES))
    other = worlds.foreign_world()
    assert Record.objects.filter(library=other.library).count() == 2
    assert not Match.objects.filter(library=empty.library, record_a__library=other.library.pk).exists()
    assert Member.objects.filter(review=other.review).count() == 1
    assert RejectedStretch.objects.count() == 0
    assert [faults_of(world.library) for world in (empty, other)] == [[], []]


def test_an_import_gives_way_only_while_people_work_in_its_library(world, monkeypatch):
    """On SQLite one writes at a time: a press must find a gap between two chunks, but nobody waits for nobody."""
    job = Job(library=world.library, by=world.people["ann"], started_at=timezone.now())
    assert not pipeline._somebody_works(job)
    world.decide("ann", "alpha", "include")
    assert pipeline._somebody_works(job)
    monkeypatch.setattr(pipeline, "LATELY", timedelta(seconds=0))
    assert not pipeline._somebody_works(job)
