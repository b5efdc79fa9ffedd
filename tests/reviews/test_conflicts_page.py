"""The conflicts page: all decisions side by side, one press to settle, and the way back. Only who adjudicates comes here."""

import re
import uuid

import pytest
from django.db import transaction

from records.models import Work
from reviews import actions, discussing, disputes
from reviews.models import Adjudication, Member, Report, Review, StageName
from tests import world as worlds
from tests.reviews.test_blinding import masked

HTMX = {"hx-request": "true"}
TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT


@pytest.fixture
def two(world):
    """Bravo and charlie are in conflict."""
    world.decide("bo", "charlie", "exclude")
    return world


def place(world, rest="", stage=TITLE):
    return f"/reviews/{world.review.pk}/conflicts/{stage}/{rest}"


def press(world, work="bravo", **more):
    """What the page's form sends."""
    one = Work.objects.get(pk=world.works[work].pk)
    return {"work": one.pk, "revision": one.revision, "key": str(uuid.uuid4()), **more}


def settle(client, world, work="bravo", stage=TITLE, htmx=True, **more):
    return client.post(place(world, stage=stage), press(world, work, **more), headers=HTMX if htmx else {})


def shown(world, answer):
    """The name of the work on the card; the answer to htmx is a part."""
    by_key = {each.pk: name for name, each in world.works.items()}
    card = answer.context["card"]
    return by_key[card.work.pk] if card else None


def told(answer):
    """What the status line says; it stands out of band in a part."""
    page = answer.content.decode()
    assert "<html" not in page and page.strip().startswith('<article id="card"')
    return re.search(r'<div hx-swap-oob="innerHTML:#told">([^<]*)</div>', page)[1]


# What it shows


def test_the_decisions_stand_side_by_side_with_names_and_reasons(world, as_):
    page = re.sub(r"\s+", " ", as_(world, "cy").get(place(world)).content.decode())
    assert '<span class="badge include">Include</span> <strong>Ann</strong>' in page
    assert '<span class="badge exclude">Exclude</span> <strong>Bo</strong> · Wrong sample or population' in page
    assert "1 of 1" in page and worlds.SUBJECTS["bravo"] in page


def test_without_a_conflict_the_page_says_so(world, as_):
    world.decide("bo", "bravo", "include")
    answer = as_(world, "cy").get(place(world))
    assert "No conflict" in answer.content.decode() and shown(world, answer) is None


def test_conflicts_come_in_the_order_of_the_queue_and_one_can_be_asked_for(two, as_):
    client = as_(two, "cy")
    assert shown(two, client.get(place(two))) == "bravo"
    page = client.get(place(two, f"?work={two.works['charlie'].pk}"))
    assert shown(two, page) == "charlie"
    assert "All conflicts" in page.content.decode() and page.context["place"].left == 2


def test_a_strange_or_foreign_number_shows_the_first_conflict(two, foreign, as_):
    client = as_(two, "cy")
    for number in ("x", "²", "-1", "9" * 30, "9" * 5000, two.works["alpha"].pk, foreign.works["golf"].pk):
        assert shown(two, client.get(place(two), {"work": number})) == "bravo", number


@pytest.mark.parametrize(("who", "status"), [("bo", 403), ("lib", 403), ("obs", 403), ("cy", 200), ("ann", 200)])
def test_only_who_adjudicates_sees_conflicts(world, as_, who, status):
    assert as_(world, who).get(place(world)).status_code == status


def test_an_owner_who_does_not_adjudicate_sees_none(world, as_):
    world.review.owner_adjudicates = False
    world.review.save()
    assert as_(world, "ann").get(place(world)).status_code == 403
    assert settle(as_(world, "ann"), world, verdict="include").status_code == 403
    assert world.outcome("bravo") == "conflict"


# Settling


@pytest.mark.parametrize(
    ("verdict", "state", "said"),
    [
        ("include", "included", "Settled as include. Z undoes."),
        ("exclude", "excluded", "Settled as exclude. Z undoes."),
    ],
)
def test_one_press_settles_and_the_next_conflict_is_there(two, as_, verdict, state, said):
    answer = settle(as_(two, "cy"), two, verdict=verdict)
    assert (answer.status_code, told(answer), shown(two, answer)) == (200, said, "charlie")
    assert two.outcome("bravo") == state


def test_a_reasons_button_alone_excludes_because_of_it(world, as_):
    settle(as_(world, "cy"), world, reason=world.reason("design").pk)
    made = Adjudication.objects.get(review=world.review)
    assert (made.verdict, made.reason) == ("exclude", world.reason("design"))


def test_without_script_a_press_leads_back_to_the_page(world, as_):
    answer = settle(as_(world, "cy"), world, htmx=False, verdict="include")
    assert (answer.status_code, answer["Location"]) == (302, place(world))
    assert world.outcome("bravo") == "included"


