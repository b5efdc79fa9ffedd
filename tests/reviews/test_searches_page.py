"""Searches: hits reconciled with what came, every change remembered, one that found nothing, and the PRISMA-S appendix."""

import csv
import datetime
import io
import re

import pytest

from records import actions, received
from records.models import Arm, Dump, RejectedStretch, Search, SourceKind, StretchState, Work
from records.received import Received
from reviews import appendix, flow
from reviews.forms import PRESS
from reviews.models import Outcome
from reviews.prisma import boxes, identities
from tests import world as worlds
from tests.records.state import take
from tests.world import ris, ris_entry

pytestmark = pytest.mark.django_db
STRATEGY = "1  exp Peer Group/\n2  (peer* adj3 support*).ti,ab.\n\n3  1 or 2  # `both`"


@pytest.fixture
def world(db):
    world = worlds.screened_world()
    first = Search.objects.get(source="Fictional Index")
    first.platform, first.date, first.strategy = "Ovid", datetime.date(2026, 3, 2), STRATEGY
    first.hits_reported, first.limits = (
        8,
        "English\nFilter: Qualitative filter (Someone 2007)\nAdapted from: Another 2015",
    )
    first.save()
    world.search = first
    return world


@pytest.fixture
def lib(world, as_):
    return as_(world, "lib")


def place(world, rest=""):
    return f"/reviews/{world.review.pk}/searches/{rest}"


def words(answer):
    """The page's content with its white space made even."""
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def form_of(client, world, search):
    """What the form of a search would send, untouched, with a browser's line ends."""
    form = client.get(place(world, f"{search.pk}/")).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {
        name: "" if v is None else (v.replace("\r\n", "\n").replace("\n", "\r\n") if isinstance(v, str) else str(v))
        for name, v in values.items()
    }


def change(client, world, search, **said):
    return client.post(place(world, f"{search.pk}/change/"), {**form_of(client, world, search), **said})


# Hits against records


@pytest.mark.parametrize(
    ("came", "sentence"),
    [
        (Received(records=1238, reported=1240), "1,240 hits reported, 1,238 records received: 2 are missing."),
        (Received(records=1239, reported=1240), "1,240 hits reported, 1,239 records received: 1 is missing."),
        (Received(records=1243, reported=1240), "1,240 hits reported, 1,243 records received: 3 more than reported."),
        (Received(records=7, reported=7), "7 hits reported, 7 records received: they agree."),
        (Received(reported=0), "Nothing found."),
        (Received(records=1), "1 record received; how many hits were reported is not stated."),
        (
            Received(records=4, elsewhere=2, unread=1, reported=7),
            "7 hits reported, 7 records received: they agree. 2 of them were there already from another search."
            " 1 of them could not be read yet.",
        ),
    ],
)
def test_hits_are_reconciled_in_words(came, sentence):
    assert appendix.reconciled(came) == sentence


def test_what_could_not_be_read_was_received_until_it_is_removed(world):
    dump = take(world, ris("alpha") + "stray words\n" + ris("bravo"), source="Torn")
    search = dump.search
    assert received.received(world.library)[search.pk].total == 3
    RejectedStretch.objects.filter(dump=dump).update(state=StretchState.REMOVED, removed_for="a heading")
    assert received.received(world.library)[search.pk].total == 2


def test_the_same_file_under_another_search_was_received_there_too(world):
    text = ris("alpha", "bravo")
    take(world, text, source="One")
    again = take(world, text, source="Two")
    assert again.same_as_id
    came = received.received(world.library)[again.search_id]
    assert (came.records, came.elsewhere, came.total) == (0, 2, 2)


def test_the_same_file_twice_in_one_search_is_received_once(world):
    first = take(world, ris("alpha", "bravo"), source="One")
    actions.receive(by=world.people["ann"], search=first.search, name="again.ris", content=ris("alpha", "bravo"))
    assert Dump.objects.filter(search=first.search).count() == 2
    assert received.received(world.library)[first.search_id].total == 2


def test_the_list_says_what_is_to_be_explained(world, as_):
    Search.objects.filter(source="Second Index").update(hits_reported=3)
    page = words(as_(world, "obs").get(place(world)))
    assert "8 hits reported, 8 records received: they agree." in page
    assert "to be explained 3 hits reported, 1 record received: 2 are missing." in page
    Search.objects.filter(source="Second Index").update(explained="Two were withdrawn.")
    page = words(as_(world, "obs").get(place(world)))
    assert "to be explained" not in page and "Two were withdrawn." in page


# One search


def test_the_strategy_stands_there_word_for_word(world, as_):
    body = as_(world, "bo").get(place(world, f"{world.search.pk}/")).content.decode()
    shown = re.search(r'<textarea id="strategy"[^>]*>\n(.*?)</textarea>', body, re.S)[1]
    assert shown == STRATEGY
    assert 'data-copy="#strategy"' in body


