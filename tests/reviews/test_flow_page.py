"""The flow's page: every number is the length of its list, a blinded member's is made of own decisions, it adds up."""

import re
import uuid
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records import actions as found
from records.models import Record, Search
from reviews import actions, flow, lists, prisma
from reviews.models import Report, StageName
from reviews.settling import InReviews
from tests import world as worlds

TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT


def page(world: worlds.World) -> str:
    return reverse("reviews:prisma", args=[world.review.pk])


def fresh(world: worlds.World, who: str) -> object:
    """The member as a new request would find it."""
    member = world.members[who]
    return type(member).objects.select_related("review").get(pk=member.pk)


def unblind(world: worlds.World, *stages: str) -> None:
    for stage in stages or (TITLE, FULL):
        actions.unblind(member=world.members["ann"], stage=stage)


def both(
    world: worlds.World, work: str, verdict: str, *, stage: str = TITLE, reason: str = "", who: str = "ann bo"
) -> None:
    for name in who.split():
        world.decide(name, work, verdict, stage=stage, reason=world.reason(reason) if reason else None)


def retrieve(world: worlds.World, work: str, retrieval: str = "retrieved") -> None:
    report = Report.objects.get(review=world.review, work=world.works[work])
    actions.set_retrieval(member=world.members["ann"], report=report, retrieval=retrieval)


@pytest.fixture
def whole(world: worlds.World) -> worlds.World:
    """A review with both columns, a register, duplicates of both makes, and every fate a work can have."""
    ann = world.people["ann"]
    worlds.import_text(world.review, ann, worlds.ris("bravo"), source="Trials Register", kind="register")
    worlds.import_text(
        world.review, ann, worlds.ris_entry("alpha", DO="", N1="again"), source="Websites", kind="website"
    )
    extra = worlds.ris_entry("hotel", title="Bread, bees and belonging in allotment gardens", DO="10.5555/jic.x", AB="")
    dump = worlds.import_text(world.review, ann, extra, source="Reference lists", kind="citation")
    world.works["india"] = Record.objects.get(dump=dump).work
    old = worlds.ris_entry("golf")
    worlds.import_text(world.review, ann, old + "\n", source="The review of 2015", kind="previous")
    found.join(
        by=ann, library=world.library, into=world.works["delta"], others=[world.works["echo"]], upstairs=InReviews()
    )
    both(world, "delta", "include")
    both(world, "foxtrot", "exclude", reason="setting")
    both(world, "hotel", "include")
    both(world, "india", "include")
    world.decide("bo", "charlie", "include")
    retrieve(world, "alpha")
    retrieve(world, "charlie")
    retrieve(world, "hotel", "not_retrieved")
    retrieve(world, "india")
    both(world, "alpha", "include", stage=FULL)
    both(world, "charlie", "exclude", stage=FULL, reason="design")
    world.decide("ann", "india", "maybe", stage=FULL)
    return world


def numbers(member: object) -> dict[str, int]:
    """Every number of the flow by the list it opens."""
    shown = {}
    for box in prisma.boxes(flow.gather(member)):
        if box.number is not None:
            shown[box.opens] = box.number
        shown |= {line.opens: line.number for line in box.lines}
    return shown


@pytest.mark.parametrize("blinded", ["both", "full text", "none"])
@pytest.mark.parametrize("who", ["ann", "bo", "cy", "lib", "obs"])
def test_every_number_is_the_length_of_its_list(whole: worlds.World, who: str, blinded: str) -> None:
    for stage in {"both": (), "full text": (TITLE,), "none": (TITLE, FULL)}[blinded]:
        unblind(whole, stage)
    member = fresh(whole, who)
    shown = numbers(member)
    assert shown == {name: lists.rows_of(lists.named(name, member), member).count() for name in shown}
    assert [each for each in prisma.identities(flow.gather(member)) if each.holds is False] == []