@pytest.mark.parametrize("more", [{"verdict": "maybe"}, {}, {"verdict": "x"}, {"verdict": "include", "key": "x"}])
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(world, as_, more):
    for htmx in (True, False):
        assert settle(as_(world, "cy"), world, htmx=htmx, **more).status_code == 400
    assert world.outcome("bravo") == "conflict"


def test_a_foreign_or_retired_reason_is_refused(world, foreign, as_):
    retired = world.reason("setting")
    retired.retired = True
    retired.save()
    for reason in (foreign.review.reasons.first(), retired):
        assert settle(as_(world, "cy"), world, reason=reason.pk).status_code == 400
    assert world.outcome("bravo") == "conflict"


def test_a_foreign_work_is_not_there(world, foreign, as_):
    for number, status in ((foreign.works["golf"].pk, 404), (10**17, 404), (10**30, 400)):
        sent = press(world, verdict="include") | {"work": number}
        answer = as_(world, "cy").post(place(world), sent, headers=HTMX)
        assert answer.status_code == status and b"<html" not in answer.content


def test_ones_own_conflict_has_no_buttons_and_a_press_is_refused(two, as_):
    client = as_(two, "ann")
    page = client.get(place(two)).content.decode()
    assert "this review asks somebody else to settle it" in page and 'value="include"' not in page
    answer = settle(client, two, "charlie", verdict="include")
    assert (answer.status_code, shown(two, answer)) == (409, "charlie")
    assert "You decided on this work yourself" in told(answer)
    assert two.outcome("charlie") == "conflict"


def test_where_the_review_allows_it_ones_own_conflict_can_be_settled(world, as_):
    world.review.adjudicate_own = True
    world.review.save()
    assert 'value="include"' in as_(world, "ann").get(place(world)).content.decode()
    assert settle(as_(world, "ann"), world, verdict="include").status_code == 200
    assert world.outcome("bravo") == "included"


def test_a_card_settled_meanwhile_is_refused_in_words(two, as_):
    late = press(two, verdict="exclude")
    settle(as_(two, "cy"), two, verdict="include")
    answer = as_(two, "cy").post(place(two), late, headers=HTMX)
    assert (answer.status_code, shown(two, answer)) == (409, "charlie")
    assert "Nothing was stored." in told(answer)
    assert two.outcome("bravo") == "included"


def test_a_card_joined_meanwhile_stays_on_the_page(two, as_):
    late = press(two, "charlie", verdict="include")
    worlds.import_text(two.review, two.people["ann"], worlds.ris("charlie"), source="Found again")
    answer = as_(two, "cy").post(place(two), late, headers=HTMX)
    assert (answer.status_code, shown(two, answer)) == (409, "charlie")
    assert two.outcome("charlie") == "conflict"


def test_at_full_text_the_reason_is_asked_for_on_the_same_card(world, as_):
    """The next press must not fall on another work than the one it was asked for."""
    ann = world.members["ann"]
    actions.unblind(member=ann, stage=TITLE)
    world.decide("bo", "charlie", "include")
    for work in ("alpha", "charlie"):
        report = Report.objects.get(review=world.review, work=world.works[work])
        actions.set_retrieval(member=ann, report=report, retrieval="retrieved")
        world.decide("ann", work, "include", stage=FULL)
        world.decide("bo", work, "maybe", stage=FULL)
    answer = settle(as_(world, "cy"), world, "charlie", FULL, verdict="exclude")
    assert (answer.status_code, told(answer), shown(world, answer)) == (400, "Choose the reason first.", "charlie")
    settle(as_(world, "cy"), world, "charlie", FULL, reason=world.reason("design").pk)
    assert (world.outcome("charlie", FULL), world.outcome("alpha", FULL)) == ("excluded", "conflict")


# The way back


def test_undo_opens_the_conflict_that_was_settled(two, as_):
    client = as_(two, "cy")
    settle(client, two, "charlie", verdict="include")
    assert "Undo" in client.get(place(two)).content.decode()
    answer = client.post(place(two, "undo/"), headers=HTMX)
    assert (told(answer), shown(two, answer)) == ("Taken back. The conflict is open again.", "charlie")
    assert two.outcome("charlie") == "conflict"


def test_undo_without_script_leads_to_the_conflict(two, as_):
    client = as_(two, "cy")
    settle(client, two, "charlie", verdict="include")
    answer = client.post(place(two, "undo/"))
    assert answer["Location"] == place(two, f"?work={two.works['charlie'].pk}")


def test_undo_without_a_ruling_says_so(world, as_):
    answer = as_(world, "cy").post(place(world, "undo/"), headers=HTMX)
    assert told(answer) == "There is nothing to take back."
    assert as_(world, "cy").post(place(world, "undo/"))["Location"] == place(world)