def test_only_who_may_import_is_offered_a_change(world, as_, lib):
    at = place(world, f"{world.search.pk}/")
    assert "Change what is said of it" in words(lib.get(at))
    assert "Change what is said of it" not in words(as_(world, "bo").get(at))


def test_every_change_is_remembered_with_what_stood_there_before(world, lib):
    answer = change(lib, world, world.search, platform="EBSCOhost", hits_reported="10", explained="Two were letters.")
    assert answer.status_code == 302
    world.search.refresh_from_db()
    assert (world.search.platform, world.search.hits_reported) == ("EBSCOhost", 10)
    event = world.library.history.order_by("-number").first()
    assert (event.verb, event.by) == ("changed a search", world.people["lib"])
    assert event.detail["changes"] == {
        "platform": ["Ovid", "EBSCOhost"], "hits_reported": [8, 10], "explained": ["", "Two were letters."],
    }  # fmt: skip
    page = words(lib.get(place(world, f"{world.search.pk}/")))
    assert "Platform Ovid EBSCOhost" in page and "2 are missing" in page


def test_saving_without_a_change_changes_nothing(world, lib):
    before = world.library.history.count()
    change(lib, world, world.search)
    world.search.refresh_from_db()
    assert world.search.strategy == STRATEGY and world.search.press_note == ""
    assert world.library.history.count() == before


def test_a_strategy_that_came_with_a_browsers_line_ends_is_not_changed_by_saving(world, lib):
    Search.objects.filter(pk=world.search.pk).update(strategy=STRATEGY.replace("\n", "\r\n"))
    before = world.library.history.count()
    change(lib, world, world.search)
    assert world.library.history.count() == before


def test_a_mistake_in_the_form_is_said_and_nothing_changes(world, lib):
    answer = change(lib, world, world.search, source="", hits_reported="-4")
    assert answer.status_code == 400
    world.search.refresh_from_db()
    assert world.search.source == "Fictional Index"


def test_another_kind_moves_its_works_to_the_other_column_and_the_flow_still_adds_up(world, lib):
    ann = world.members["ann"]
    second = Search.objects.get(source="Fictional Index")
    revisions = dict(Work.objects.values_list("pk", "revision"))
    change(lib, world, second, kind="hand")
    second.refresh_from_db()
    assert (second.kind, second.arm) == ("hand", Arm.OTHER)
    arms = {name: Work.objects.get(pk=work.pk).arm for name, work in world.works.items()}
    assert arms["alpha"] == Arm.DATABASES  # the other search found it too
    assert {arm for name, arm in arms.items() if name != "alpha"} == {Arm.OTHER}
    gathered = flow.gather(ann)
    assert [each.sentence for each in identities(gathered) if each.holds is False] == []
    lines = [line.words for box in boxes(gathered) for line in box.lines]
    assert "Hand-searching" in lines
    assert dict(Work.objects.values_list("pk", "revision")) == revisions  # no card has changed
    assert Outcome.objects.filter(review=world.review, aside=True).count() == 0


def test_a_column_that_a_person_chose_stays(world, lib):
    change(lib, world, world.search, arm="other")
    world.search.refresh_from_db()
    assert (world.search.kind, world.search.arm) == ("database", "other")
    assert form_of(lib, world, world.search)["arm"] == "other"
    change(lib, world, world.search, arm="")
    world.search.refresh_from_db()
    assert world.search.arm == "databases"


@pytest.mark.parametrize("kind", SourceKind.values)
def test_every_kind_has_its_words_in_the_flow(world, kind):
    take(world, ris_entry("golf", title="Something found in quite another way"), source="Elsewhere", kind=kind)
    flow_lines = [line.words for box in boxes(flow.gather(world.members["ann"])) for line in box.lines]
    wanted = {
        "website": "Websites", "organisation": "Organisations", "citation": "Citation searching", "person": "People asked",
        "hand": "Hand-searching", "personal": "Personal files", "database": "Databases", "register": "Registers",
    }  # fmt: skip
    assert kind == "previous" or wanted[kind] in flow_lines


# Nothing found


def test_a_search_that_found_nothing_is_named_and_counts_with_none(world, lib):
    said = {"source": "Register of Imagined Trials", "kind": "register", "date": "2026-03-04", "limits": "none"}
    lib.post(place(world, "nothing/"), said)
    search = Search.objects.get(source="Register of Imagined Trials")
    assert (search.hits_reported, search.records, search.dumps.count()) == (0, 0, 0)
    assert "Nothing found." in words(lib.get(place(world)))
    assert (0, "Register of Imagined Trials") in [
        (line.number, line.words) for box in boxes(flow.gather(world.members["ann"])) for line in box.lines
    ]


def test_a_named_search_without_a_file_can_be_said_to_have_found_nothing(world, lib):
    search = actions.name_search(by=world.people["ann"], library=world.library, source="An expert", kind="person")
    at = place(world, f"{search.pk}/")
    assert f"{at}nothing/" in lib.get(at).content.decode()
    lib.post(f"{at}nothing/")
    search.refresh_from_db()
    assert search.hits_reported == 0
    assert f"{at}nothing/" not in lib.get(at).content.decode()


