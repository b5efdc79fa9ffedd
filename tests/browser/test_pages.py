"""Every page in a real browser: axe-core finds nothing, light and dark; nothing runs off a screen of 320 px; the console is silent."""

import pytest
from django.urls import reverse

from reviews import actions
from reviews.models import Report, Retrieval, StageName
from tests import test_doors
from tests import world as worlds
from tests.browser.conftest import share

ACCOUNTS = [
    "/",
    "/reviews/new/",
    "/accounts/",
    "/accounts/name/",
    "/accounts/email/",
    "/accounts/password/",
    "/accounts/two-step/",
    "/staff/",
    "/parts/",
]
OPEN = [
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/signup/",
    "/invitations/spent/",
    "/accounts/reset/spent/",
]
FILES = {"reviews:upload", "reviews:dump-file", "reviews:export-file", "reviews:prisma-svg", "reviews:import-progress",
         "reviews:appendix-file", "reviews:agreement-file", "reviews:screen-ahead"}  # fmt: skip


@pytest.fixture
def places(screened):
    """All pages of a review in which something stands everywhere, as a person who may see them all."""
    world = screened
    world.people["ann"].is_staff = True
    world.people["ann"].save()
    world.people["eve"] = worlds.person("eve")
    children = test_doors.children_of(world)
    actions.unblind(member=world.members["ann"], stage=StageName.TITLE_ABSTRACT)
    Report.objects.filter(review=world.review).update(retrieval=Retrieval.RETRIEVED)
    found = []
    for name, row in sorted(test_doors.TABLE.items()):
        if row.get and name not in FILES:
            found.append(test_doors.address(name, row, world.review, children))
    work = next(iter(world.works.values())).pk
    found += [
        reverse("reviews:conflicts", args=[world.review.pk, "full-text"]),
        reverse("reviews:screen", args=[world.review.pk, "full-text"]),
        reverse("reviews:screen", args=[world.review.pk, "title-abstract"]) + f"?work={work}",
        reverse("reviews:duplicates", args=[world.review.pk]) + "?list=joined",
        reverse("reviews:library", args=[world.review.pk]) + "?list=duplicates",
        reverse("reviews:library", args=[world.review.pk]) + "?q=nothingofthiskind",
    ]
    return world, found


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_the_console_is_silent(places, visitors, scheme):
    world, found = places
    visitor = visitors(world.people["ann"], scheme=scheme)
    stranger = visitors(scheme=scheme)
    faults = {}
    for who, addresses in ((visitor, share([*found, *ACCOUNTS], other=scheme == "dark")), (stranger, OPEN)):
        for place in addresses:
            who.go(place)
            if violations := who.axe():
                faults[place] = violations
            expected = place.endswith("/spent/")  # answered with 404, which the console repeats
            if who.faults and not expected:
                faults.setdefault(place, []).extend(who.faults)
            who.faults.clear()
    assert faults == {}


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_runs_off_the_screen(places, visitors, width):
    world, found = places
    visitor = visitors(world.people["ann"], width=width, height=700)
    wide = {}
    for place in share([*found, *ACCOUNTS], other=width == 390):
        visitor.go(place)
        if (over := visitor.overflow()) > 0:
            wide[place] = over
    assert wide == {}


def test_errors_are_whole_pages_that_say_what_to_do(screened, visitors):
    bo = visitors(screened.people["bo"])
    for place, words in {
        "/nowhere/": "There is no such page",
        f"/reviews/{screened.review.pk}/settings/": "Your role in this review does not include this",
    }.items():
        page = bo.go(place)
        assert words in page.locator("main").inner_text()
        assert bo.axe() == []
        assert page.locator("main a").count() == 1
