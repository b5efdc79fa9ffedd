"""The history: every act is one link of a chain of hashes; whoever changes it in the database is found out."""

import json
import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from records import actions, asking, choosing, history, parting
from records.models import Answer, Dump, Event, HistoryHead, Match, Search
from reviews import actions as screening
from reviews import discussing, rules, team
from reviews.models import Report, StageName
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.state import take
from tests.world import ris_entry

pytestmark = pytest.mark.django_db
STAGE = StageName.TITLE_ABSTRACT
UP = {"upstairs": InReviews()}


def faults(world):
    return list(history.faults(world.library.pk))


def length(world):
    return Event.objects.filter(library=world.library).count()


def last(world):
    return Event.objects.filter(library=world.library).order_by("-number").first()


# --- one act, one link ---------------------------------------------------------------------------------------------
def asked(world):
    """An open question in the world."""
    entry = ris_entry(
        "hotel", title="A shed of one's own: bereavement and tools", AU="Hut, A", DO="", SP="300", EP="309", AB=""
    )
    take(world, entry, source="Third Index")
    take(world, entry.replace("SP  - 300", "SP  - 470").replace("EP  - 309", "EP  - 481"), source="Fourth Index")
    return Match.objects.get(library=world.library, open=True)


def in_conflict(world):
    world.works["bravo"].refresh_from_db()
    return {
        "stage": STAGE,
        "work_id": world.works["bravo"].pk,
        "revision": world.works["bravo"].revision,
        "key": uuid.uuid4(),
    }


def settled(world):
    return screening.adjudicate(member=world.members["cy"], verdict="include", **in_conflict(world))


def joined(world):
    others = [world.works["foxtrot"]]
    return actions.join(by=world.people["lib"], library=world.library, into=world.works["echo"], others=others, **UP)


def answered(world):
    return actions.answer(by=world.people["lib"], match=asked(world), answer=Answer.SAME, **UP)


def chosen(world):
    return choosing.type_in(
        by=world.people["lib"], library=world.library, work=world.works["alpha"], name="year", text="2019"
    )


def parted(world):
    dump = Dump.objects.get(search__source="Second Index")
    parting.part_import(by=world.people["lib"], library=world.library, dump=dump, act=uuid.uuid4(), **UP)


def said(world):
    press = {"work_id": world.works["bravo"].pk, "key": uuid.uuid4(), "text": "Look at page 3."}
    return discussing.say(member=world.members["cy"], stage=STAGE, **press)


def sent_back(world):
    work = world.works["bravo"]
    press = {"work_id": work.pk, "revision": work.revision, "key": uuid.uuid4(), "why": "Carers?"}
    return discussing.send_back(member=world.members["cy"], stage=STAGE, **press)


def received(world):
    search = Search.objects.filter(library=world.library).first()
    return actions.receive(by=world.people["lib"], search=search, name="x.ris", content=ris_entry("alpha", ZZ="again"))