def test_after_unblinding_the_flow_is_the_reviews(whole: worlds.World) -> None:
    unblind(whole)
    shown = numbers(fresh(whole, "obs"))
    assert shown["databases"] == 9
    assert shown["registers"] == 1
    assert shown["kind-other-citation"] == 1
    assert shown["found-again"] == 1
    assert shown["duplicates"] == 3
    assert (shown["duplicates-rules"], shown["duplicates-person"]) == (2, 1)
    assert shown["duplicates-other"] == 1
    assert shown["screened-databases"] == 6
    assert shown["conflicts-databases"] == 1
    assert shown["excluded-databases"] == 1
    assert shown["sought-databases"] == 4
    assert shown["not-retrieved-databases"] == 1
    assert shown["awaited-databases"] == 1
    assert shown["assessed-databases"] == 2
    assert shown["reports-excluded-databases"] == shown[f"reason-databases-{whole.reason('design').pk}"] == 1
    assert shown["assessing-other"] == 1
    assert shown["included"] == shown["studies"] == 1


def test_reports_of_one_study_count_as_one_study(whole: worlds.World) -> None:
    both(whole, "india", "include", stage=FULL)
    unblind(whole)
    reports = Report.objects.filter(review=whole.review, work__in=[whole.works["alpha"], whole.works["india"]])
    reports.update(study=reports.get(work=whole.works["alpha"]).study)
    shown = numbers(fresh(whole, "ann"))
    assert (shown["included"], shown["studies"]) == (2, 1)


def test_a_blinded_members_flow_is_made_of_own_decisions(world: worlds.World) -> None:
    ann, bo = numbers(fresh(world, "ann")), numbers(fresh(world, "bo"))
    assert (ann["sought-databases"], ann["excluded-databases"], ann["pending-databases"]) == (3, 0, 5)
    assert (bo["sought-databases"], bo["excluded-databases"], bo["pending-databases"]) == (1, 1, 6)
    assert ann["conflicts-databases"] == bo["conflicts-databases"] == 0
    assert numbers(fresh(world, "obs"))["pending-databases"] == 8


def test_what_others_say_changes_nothing_for_a_blinded_member(whole: worlds.World, as_) -> None:
    before = masked(as_(whole, "bo").get(page(whole)).content)
    whole.decide("ann", "charlie", "exclude", reason=whole.reason("design"))
    whole.decide("ann", "india", "include", stage=FULL)
    retrieve(whole, "delta")
    assert masked(as_(whole, "bo").get(page(whole)).content) == before


def masked(content: bytes) -> bytes:
    """A page without what differs at every look."""
    return re.sub(rb"(?<![\w-])(?=[\w+/=-]*\d)[A-Za-z0-9+/=_-]{20,}(?![\w-])", b"", content)


def test_the_page_says_that_it_is_made_of_own_decisions_and_never_final(world: worlds.World, as_) -> None:
    text = as_(world, "bo").get(page(world)).content.decode()
    assert "your own decisions only" in text
    assert "Nothing is pending" not in text


def test_the_page_shows_figure_table_and_identities(whole: worlds.World, as_) -> None:
    unblind(whole)
    response = as_(whole, "ann").get(page(whole))
    text = response.content.decode()
    assert response.status_code == 200
    assert "your own decisions" not in text
    assert "in progress" in text
    for name, number in numbers(fresh(whole, "ann")).items():
        link = f'href="{reverse("reviews:library", args=[whole.review.pk])}?list={name}"'
        in_table = re.search(re.escape(link) + r">([\d,]+)</a>", text)
        assert in_table and in_table.group(1) == f"{number:,}", name
    assert "P2 holds" in re.sub(r"\s+", " ", text)
    assert "P9 does not apply yet" in re.sub(r"\s+", " ", text)
    assert "<style" not in text and " style=" not in text


def test_every_link_of_the_figure_opens_its_list(whole: worlds.World, as_) -> None:
    unblind(whole)
    client = as_(whole, "ann")
    text = client.get(page(whole)).content.decode()
    svg = text[text.index("<svg") : text.index("</svg>")]
    links = re.findall(r'<a href="([^"]+)"[^>]*><tspan class="number">\(n = ([\d,]+)\)', svg)
    assert len(links) > 20
    for link, number in links:
        response = client.get(link)
        assert response.status_code == 200
        assert f"{response.context['total']:,}" == number, link


