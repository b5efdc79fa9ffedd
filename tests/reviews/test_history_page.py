"""The history page: every act as a sentence, filtered by the address, and nothing of others' screening while blinded."""

import ast
import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from records import actions as found
from records import asking, history
from records.models import Event, Match
from reviews import actions, events, history_words
from reviews.history_words import VERBS, Kind, Seen
from reviews.models import StageName
from reviews.settling import InReviews
from tests.test_house import FLOORS, ROOT

pytestmark = pytest.mark.django_db
TA = StageName.TITLE_ABSTRACT


def page(as_, world, who, query="", status=200):
    answer = as_(world, who).get(f"/reviews/{world.review.pk}/history/{query}")
    assert answer.status_code == status
    return answer.content.decode()


def sentences(body):
    """The acts on a page, as they are read."""
    found = re.findall(r'<p class="event">(.*?)</p>', body, re.S)
    return [" ".join(re.sub(r"<[^>]+>", "", each).split()) for each in found]


def unblind(world, *stages):
    for stage in stages or StageName.values:
        actions.unblind(member=world.members["ann"], stage=stage)
    world.review.refresh_from_db()


# --- sentences -----------------------------------------------------------------------------------------------------
def test_every_act_is_a_sentence_newest_first(as_, world):
    unblind(world)
    told = sentences(page(as_, world, "ann"))
    assert told[0] == "Ann unblinded full text"
    assert (
        told[2]
        == "Ann decided on “What retired miners say about shared breathing classes” at title and abstract: include"
    )
    assert any(each.startswith("Bo decided on “Telephone mentors") and "exclude, " in each for each in told)
    assert told[-1] == "Ann set up the review “Peer support”"
    assert len(told) == Event.objects.filter(library=world.library).count()


def test_what_an_act_was_about_is_a_door(as_, world):
    unblind(world)
    body = page(as_, world, "ann")
    assert f'href="/reviews/{world.review.pk}/works/{world.works["charlie"].pk}/"' in body


def test_an_unknown_verb_is_shown_as_it_is(as_, world):
    history.remember(library_id=world.library.pk, by=world.people["ann"], verb="watered the plants", subject="work 0")
    unblind(world)
    assert "Ann watered the plants a work" in sentences(page(as_, world, "ann"))


def test_a_sentence_says_nothing_foolish_where_its_detail_lacks_a_name():
    for verb in VERBS:
        before, after = history_words.told(verb, {})
        assert "{" not in before + after


def test_the_details_are_folded_and_hold_the_number_and_the_hash(as_, world):
    unblind(world)
    last = Event.objects.filter(library=world.library).order_by("-number").first()
    body = page(as_, world, "ann")
    assert "<details><summary>Details</summary>" in body and last.hash in body


def test_markup_in_a_detail_is_text(as_, world):
    found.name_search(by=world.people["ann"], library=world.library, source="<b onclick=x>Index</b>{what}{0}")
    body = page(as_, world, "ann")
    assert "<b onclick" not in body and "&lt;b onclick" in body


# --- the filter ----------------------------------------------------------------------------------------------------
def test_only_what_one_person_did(as_, world):
    unblind(world)
    told = sentences(page(as_, world, "ann", f"?by={world.people['bo'].pk}"))
    assert told and all(each.startswith("Bo ") for each in told)


def test_only_one_kind_of_act(as_, world):
    unblind(world)
    told = sentences(page(as_, world, "ann", "?kind=import"))
    assert any("had “Fictional Index.ris” read: 8 entries found, 8 taken in" in each for each in told)
    assert not any("decided" in each or "joined the review" in each for each in told)


def test_only_some_days(as_, world):
    today, yesterday = timezone.now().date(), timezone.now().date() - timedelta(1)
    assert sentences(page(as_, world, "ann", f"?since={today}&until={today}"))
    assert not sentences(page(as_, world, "ann", f"?until={yesterday}"))
    assert not sentences(page(as_, world, "ann", f"?since={today + timedelta(1)}"))


@pytest.mark.parametrize(
    "query",
    [
        "?by=-1", "?by=9999999999999999999999", "?kind=nothing", "?about=work+x", "?about=%00", "?since=2026-02-31",
        "?until=0001-01-01", "?before=yesterday", "?before=2026-01-01T00:00:00", "?before=9999-12-31T23:59:59%2B00:00",
        "?about=work+999999999999999999", "?about=dump+1", "?by=winnow", "?since=9999-12-31",
    ],
)  # fmt: skip
def test_an_address_that_was_typed_wrongly_is_a_page_all_the_same(as_, world, query):
    page(as_, world, "ann", query)


def test_the_history_of_a_work_holds_the_acts_on_its_records_its_pairs_and_what_went_into_it(as_, world):
    echo, foxtrot = world.works["echo"], world.works["foxtrot"]
    asking.ask_about(by=world.people["bo"], library=world.library, one=echo, other=foxtrot)
    world.decide("bo", "foxtrot", "maybe")
    match = Match.objects.get(library=world.library, open=True)
    found.answer(by=world.people["lib"], match=match, answer="same", upstairs=InReviews())
    told = sentences(page(as_, world, "bo", f"?about=work+{echo.pk}"))
    assert [each.split()[1] for each in told] == ["answered", "decided", "asked"]
    work = as_(world, "bo").get(f"/reviews/{world.review.pk}/works/{echo.pk}/").content.decode()
    assert f"history/?about=work+{echo.pk}" in work


