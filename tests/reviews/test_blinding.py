"""Twin worlds: whichever verdicts another member gives on the same works, every byte that a blinded member receives is the same.

That somebody decided at all may show in which works are left and in what order; so in both worlds ann decides on the same
works, and only what she says differs. Her notes and reasons differ too.
"""

import re

import pytest
from django.db import transaction
from django.test import Client

from records import known
from records.models import Dump, Record
from reviews import actions, marking
from reviews.models import Role, StageName
from tests import world as worlds

PLACES = [
    "/", "{r}", "{r}library/", "{r}library/?list=records", "{r}library/?list=duplicates", "{r}prisma/", "{r}prisma/flow.svg",
    "{r}export/", "{r}export/works.csv", "{r}export/works.ris", "{r}export/records.csv", "{r}export/sought-databases.csv",
    "{r}export/excluded-databases.ris", "{r}library/?q=interviewed",
    "{r}searches/", "{r}searches/appendix/", "{r}searches/appendix.md", "{r}known-items/", "{r}library/?list=no-abstract-open",
    "{r}library/?list=no-abstract-decided", "{r}library/?list=criteria-0",
    "{r}progress/", "{r}progress/?stage=full-text", "{r}history/", "{r}history/?kind=screening", "{r}history/?kind=import",
]  # fmt: skip
OF_SCREENERS = [
    "{r}screen/title-abstract/",
    "{r}screen/full-text/",
    "{r}agreement/",
    "{r}agreement/agreement.csv",
    "{r}themes/",
    "{r}themes/matrix/",
    "{r}missing-abstracts/",
    "{r}missing-abstracts/?part=decided",
]
OF_LIBRARIANS = [
    "{r}import/",
    "{r}import/progress/",
    "{r}duplicates/",
    "{r}duplicates/?list=joined",
    "{r}reports/",
    "{r}missing-abstracts/?part=decided",
]
OF_OWNERS = [
    "{r}settings/",
    "{r}settings/unblind/",
    "{r}settings/rules/title-abstract/",
    "{r}settings/rules/title-abstract/?needed=1&maybe_counts_as=conflict&maybe_with_maybe=conflict&maybe_with_exclude=include",
    "{r}team/",
]
LISTS = [
    "sought",
    "excluded",
    "pending",
    "conflicts",
    "assessed",
    "reports-excluded",
    "included",
    "awaited",
    "not-retrieved",
    "screened",
]
WHO = {
    "bo": [*PLACES, *OF_SCREENERS],
    "lib": [*PLACES, *OF_LIBRARIANS],
    "obs": PLACES,
    "di": [*PLACES, *OF_SCREENERS, *OF_LIBRARIANS, *OF_OWNERS],  # an owner who does not adjudicate
}
# What ann says of charlie, delta, echo and foxtrot; bo has decided on delta already.
TWINS = [
    ("include", "include", "include", "include"),
    ("exclude", "exclude", "exclude", "exclude"),
    ("maybe", "exclude", "include", "maybe"),
    ("exclude", "include", "maybe", "exclude"),
]
WORKS = ("charlie", "delta", "echo", "foxtrot")


@pytest.fixture
def world(db):
    world = worlds.screened_world()
    world.review.owner_adjudicates = False
    world.review.save()
    world.people["di"] = worlds.person("di")
    world.members["di"] = worlds.join_team(world.review, world.members["ann"], world.people["di"], Role.OWNER)
    text = "\n".join(f"10.5555/jic.{name}" for name in worlds.NAMES)
    known.add(by=world.people["ann"], library=world.library, text=text)
    for record in Record.objects.filter(work__in=[world.works["echo"], world.works["delta"]]):
        Record.objects.filter(pk=record.pk).update(abstract="")
    marking.add_label(member=world.members["ann"], name="For the protocol")
    world.label("bo", "delta", "own IDEA")  # a name that ann writes in another way
    world.label("di", "golf", "Canary")
    world.decide("bo", "delta", "include")
    world.decide("bo", "golf", "exclude", reason=world.reason("setting"))
    return world


def masked(body: bytes) -> bytes:
    """Without what differs at every look: the page's token, the card's key, the second of an own decision."""
    body = re.sub(rb'<time datetime="[^"]+">[^<]*</time>', b"TIME", body)
    body = re.sub(rb'datetime="[^"]+"', b"TIME", body)
    body = re.sub(rb'csrfmiddlewaretoken" value="[^"]+"|x-csrftoken": "[^"]+"', b"TOKEN", body)
    return re.sub(rb'name="key" value="[0-9a-f-]{36}"', b"KEY", body)


def received(client: Client, world, place: str, **headers) -> bytes:
    return whole(client.get(place.format(r=f"/reviews/{world.review.pk}/"), headers=headers))