# The appendix


def items(world):
    return {item.number: item for item in appendix.written(appendix.gather(world.members["ann"]))}


def test_all_sixteen_items_are_there_in_order(world):
    assert list(items(world)) == list(range(1, 17))


def test_what_the_searches_say_is_written(world):
    found = items(world)
    assert found[1].lines == ("Fictional Index (Ovid)", "Second Index")
    assert found[8].quoted == (("Fictional Index (Ovid), 2 March 2026", STRATEGY),)
    assert found[9].lines[0] == "Fictional Index (Ovid): English"
    assert found[10].lines == ("Fictional Index (Ovid): Qualitative filter (Someone 2007)",)
    assert found[11].lines == ("Fictional Index (Ovid): Another 2015",)
    assert found[15].table[1][-1] == "8 hits reported, 8 records received: they agree."
    assert "1 joined by the rules and 0 by a person" in found[16].lines[1]


@pytest.mark.parametrize("number", [3, 4, 5, 6, 7, 8, 9, 13, 14])
def test_what_is_not_said_is_called_not_stated(world, number):
    item = items(world)[number]
    assert not item.stated
    assert "not stated" in " ".join(item.lines).lower()


def test_what_some_searches_say_is_partly_stated_and_the_silent_ones_are_named(world, as_):
    found = items(world)
    second = Search.objects.get(source="Second Index")
    assert [(found[n].partly, found[n].silent) for n in (8, 9, 13)] == [(True, (second,))] * 3
    body = as_(world, "lib").get(place(world, "appendix/")).content.decode()
    assert f'{second.pk}/#change">Second Index</a>' in body


def test_an_empty_review_has_sixteen_items_too(db):
    empty = worlds.empty_world()
    assert len(items(empty)) == 16


def test_sources_of_other_methods_stand_under_their_items(world):
    kinds = {"register": 3, "website": 4, "organisation": 4, "hand": 4, "citation": 5, "person": 6, "personal": 7}
    for kind in kinds:
        actions.name_search(
            by=world.people["ann"], library=world.library, source=f"The {kind}", kind=kind, hits_reported=0
        )
    found = items(world)
    for kind, number in kinds.items():
        assert f"The {kind}" in found[number].lines and found[number].stated


def test_two_databases_on_one_platform_are_named_together(world):
    Search.objects.filter(source="Second Index").update(platform="OVID")
    assert items(world)[2].lines[0] == "Ovid: Fictional Index, Second Index"


def test_rounds_are_updates(world):
    Search.objects.filter(source="Second Index").update(round=2, date=datetime.date(2026, 9, 1))
    assert items(world)[12].lines == (
        "Round 1: Fictional Index (Ovid), 2 March 2026", "Round 2: Second Index, 1 September 2026",
    )  # fmt: skip


def test_a_peer_review_is_reported_with_its_notes(world, lib):
    note = str(PRESS).replace("headings:", "headings: two were added")
    change(lib, world, world.search, press_by="Rae Reader", press_on="2026-02-20", press_note=note)
    item = items(world)[14]
    assert item.lines == (
        "Fictional Index (Ovid): peer-reviewed by Rae Reader on 20 February 2026, by the elements of PRESS 2015.",
    )
    assert "two were added" in item.quoted[0][1]


def test_a_search_set_aside_is_not_in_the_appendix(world):
    Search.objects.filter(source="Second Index").update(aside=True)
    assert items(world)[1].lines == ("Fictional Index (Ovid)",)


def test_the_appendix_as_markdown_keeps_the_strategy_and_runs_nothing(world, as_):
    Search.objects.filter(pk=world.search.pk).update(source="A *starred* <b>index</b>", strategy="````\n" + STRATEGY)
    answer = as_(world, "obs").get(place(world, "appendix.md"))
    text = answer.content.decode()
    assert "attachment" in answer["Content-Disposition"]
    assert f"`````text\n````\n{STRATEGY}\n`````" in text
    assert r"A \*starred\* \<b\>index\</b\> (Ovid)" in text
    assert len(re.findall(r"^## \d+\. ", text, re.M)) == 16


def test_the_appendix_as_a_table_is_read_by_a_spreadsheet_and_runs_nothing(world, as_):
    Search.objects.filter(pk=world.search.pk).update(source="=HYPERLINK(1)")
    rows = list(
        csv.reader(io.StringIO(as_(world, "obs").get(place(world, "appendix.csv")).content.decode("utf-8-sig")))
    )
    assert rows[0] == ["Number", "Item", "About", "Text"]
    assert {row[0] for row in rows[1:]} == {str(n) for n in range(1, 17)}
    assert not any(cell.startswith("=") for row in rows for cell in row)
    assert [row[3] for row in rows if row[0] == "8" and row[2]] == [STRATEGY]


def test_no_other_format_is_offered(world, as_):
    assert as_(world, "obs").get(place(world, "appendix.exe")).status_code == 404