def test_another_reviews_acts_are_not_there_whatever_is_asked(as_, world, foreign):
    golf = foreign.works["golf"]
    body = page(as_, world, "ann", f"?about=work+{golf.pk}")
    assert sentences(body) == [] and golf.title not in body
    assert page(as_, world, "ann", f"?by={foreign.people['eve'].pk}").count("Eve<") == 0


# --- pages ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["bo", "ann"])
def test_fifty_stand_on_a_page_and_no_act_is_lost_between_two(as_, world, who):
    for n in range(60):
        found.name_search(by=world.people["ann"], library=world.library, source=f"Index {n}")
    if who == "ann":
        unblind(world)
    seen, query = [], ""
    while query is not None:
        body = page(as_, world, who, query)
        told = sentences(body)
        assert len(told) <= events.PAGE
        seen += told
        further = re.search(r'<a href="(\?[^"]*before=[^"]+)">Earlier', body)
        query = further[1].replace("&amp;", "&") if further else None
    assert len(seen) > events.PAGE
    assert [each for each in seen if "“Index " in each] == [
        f"Ann named the search “Index {n}”" for n in range(59, -1, -1)
    ]
    assert seen[-1] == "Ann set up the review “Peer support”"


def test_the_further_page_keeps_the_filter(as_, world):
    for n in range(60):
        found.name_search(by=world.people["ann"], library=world.library, source=f"Index {n}")
    body = page(as_, world, "bo", "?kind=import")
    assert "kind=import&amp;before=" in body


# --- blinding ------------------------------------------------------------------------------------------------------
def test_while_blinded_others_screening_is_left_out_and_ones_own_is_there(as_, world):
    told = sentences(page(as_, world, "bo"))
    assert sum("decided" in each for each in told) == 2
    assert all(each.startswith("Bo ") for each in told if "decided" in each)
    assert any("named the search" in each for each in told) and any("joined the review" in each for each in told)


@pytest.mark.parametrize("who", ["ann", "cy", "lib", "obs"])
def test_while_blinded_no_role_sees_what_bo_did(as_, world, who):
    bo = world.people["bo"].pk
    assert sentences(page(as_, world, who, f"?by={bo}")) == ["Bo joined the review"]
    assert sentences(page(as_, world, who, f"?by={bo}&kind=screening")) == []


def test_while_blinded_no_number_of_an_event_no_hash_and_no_id_of_a_decision_is_shown(as_, world):
    body = page(as_, world, "bo")
    assert not re.search(r"<dt>(number|hash|decision|verb)</dt>", body)
    for event in Event.objects.filter(library=world.library):
        assert event.hash not in body


def everything_else_of_ann(world):
    """Acts that leave no trace in which works wait."""
    ann = world.members["ann"]
    world.decide("ann", "delta", "maybe")
    actions.undo(member=ann, stage=TA)
    actions.note(member=ann, work_id=world.works["echo"].pk, text="canary")
    actions.adjudicate(
        member=world.members["cy"], stage=TA, work_id=world.works["bravo"].pk, verdict="include", key=uuid.uuid4(),
        revision=type(world.works["bravo"]).objects.get(pk=world.works["bravo"].pk).revision,
    )  # fmt: skip
    history.remember(library_id=world.library.pk, by=ann.user, verb="a verb of next year", subject="work 1")


@pytest.mark.parametrize("who", ["bo", "lib", "obs"])
def test_that_others_decide_at_all_does_not_change_one_byte(as_, world, who):
    for n in range(60):
        found.name_search(by=world.people["ann"], library=world.library, source=f"Index {n}")
    bo = world.people["bo"].pk
    works = [f"?about=work+{world.works[name].pk}" for name in ("bravo", "delta", "echo")]
    queries = ["", "?kind=screening", f"?by={bo}", f"?by={world.people['ann'].pk}", "?kind=import", *works]

    def seen():
        bodies = [re.sub(r'(token" value=|token": )"[^"]+"', "", page(as_, world, who, query)) for query in queries]
        further = re.search(r'href="(\?before=[^"]+)"', bodies[0])[1]
        return [*bodies, re.sub(r'(token" value=|token": )"[^"]+"', "", page(as_, world, who, further))]

    before = seen()
    everything_else_of_ann(world)
    assert seen() == before


def test_titles_open_while_full_texts_stay_blinded(as_, world):
    unblind(world, TA)
    ann = world.members["ann"]
    history.remember(library_id=world.library.pk, by=ann.user, verb="decided", subject="work 1", stage="full-text")
    actions.note(member=ann, work_id=world.works["echo"].pk, text="canary")
    body = page(as_, world, "bo")
    told = sentences(body)
    assert sum(each.startswith("Ann decided") for each in told) == 3
    assert not any("full text" in each or "note" in each for each in told)
    assert "<dt>number</dt>" not in body