def whole(answer) -> bytes:
    """An answer with its status and headers, masked."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head = {k: v for k, v in answer.headers.items() if k not in ("Set-Cookie",)}
    return b"%d %r\n%s" % (answer.status_code, sorted(head.items()), masked(body))


def ann_says(world, verdicts) -> None:
    for work, verdict in zip(WORKS, verdicts, strict=True):
        reason = world.reason("design") if verdict == "exclude" else None
        world.decide("ann", work, verdict, reason=reason)
        actions.note(member=world.members["ann"], work_id=world.works[work].pk, text=f"canary {verdict}")
        for label in (f"canary {verdict}", "For the protocol" if verdict == "maybe" else "Own idea"):
            world.label("ann", work, label)


def in_the_world_where(world, verdicts, look):
    """What `look` returns in the world where ann says these verdicts; afterwards nothing of it has happened."""
    point = transaction.savepoint()
    ann_says(world, verdicts)
    seen = look()
    transaction.savepoint_rollback(point)
    return seen


def all_pages(world, client, who) -> dict[str, bytes]:
    lists = [f"{{r}}library/?list={name}-{arm}" for name in LISTS for arm in ("databases", "other")]
    works = [f"{{r}}works/{work.pk}/" for work in world.works.values()]
    works += [f"{{r}}history/?about=work+{work.pk}" for work in world.works.values()]
    if who in ("lib", "di"):
        for dump in Dump.objects.filter(library=world.library):
            works += [f"{{r}}dumps/{dump.pk}/{rest}" for rest in ("", "?list=joined", "source/", "undo/")]
    if who in ("bo", "di"):
        works += [f"{{r}}screen/title-abstract/?work={work.pk}" for work in world.works.values()]
        works += [f"{{r}}themes/works/{work.pk}/" for work in world.works.values()]
    return {place: received(client, world, place) for place in [*WHO[who], *lists, *works]}


@pytest.mark.parametrize("who", WHO)
def test_a_blinded_members_pages_are_the_same_bytes_whatever_ann_says(world, who):
    client = Client()
    client.force_login(world.people[who])
    first = in_the_world_where(world, TWINS[0], lambda: all_pages(world, client, who))
    assert sum(page.startswith(b"200") for page in first.values()) > 20
    for twin in TWINS[1:]:
        pages = in_the_world_where(world, twin, lambda: all_pages(world, client, who))
        assert [place for place in first if first[place] != pages[place]] == []
    assert not any(b"canary" in page for page in first.values())


def decide_on(client, world, place, **data) -> bytes:
    """Press include on the card that stands there, as the page would."""
    page = client.get(place).content.decode()
    fields = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("work", "revision", "key")}
    answer = client.post(place, {**fields, **data}, headers={"hx-request": "true"})
    return b"%d %s" % (answer.status_code, masked(answer.content))


@pytest.mark.parametrize("data", [{"verdict": "include"}, {"verdict": "maybe"}, {"verdict": "exclude"}])
def test_the_answer_to_a_decision_is_the_same_bytes_whatever_ann_said(world, data):
    client = Client()
    client.force_login(world.people["bo"])
    place = f"/reviews/{world.review.pk}/screen/title-abstract/"

    def a_way():
        answers = [decide_on(client, world, place, **data) for _ in range(3)]
        undone = client.post(place + "undo/", headers={"hx-request": "true"})
        return [*answers, masked(undone.content), *all_pages(world, client, "bo").values()]

    ways = [in_the_world_where(world, twin, a_way) for twin in TWINS]
    assert ways[0][0].startswith(b"200")
    for way in ways[1:]:
        assert [n for n, body in enumerate(way) if body != ways[0][n]] == []


def test_the_twins_differ_where_they_may_so_that_the_test_can_fail(world):
    client = Client()
    client.force_login(world.people["cy"])  # adjudicates, and sees conflicts
    place = "{r}conflicts/title-abstract/"
    one, other = (in_the_world_where(world, twin, lambda: received(client, world, place)) for twin in TWINS[:2])
    assert one != other


def test_once_unblinded_the_others_decisions_are_there(world):
    client = Client()
    client.force_login(world.people["bo"])
    place = f"{{r}}works/{world.works['alpha'].pk}/"
    assert b"Ann" not in received(client, world, place).split(b"<main")[1]
    actions.unblind(member=world.members["ann"], stage=StageName.TITLE_ABSTRACT)
    assert b"Ann" in received(client, world, place).split(b"<main")[1]


def test_unblinding_asks_first_in_numbers_and_is_remembered(world):
    client = Client()
    client.force_login(world.people["ann"])
    place = f"/reviews/{world.review.pk}/settings/unblind/"
    assert "<strong>7 decisions</strong> of 6 members" in client.get(place).content.decode()
    world.review.refresh_from_db()
    assert world.review.blinded_abstracts
    client.post(place, {"stage": "title-abstract"})
    world.review.refresh_from_db()
    assert not world.review.blinded_abstracts
    assert world.library.history.filter(verb="unblinded a stage").count() == 1