def test_a_flow_with_nothing_open_is_final(world: worlds.World, as_) -> None:
    for work in world.works:
        for who in ("ann", "bo"):
            world.decide(who, work, "exclude" if work != "alpha" else "include", reason=None)
    retrieve(world, "alpha")
    both(world, "alpha", "include", stage=FULL)
    unblind(world)
    assert "Nothing is pending" in as_(world, "ann").get(page(world)).content.decode()
    world.decide("ann", "alpha", "maybe", stage=FULL)
    assert "Nothing is pending" not in as_(world, "ann").get(page(world)).content.decode()


def test_a_search_set_aside_leaves_the_flow_and_it_still_adds_up(whole: worlds.World) -> None:
    search = Search.objects.get(library=whole.library, source="Second Index")
    found.set_aside(by=whole.people["ann"], search=search, aside=True, upstairs=InReviews())
    unblind(whole)
    gathered = flow.gather(fresh(whole, "ann"))
    assert gathered.databases.identified == 9
    assert [each.sentence for each in prisma.identities(gathered) if each.holds is False] == []


def test_the_flow_takes_the_same_queries_for_few_and_many_works(world: worlds.World, as_) -> None:
    unblind(world)

    def queries() -> int:
        client = as_(world, "ann")
        with CaptureQueriesContext(connection) as counted:
            assert client.get(page(world)).status_code == 200
        return len(counted)

    few = queries()
    more = "".join(
        worlds.ris_entry("hotel", title=f"Study number {n} of {uuid.uuid4()}", DO=f"10.5555/many.{n}", AB="")
        for n in range(300)
    )
    worlds.import_text(world.review, world.people["ann"], more, source="Third Index")
    assert queries() == few
    assert few < 15


def test_a_number_over_999_works_alike(world: worlds.World) -> None:
    names = ["records", "works", *lists.LISTS]
    member = fresh(world, "ann")
    counted = flow.lengths(member, [name for name in names if name != "rejected"])
    assert counted["records"] == 9
    assert counted["works"] == 8


# The file


def test_the_figure_is_a_file_that_stands_alone(whole: worlds.World, as_) -> None:
    unblind(whole)
    response = as_(whole, "obs").get(reverse("reviews:prisma-svg", args=[whole.review.pk]))
    assert response["Content-Type"].startswith("image/svg+xml")
    assert response["Content-Disposition"] == f'attachment; filename="winnow-prisma-{whole.review.pk}.svg"'
    text = response.content.decode()
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "href" not in text and " style=" not in text and "var(" not in text


def test_hostile_names_stay_names(world: worlds.World, as_) -> None:
    hostile = "</text><script>alert(1)</script> \"&' " + "w" * 200
    worlds.import_text(world.review, world.people["ann"], worlds.ris_entry("hotel", DO="", N1="x"), source=hostile)
    text = as_(world, "ann").get(page(world)).content.decode()
    assert "<script>alert" not in text
    ElementTree.fromstring(as_(world, "ann").get(reverse("reviews:prisma-svg", args=[world.review.pk])).content)


# Who may


@pytest.mark.parametrize("who", ["ann", "bo", "cy", "lib", "obs"])
@pytest.mark.parametrize("name", ["reviews:prisma", "reviews:prisma-svg"])
def test_every_member_may_look(world: worlds.World, as_, who: str, name: str) -> None:
    assert as_(world, who).get(reverse(name, args=[world.review.pk])).status_code == 200


@pytest.mark.parametrize("name", ["reviews:prisma", "reviews:prisma-svg"])
def test_strangers_and_site_staff_find_nothing(world: worlds.World, foreign: worlds.World, as_, name: str) -> None:
    assert as_(foreign, "eve").get(reverse(name, args=[world.review.pk])).status_code == 404
    assert as_(world, "sam").get(reverse(name, args=[world.review.pk])).status_code == 404
    assert as_(world, "ann").post(reverse(name, args=[world.review.pk])).status_code == 405