ACTS = {  # what stands before it, the act, its verb
    "named a search": (None, lambda w, _: actions.name_search(by=w.people["lib"], library=w.library, source="Fifth")),
    "received a dump": (None, lambda w, _: received(w)),
    "read a dump": (received, lambda w, _: worlds.read_all(w.library)),
    "stopped a job": (received, lambda w, dump: actions.cancel_job(by=w.people["lib"], job=dump.jobs.get())),
    "joined works": (None, lambda w, _: joined(w)),
    "took a join back": (joined, lambda w, act: actions.undo(by=w.people["lib"], library=w.library, act=act, **UP)),
    "split a record off": (
        None,
        lambda w, _: actions.split(by=w.people["lib"], library=w.library, record=w.works["alpha"].records.first(), **UP),
    ),
    "answered a pair": (asked, lambda w, match: actions.answer(by=w.people["lib"], match=match, answer=Answer.SAME, **UP)),
    "asked about a pair": (
        None,
        lambda w, _: asking.ask_about(by=w.people["bo"], library=w.library, one=w.works["echo"], other=w.works["golf"]),
    ),
    "chose a value": (None, lambda w, _: chosen(w)),
    "took a choice back": (
        chosen,
        lambda w, _: choosing.take_back(by=w.people["lib"], library=w.library, work=w.works["alpha"], name="year"),
    ),
    "confirmed a work": (None, lambda w, _: asking.confirm(by=w.people["lib"], library=w.library, work=w.works["alpha"])),
    "took a work apart": (None, lambda w, _: parting.take_apart(by=w.people["lib"], library=w.library, work=w.works["alpha"], **UP)),
    "took an import's joins apart": (None, lambda w, _: parted(w)),
    "took an answer back": (answered, lambda w, match: actions.reopen(by=w.people["lib"], match=match, **UP)),
    "set a search aside": (
        None,
        lambda w, _: actions.set_aside(by=w.people["lib"], search=Search.objects.filter(library=w.library).first(), aside=True, **UP),
    ),
    "decided": (None, lambda w, _: w.decide("bo", "charlie", "maybe")),
    "took a decision back": (None, lambda w, _: screening.undo(member=w.members["bo"], stage=STAGE)),
    "closed a stage": (None, lambda w, _: rules.close_stage(member=w.members["ann"], stage=STAGE)),
    "opened a stage again": (
        lambda w: rules.close_stage(member=w.members["ann"], stage=STAGE),
        lambda w, _: rules.open_stage(member=w.members["ann"], stage=STAGE),
    ),
    "wrote a note": (None, lambda w, _: screening.note(member=w.members["bo"], work_id=w.works["echo"].pk, text="tea?")),
    "settled a conflict": (None, lambda w, _: settled(w)),
    "took an adjudication back": (settled, lambda w, _: screening.take_ruling_back(member=w.members["cy"], stage=STAGE)),
    "said something of a work": (None, lambda w, _: said(w)),
    "took back what was said of a work": (
        said,
        lambda w, message: discussing.take_back(
            member=w.members["cy"], stage=STAGE, work_id=message.work_id, message_id=message.pk
        ),
    ),
    "sent a work back": (None, lambda w, _: sent_back(w)),
    "called a work back": (
        sent_back,
        lambda w, row: discussing.call_back(member=w.members["cy"], stage=STAGE, sending_id=row.pk),
    ),
    "set a report's retrieval": (
        None,
        lambda w, _: screening.set_retrieval(member=w.members["ann"], report=Report.objects.get(), retrieval="retrieved"),
    ),
    "unblinded a stage": (None, lambda w, _: screening.unblind(member=w.members["ann"], stage=STAGE)),
}  # fmt: skip


@pytest.mark.parametrize("verb", ACTS)
def test_an_act_is_one_link_of_the_chain(world, verb):
    prepare, act = ACTS[verb]
    before = prepare(world) if prepare else None
    number = length(world)
    act(world, before)
    assert (last(world).verb, length(world)) == (verb, number + 1)
    assert faults(world) == []
    head = HistoryHead.objects.get(pk=world.library.pk)
    assert (head.hash, head.length) == (last(world).hash, number + 1)


def test_an_event_says_who_did_what_to_what_and_when(world):
    decision = world.decide("bo", "charlie", "exclude", reason=world.reason("population"))
    event = last(world)
    assert (event.by, event.verb, event.subject) == (world.people["bo"], "decided", f"work {world.works['charlie'].pk}")
    assert event.detail["decision"] == decision.pk
    assert abs(event.at - decision.at).total_seconds() < 5


def test_an_act_that_failed_leaves_no_link(world):
    before = length(world)
    with pytest.raises(screening.CardChanged):
        screening.decide(
            member=world.members["bo"],
            stage=STAGE,
            work_id=world.works["charlie"].pk,
            revision=99,
            key=uuid.uuid4(),
            verdict="maybe",
        )
    with pytest.raises(actions.NothingToUndo):
        actions.undo(by=world.people["lib"], library=world.library, act=uuid.uuid4(), **UP)
    assert length(world) == before
    assert faults(world) == []


def test_an_act_that_is_rolled_back_takes_its_link_along(world):
    before = length(world)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        world.decide("bo", "charlie", "maybe")
        1 / 0  # noqa: B018
    assert length(world) == before
    assert faults(world) == []


def test_each_review_has_a_chain_of_its_own(world, foreign):
    assert faults(world) == faults(foreign) == []
    assert Event.objects.get(library=foreign.library, number=1).previous == ""
    team.invite(member=foreign.members["eve"], role="reviewer")
    assert faults(world) == faults(foreign) == []


def test_an_empty_history_holds():
    assert list(history.faults(actions.new_library().pk)) == []


@pytest.mark.parametrize(
    "detail",
    [{"é": "ü"}, {"n": 1.5}, {"list": [1, None, True]}, {"b": {"z": 1, "a": 2}}, {"text": "雪 \u2028 \U0001f600"}],
)
def test_any_detail_verifies_as_it_comes_back_from_the_database(world, detail):
    history.remember(library_id=world.library.pk, by=None, verb="tried", **detail)
    assert faults(world) == []
    assert last(world).detail == json.loads(json.dumps(detail))


