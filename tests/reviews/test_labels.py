"""Labels: free tags without effect, seen by their giver only while a stage is blinded, and moving with joins and splits."""

import csv
import io
import re

import pytest

from records import actions as found
from records.models import Record, Work
from reviews import actions, marking, marks
from reviews.models import Decision, Label, Labelling, Outcome, StageName
from reviews.settling import InReviews
from tests import world as worlds


@pytest.fixture
def owner(world):
    return world.members["ann"]


@pytest.fixture
def bo(world, as_):
    return as_(world, "bo")


def unblind(world):
    for stage in StageName.values:
        actions.unblind(member=world.members["ann"], stage=stage)
    for each in world.members.values():
        each.review.refresh_from_db()


def on(world, who, work):
    """The names of the labels on a work that a member sees."""
    pk = world.works[work].pk
    return [each.name for each in marks.put_on(world.members[who], [pk]).get(pk, [])]


def offered(world, who):
    return [tag.name for _pk, tag in marks.tags(world.members[who])]


def press(client, world, name, **data):
    one = Work.objects.get(pk=world.works[name].pk)
    place = f"/reviews/{world.review.pk}/screen/title-abstract/label/"
    return client.post(place, {"work": one.pk, "revision": one.revision, **data}, headers={"hx-request": "true"})


def settings_of(world):
    return f"/reviews/{world.review.pk}/settings/"


def set_label(client, world, **data):
    return client.post(settings_of(world) + "labels/", data, follow=True)


# On the card


def test_a_label_is_made_and_put_on_by_one_press_and_the_same_card_comes_again(bo, world):
    answer = press(bo, world, "delta", on="  Ask   the team ")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'name="work" value="{world.works["delta"].pk}"' in page and "Label saved." in page
    assert re.search(r'name="off" value="Ask the team" aria-pressed="true"', page)
    assert on(world, "bo", "delta") == ["Ask the team"]
    assert world.library.history.last().verb == "put a label on a work"


def test_the_key_l_opens_the_panel_and_its_buttons_take_no_key(bo, world, owner):
    marking.add_label(member=owner, name="For the protocol")
    page = bo.get(f"/reviews/{world.review.pk}/screen/title-abstract/").content.decode()
    panel = page.split("<details data-labels")[1].split("</details>")[0]
    assert re.search(r'<summary data-key="l"', panel)
    assert panel.count("data-key") == 1
    assert re.search(r'name="on" value="For the protocol" aria-pressed="false"', panel)


def test_the_same_press_twice_is_one_label_and_off_takes_it_away(bo, world):
    press(bo, world, "delta", on="Later")
    press(bo, world, "delta", on="LATER")
    assert Labelling.objects.count() == Label.objects.count() == 1
    press(bo, world, "delta", off="later")
    press(bo, world, "delta", off="later")
    assert on(world, "bo", "delta") == []
    assert list(world.library.history.order_by("-number").values_list("verb", flat=True)[:2]) == [
        "took a label off a work", "put a label on a work",
    ]  # fmt: skip


def test_a_label_decides_nothing(bo, world):
    before = list(Outcome.objects.order_by("pk").values()), Decision.objects.count()
    press(bo, world, "delta", on="Later")
    assert (list(Outcome.objects.order_by("pk").values()), Decision.objects.count()) == before


def test_without_script_the_same_card_is_opened_again(bo, world):
    one = world.works["delta"]
    place = f"/reviews/{world.review.pk}/screen/title-abstract/"
    answer = bo.post(place + "label/", {"work": one.pk, "revision": one.revision, "on": "Later"})
    assert (answer.status_code, answer["Location"]) == (302, f"{place}?work={one.pk}")


def test_a_changed_card_is_refused(bo, world):
    assert press(bo, world, "delta", on="Later", revision=99).status_code == 409
    assert press(bo, world, "delta", off="Later", revision=99).status_code == 409
    assert not Labelling.objects.exists() and not Label.objects.exists()


@pytest.mark.parametrize("data", [{}, {"on": " "}, {"on": "x", "off": "x"}, {"on": "x" * 61}, {"on": "x", "work": "y"}])
def test_a_press_that_says_nothing_is_refused(bo, world, data):
    assert press(bo, world, "delta", **data).status_code == 400
    assert not Labelling.objects.exists()


def test_another_reviews_work_is_not_there(bo, world, foreign):
    assert press(bo, world, "delta", on="x", work=foreign.works["golf"].pk).status_code == 404
    assert not Label.objects.exists()


def test_there_is_room_for_so_many_labels(bo, world, monkeypatch):
    monkeypatch.setattr(marking, "MOST_LABELS", 2)
    answers = [press(bo, world, "delta", on=name) for name in ("a", "b", "c")]
    assert [answer.status_code for answer in answers] == [200, 200, 400]
    assert "no room for another label" in answers[2].content.decode()


# Blinding


def test_while_blinded_nobody_sees_anothers_labels_nor_that_they_were_coined(world, as_):
    world.label("ann", "delta", "Ann's idea")
    for who in ("bo", "cy", "lib", "obs"):
        assert on(world, who, "delta") == [] and offered(world, who) == []
    assert on(world, "ann", "delta") == offered(world, "ann") == ["Ann's idea"]
    unblind(world)
    assert on(world, "bo", "delta") == offered(world, "bo") == ["Ann's idea"]
    assert on(world, "obs", "delta") == []
    page = as_(world, "bo").get(f"/reviews/{world.review.pk}/works/{world.works['delta'].pk}/").content.decode()
    assert re.search(r"Ann&#x27;s idea</span> <span class=\"quiet\">Ann</span>", page)