# The queue


@pytest.fixture
def three(two):
    """Bravo, charlie and delta are in conflict."""
    two.decide("ann", "delta", "include")
    two.decide("bo", "delta", "exclude")
    return two


def test_where_one_stands_and_the_way_to_the_next_and_the_last(three, as_):
    client = as_(three, "cy")
    place_ = client.get(place(three, f"?work={three.works['charlie'].pk}")).context["place"]
    assert (place_.position, place_.left) == (2, 3)
    assert (place_.earlier.work, place_.next.work) == (three.works["bravo"], three.works["delta"])
    for at, name in (("3", "delta"), ("1", "bravo"), ("4", "bravo"), ("0", "bravo"), ("x", "bravo")):
        assert shown(three, client.get(place(three), {"at": at})) == name, at


def test_after_a_ruling_the_one_behind_comes_not_the_first(three, as_):
    answer = settle(as_(three, "cy"), three, "charlie", verdict="include")
    assert shown(three, answer) == "delta"
    assert shown(three, settle(as_(three, "cy"), three, "delta", verdict="include")) == "bravo"


def test_put_off_it_comes_again_at_the_end(three, as_):
    client = as_(three, "cy")
    answer = client.post(place(three, "later/"), {"work": three.works["bravo"].pk}, headers=HTMX)
    assert (shown(three, answer), told(answer)) == ("charlie", "Put off. It comes again at the end.")
    assert shown(three, client.get(place(three))) == "charlie"
    assert shown(three, settle(client, three, "charlie", verdict="include")) == "delta"
    assert shown(three, settle(client, three, "delta", verdict="include")) == "bravo"
    gone = client.post(place(three, "later/"), {"work": three.works["charlie"].pk}, headers=HTMX)
    assert gone.status_code == 409


def test_what_one_may_settle_comes_before_ones_own(three, as_):
    dot = worlds.join_team(three.review, three.members["ann"], worlds.person("dot"), "reviewer")
    three.members["dot"] = dot
    three.decide("bo", "echo", "include")
    three.decide("dot", "echo", "exclude")
    assert shown(three, as_(three, "ann").get(place(three))) == "echo"


def test_a_ruling_taken_back_is_made_again_with_its_note(two, as_):
    client = as_(two, "cy")
    settle(client, two, reason=two.reason("design").pk, note="  see the protocol ")
    client.post(place(two, "undo/"), headers=HTMX)
    assert "Redo" in client.get(place(two)).content.decode()
    answer = client.post(place(two, "redo/"), headers=HTMX)
    assert (told(answer), shown(two, answer)) == ("Settled as exclude: Wrong study design. Z undoes.", "charlie")
    ruling = Adjudication.objects.get(review=two.review, current=True)
    assert (ruling.reason, ruling.note) == (two.reason("design"), "see the protocol")
    assert told(client.post(place(two, "redo/"), headers=HTMX)) == "There is nothing to do again."


def test_what_was_typed_as_a_note_is_there_again_after_a_refusal(two, as_):
    late = press(two, "charlie", verdict="include", note="typed with care")
    worlds.import_text(two.review, two.people["ann"], worlds.ris("charlie"), source="Found again")
    assert "typed with care" in as_(two, "cy").post(place(two), late, headers=HTMX).content.decode()


# Names


def test_hidden_names_are_letters_that_are_the_same_on_one_work_and_tell_no_order(three, as_):
    actions.note(member=three.members["bo"], work_id=three.works["bravo"].pk, text="a note of his")
    three.review.names_in_conflict = False
    three.review.save()
    client, first = as_(three, "cy"), {}
    for work in ("bravo", "charlie", "delta"):
        address = place(three, f"?work={three.works[work].pk}")
        page, again = (client.get(address).content.decode().split("<main")[1] for _look in range(2))
        found = re.findall(r"<strong>(Reviewer [AB])</strong>", page)
        assert found == ["Reviewer A", "Reviewer B"] == re.findall(r"<strong>(Reviewer [AB])</strong>", again)
        assert "Ann" not in page and "<strong>Bo</strong>" not in page
        first[work] = page.index("badge include") < page.index("badge exclude")
    assert "a note of his" in client.get(place(three)).content.decode()
    many = {disputes.letters(fresh(three, "cy"), work, TITLE, [7, 8])[7] for work in range(40)}
    assert many == {"Reviewer A", "Reviewer B"}, "the letter does not follow the order of membership"


def fresh(world, who):
    return Member.objects.select_related("review", "user").get(pk=world.members[who].pk)


# Settled together


def agree(client, world, work="bravo", agreed=("ann", "bo"), stage=TITLE, **more):
    one = Work.objects.get(pk=world.works[work].pk)
    sent = press(world, work, **more) | {"agreed": [world.members[who].pk for who in agreed]}
    return client.post(f"/reviews/{world.review.pk}/works/{one.pk}/together/{stage}/", sent)