def test_after_the_unblinding_who_does_not_screen_still_sees_no_single_decision(as_, world):
    unblind(world)
    for who in ("lib", "obs"):
        assert not any("decided" in each for each in sentences(page(as_, world, who)))
    assert any("Ann decided" in each for each in sentences(page(as_, world, "cy")))


# --- every verb has its place --------------------------------------------------------------------------------------
def test_what_others_may_always_read_is_a_list_that_stands_here():
    """Whoever lets others read of a new act while a stage is blinded writes it here too, and has thought twice."""
    assert {Kind.SCREENING} == {act.kind for verb, act in VERBS.items() if act.seen == Seen.STAGE}
    open_kinds = {act.kind for act in VERBS.values() if act.seen == Seen.ALWAYS}
    assert open_kinds == {Kind.IMPORT, Kind.DUPLICATES, Kind.TEAM, Kind.SCREENING}
    of_screening = {v for v, act in VERBS.items() if act.seen == Seen.ALWAYS and act.kind == Kind.SCREENING}
    assert of_screening == {
        "unblinded a stage",
        "closed a stage",
        "opened a stage again",
        "opened a calibration round",
        "changed whether a round counts",
        "called a calibration round off",
        "brought a calibration round back",
        "unblinded a round",
        "opened the queue after calibration",
        "held the queue for calibration again",
        "shared a view",  # who shares filters means to tell them; they hold no results
        "changed a shared view",
        "deleted a shared view",
    }


def written():
    """Every verb that stands in the code, with its file: what `remember` and its wrappers are called with."""
    for path in sorted(p for floor in FLOORS for p in (ROOT / floor).rglob("*.py") if "migrations" not in p.parts):
        tree = ast.parse(path.read_text())
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                parameters = {each.arg for each in [*function.args.args, *function.args.kwonlyargs]}
                names = {**_assigned(tree.body), **_assigned(ast.walk(function))}
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and (verb := _verb(call, path)) is not None:
                        if isinstance(verb, ast.Name) and verb.id in parameters:
                            continue  # a wrapper, whose calls are read themselves
                        yield from ((text, path.name) for text in _texts(verb, names))


def _assigned(nodes):
    found = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = zip(target.elts, node.value.elts, strict=True) if (
                    isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                ) else [(target, node.value)]  # fmt: skip
                found.update((name.id, value) for name, value in pairs if isinstance(name, ast.Name))
    return found


def _verb(call, path):
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name not in ("remember", "_remember", "_said") or path.name == "history.py":
        return None
    named = next((each.value for each in call.keywords if each.arg == "verb"), None)
    if named is not None or name == "remember":
        return named
    strings = [each for each in call.args if isinstance(each, ast.IfExp) or _is_text(each)]
    return strings[0] if strings else None


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _texts(node, names):
    if _is_text(node):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body, names), *_texts(node.orelse, names)]
    if isinstance(node, ast.Name) and node.id in names:
        return _texts(names[node.id], names)
    raise AssertionError(f"the verb {ast.unparse(node)} cannot be read from the code")


def test_every_verb_in_the_code_is_told_in_words_and_says_when_others_may_read_it():
    verbs = {(verb, file) for verb, file in written() if verb}
    assert len({verb for verb, _file in verbs}) > 60
    assert sorted((verb, file) for verb, file in verbs if verb not in VERBS) == []


def test_no_verb_is_listed_that_the_code_does_not_have():
    code = "".join(
        p.read_text() for floor in FLOORS for p in Path(ROOT / floor).rglob("*.py") if p.name != "history_words.py"
    )
    assert [verb for verb in VERBS if f'"{verb}"' not in code] == []


# --- the chain -----------------------------------------------------------------------------------------------------
def check(as_, world, who="ann", status=302):
    client = as_(world, who)
    answer = client.post(f"/reviews/{world.review.pk}/history/check/")
    assert answer.status_code == status
    if status != 302:
        return ""
    return client.get(answer["Location"]).content.decode()


def break_chain(world):
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON records_event"
        cursor.execute(f"DROP TRIGGER records_event_fixed{on}")
        cursor.execute(
            "UPDATE records_event SET subject = 'x' WHERE library_id = %s AND number = 5", [world.library.pk]
        )


def test_an_owner_has_the_chain_checked(as_, world):
    unblind(world)
    length = Event.objects.filter(library=world.library).count()
    assert f"The chain holds: {length} events, checked." in check(as_, world)
    break_chain(world)
    assert "The chain does not hold: event 5 was changed." in check(as_, world)


def test_while_blinded_the_check_tells_no_number(as_, world):
    assert "The chain holds: every event was checked." in check(as_, world)
    break_chain(world)
    body = check(as_, world)
    assert "The chain does not hold: the history was changed from outside." in body and "event 5" not in body


@pytest.mark.parametrize("who", ["bo", "cy", "lib", "obs"])
def test_only_an_owner_has_the_chain_checked(as_, world, who):
    check(as_, world, who, status=403)
    assert "history/check/" not in page(as_, world, who)