def test_one_stage_that_is_still_blinded_keeps_labels_shut(world):
    world.label("ann", "delta", "Ann's idea")
    actions.unblind(member=world.members["ann"], stage=StageName.TITLE_ABSTRACT)
    world.members["bo"].review.refresh_from_db()
    assert on(world, "bo", "delta") == offered(world, "bo") == []


def test_a_name_that_another_coined_reads_as_one_wrote_it_oneself(world, bo):
    world.label("ann", "delta", "RCT")
    page = press(bo, world, "delta", on="rct").content.decode()
    assert "RCT" not in page and 'value="rct" aria-pressed="true"' in page
    assert on(world, "bo", "delta") == offered(world, "bo") == ["rct"]
    press(bo, world, "delta", off="rct")
    assert offered(world, "bo") == []  # as if ann had never made one
    assert on(world, "ann", "delta") == ["RCT"]


def test_a_hidden_label_cannot_be_probed_in_the_settings(world, as_):
    world.label("bo", "delta", "Bo's idea")
    ann = as_(world, "ann")
    assert "Bo&#x27;s idea" not in ann.get(settings_of(world)).content.decode()
    assert set_label(ann, world, label="Bo's idea", name="x").status_code == 404
    assert "Label added." in set_label(ann, world, name="BO'S IDEA").content.decode()
    assert offered(world, "obs") == ["BO'S IDEA"]
    assert on(world, "bo", "delta") == ["BO'S IDEA"]


def test_renaming_to_a_hidden_name_answers_as_to_a_free_one(world, as_):
    world.label("bo", "delta", "Bo's idea")
    ann = as_(world, "ann")
    set_label(ann, world, name="Shared")
    hidden = set_label(ann, world, label="Shared", name="bo's idea", style="2").content
    set_label(ann, world, name="Shared too")
    free = set_label(ann, world, label="Shared too", name="free", style="2").content
    assert b"Label saved." in hidden and b"Label saved." in free
    assert world.library.history.filter(verb="changed a label").first().detail["joined"] is False


# Joins and splits


def test_labels_follow_joins_and_splits(world, owner):
    world.label("bo", "delta", "Later")
    world.label("bo", "echo", "Later")
    world.label("bo", "echo", "Ask")
    delta, echo = (Record.objects.get(work=world.works[name]) for name in ("delta", "echo"))
    team = {"by": owner.user, "library": world.library, "upstairs": InReviews()}
    found.join(into=world.works["delta"], others=[world.works["echo"]], **team)
    kept = Record.objects.get(pk=delta.pk).work
    assert Record.objects.get(pk=echo.pk).work == kept
    world.works["delta"] = kept
    assert sorted(on(world, "bo", "delta")) == ["Ask", "Later"]
    [tags] = marks.tags_on(world.members["bo"], [kept.pk]).values()
    assert [(tag.name, tag.on) for tag in tags] == [("Ask", True), ("Later", True)]
    found.split(record=Record.objects.get(pk=echo.pk), **team)
    world.works["delta"], world.works["echo"] = (Record.objects.get(pk=each.pk).work for each in (delta, echo))
    assert on(world, "bo", "delta") == ["Later"]
    assert sorted(on(world, "bo", "echo")) == ["Ask", "Later"]


# Exports


def rows(client, world):
    body = b"".join(client.get(f"/reviews/{world.review.pk}/export/works.csv").streaming_content)
    return {row["Title"]: row for row in csv.DictReader(io.StringIO(body.decode("utf-8-sig")))}


def test_an_export_has_a_column_of_the_labels_that_may_be_seen(world, bo):
    world.label("ann", "delta", "Ann's idea")
    world.label("bo", "delta", "rct")
    world.label("bo", "delta", "Ask")
    delta = worlds.SUBJECTS["delta"]
    assert rows(bo, world)[delta]["Labels"] == "Ask; rct"
    unblind(world)
    assert rows(bo, world)[delta]["Labels"] == "Ann's idea; Ask; rct"
    assert rows(bo, world)[worlds.SUBJECTS["echo"]]["Labels"] == ""


# Settings


def test_an_owner_adds_renames_retires_and_brings_back(world, as_, bo):
    ann = as_(world, "ann")
    set_label(ann, world, name="Later")
    set_label(ann, world, name="later")  # the same one
    assert Label.objects.count() == 1
    world.label("bo", "delta", "Later")
    set_label(ann, world, label="later", name="Read again", style="4")
    assert on(world, "bo", "delta") == ["Read again"]
    set_label(ann, world, label="Read again", name="Read again", style="4", retired="on")
    [(_work, tags)] = marks.tags_on(world.members["cy"], [world.works["delta"].pk]).items()
    assert tags == []
    assert 'value="Read again" aria-pressed="true"' in press(bo, world, "delta", on="Ask").content.decode()
    set_label(ann, world, label="Read again", name="Read again", style="4")
    assert not Label.objects.get(name="Read again").retired
    assert world.library.history.filter(verb="changed a label").count() == 3


def test_a_label_with_the_name_of_another_becomes_one_with_it(world, as_):
    ann = as_(world, "ann")
    for name in ("Trial", "RCT"):
        set_label(ann, world, name=name)
    for work, name in [("delta", "Trial"), ("delta", "RCT"), ("echo", "RCT")]:
        world.label("bo", work, name)
    set_label(ann, world, label="RCT", name="trial", style="3")
    assert offered(world, "bo") == on(world, "bo", "delta") == on(world, "bo", "echo") == ["trial"]
    assert Labelling.objects.count() == 2
    assert world.library.history.last().detail["joined"] is True


def test_only_owners_keep_the_list_of_labels(world, as_):
    for who in ("bo", "cy", "lib", "obs"):
        assert set_label(as_(world, who), world, name="Later").status_code == 403
    assert not Label.objects.exists()