def let_them(world):
    actions.unblind(member=world.members["ann"], stage=TITLE)
    Review.objects.filter(pk=world.review.pk).update(adjudicate_own=True)


@pytest.mark.parametrize(
    ("who", "agreed", "ready", "status"),
    [
        ("bo", ("ann", "bo"), False, 403),  # blinded
        ("bo", ("ann", "bo"), True, 302),
        ("cy", ("ann", "bo"), True, 302),  # who adjudicates writes down what they said
        ("bo", ("bo",), True, 403),  # alone is not together
        ("bo", ("ann", "cy"), True, 403),  # cy did not decide
        ("lib", ("ann", "bo"), True, 403),
    ],
)
def test_those_who_decided_settle_it_together_once_unblinded(world, as_, who, agreed, ready, status):
    if ready:
        let_them(world)
    answer = agree(
        as_(world, who), world, agreed=agreed, verdict="exclude", because=world.reason("design").pk, note="by phone"
    )
    assert answer.status_code == status
    assert world.outcome("bravo") == ("excluded" if status == 302 else "conflict")
    if status == 302:
        ruling = Adjudication.objects.get(review=world.review)
        assert ruling.together == sorted(world.members[each].pk for each in agreed)
        assert (ruling.reason, ruling.note) == (world.reason("design"), "by phone")
        assert "settled a conflict together" in world.library.history.values_list("verb", flat=True)


def test_where_the_review_lets_nobody_settle_ones_own_they_do_not_together_either(world, as_):
    actions.unblind(member=world.members["ann"], stage=TITLE)
    assert agree(as_(world, "bo"), world, verdict="include").status_code == 403
    work = f"/reviews/{world.review.pk}/works/{world.works['bravo'].pk}/"
    assert "We settled it together" not in as_(world, "bo").get(work).content.decode()
    let_them(world)
    assert "We settled it together" in as_(world, "bo").get(work).content.decode()


def test_settled_together_the_works_page_names_both_and_who_said_so_takes_it_back(world, as_):
    let_them(world)
    client = as_(world, "bo")
    agree(client, world, verdict="include", because=world.reason("design").pk)  # no reason goes with an include
    work = f"/reviews/{world.review.pk}/works/{world.works['bravo'].pk}/"
    assert "settled together by <strong>Ann, Bo</strong>" in client.get(work).content.decode()
    ruling = Adjudication.objects.get(review=world.review)
    assert ruling.reason is None and ruling.verdict == "include"
    as_(world, "ann").post(work + f"together/{TITLE}/", {"back": ruling.pk})
    assert world.outcome("bravo") == "included", "not hers"
    client.post(work + f"together/{TITLE}/", {"back": ruling.pk})
    assert world.outcome("bravo") == "conflict"


# Blindness


def test_nothing_of_conflicts_reaches_a_blinded_reviewer_whatever_was_said_and_done(world, as_):
    """Two worlds: in one ann agrees with bo on charlie, in the other it is a conflict, talked over."""
    client = as_(world, "bo")
    bravo, charlie = world.works["bravo"].pk, world.works["charlie"].pk
    base = f"/reviews/{world.review.pk}/"
    gets = ["", "history/", f"works/{charlie}/", f"history/?about=work+{charlie}", "settings/"]
    gets += [f"conflicts/{TITLE}/{rest}" for rest in ("", f"?work={charlie}", "?at=2", "reasons/")]
    posts = [f"conflicts/{TITLE}/{rest}/" for rest in ("undo", "redo", "later", "send-back", "call-back", "reasons")]
    posts += [f"works/{work}/{what}/{TITLE}/" for work in (bravo, charlie) for what in ("discussion", "together")]

    def seen(verdict):
        point = transaction.savepoint()
        world.decide("bo", "charlie", verdict)
        if verdict == "exclude":
            key = uuid.uuid4()
            discussing.say(member=fresh(world, "cy"), stage=TITLE, work_id=charlie, key=key, text="canary")
        found = [client.get(base + rest) for rest in gets] + [client.post(base + rest, headers=HTMX) for rest in posts]
        world.decide("bo", "charlie", "maybe")
        transaction.savepoint_rollback(point)
        return [(each.status_code, masked(each.content)) for each in found]

    one, other = seen("include"), seen("exclude")
    own = (f"works/{charlie}/", "history/", f"history/?about=work+{charlie}")  # what bo himself said differs
    assert [rest for rest, a, b in zip([*gets, *posts], one, other, strict=True) if a != b and rest not in own] == []
    assert {status for status, _body in one[5:]} == {403}
    assert not any(b"canary" in body for _status, body in other)