# --- changing it ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("change", ["verb = 'forged'", "number = number", "by_id = NULL", "hash = previous"])
def test_the_database_refuses_to_change_an_event(world, change):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE records_event SET {change} WHERE library_id = %s AND number = 3", [world.library.pk])
    assert faults(world) == []


def test_the_database_refuses_to_change_a_text(world):
    actions.text_of(world.works["alpha"].lead)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE records_textversion SET body = 'other words'")


@pytest.fixture
def forge(world):
    """Run SQL as somebody would who can take the trigger off; the test's own transaction puts it back."""
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON records_event"
        cursor.execute(f"DROP TRIGGER records_event_fixed{on}")

        def run(sql, *values):
            cursor.execute(sql.replace("{own}", f"library_id = {world.library.pk}"), values)

        yield run


def test_an_edited_event_is_found(world, forge):
    forge("UPDATE records_event SET subject = 'work 999' WHERE {own} AND number = 5")
    assert faults(world) == ["event 5 was changed"]


@pytest.mark.parametrize("column", ["at", "by_id", "detail", "previous", "hash", "verb"])
def test_whatever_of_an_event_was_edited_is_found(world, forge, column):
    number = length(world) - 1  # bo's; the first is ann's
    first = f"(SELECT {column} FROM records_event WHERE {{own}} AND number = 1)"
    forge(f"UPDATE records_event SET {column} = {first} WHERE {{own}} AND number = {number}")
    assert f"event {number} was changed" in faults(world)


def test_an_edited_event_with_its_hash_made_new_is_found_by_the_next_one(world, forge):
    event = Event.objects.get(library=world.library, number=5)
    event.detail = {"verdict": "include"}
    names = ("number", "at", "detail", "verb", "subject", "previous")
    new = history.digest(by=event.by_id, **{name: getattr(event, name) for name in names})
    forge("UPDATE records_event SET detail = %s, hash = %s WHERE {own} AND number = 5", json.dumps(event.detail), new)
    assert faults(world) == ["event 6 was changed"]


def test_a_deleted_event_is_found(world, forge):
    forge("DELETE FROM records_event WHERE {own} AND number = 5")
    assert faults(world)[0] == "event 5 is missing"


def test_a_deleted_event_whose_gap_was_closed_is_found(world, forge):
    end = length(world)
    forge("DELETE FROM records_event WHERE {own} AND number = 5")
    for number in range(6, end + 1):
        forge("UPDATE records_event SET number = %s WHERE {own} AND number = %s", number - 1, number)
    assert "event 5 was changed" in faults(world)


def test_an_inserted_event_is_found(world, forge):
    end = length(world)
    columns = "library_id, at, by_id, verb, subject, detail, previous, hash"
    for number in range(end, 5, -1):
        forge("UPDATE records_event SET number = %s WHERE {own} AND number = %s", number + 1, number)
    forge(
        f"INSERT INTO records_event (number, {columns}) SELECT 6, {columns} FROM records_event WHERE {{own}} AND number = 5"
    )
    assert "event 6 was changed" in faults(world)


def test_an_event_appended_behind_the_back_of_the_head_is_found(world, forge):
    end = length(world)
    columns = "library_id, at, by_id, verb, subject, detail, previous, hash"
    forge(
        f"INSERT INTO records_event (number, {columns}) SELECT {end + 1}, {columns} FROM records_event WHERE {{own}} AND number = {end}"
    )
    assert f"event {end + 1} was changed" in faults(world)


def test_two_events_in_each_others_place_are_found(world, forge):
    for number, to in ((5, 0), (6, 5), (0, 6)):
        forge("UPDATE records_event SET number = %s WHERE {own} AND number = %s", to, number)
    assert faults(world)[:2] == ["event 5 was changed", "event 6 was changed"]


@pytest.mark.parametrize("kept", [1, -1, 0], ids=["all but the first", "the last", "all"])
def test_a_cut_tail_is_found(world, forge, kept):
    end = length(world)
    forge("DELETE FROM records_event WHERE {own} AND number > %s", kept if kept >= 0 else end + kept)
    assert faults(world) == [f"the history was cut: it should end with event {end}"]


def test_a_history_without_its_head_is_found(world, forge):
    forge("DELETE FROM records_historyhead WHERE {own}")
    assert faults(world) == ["the head of the history is missing"]
