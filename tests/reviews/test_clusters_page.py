"""Works of several records: the list, one of them side by side, confirmed or taken apart; and the acts with their way back."""

import re
import uuid

import pytest
from lxml import html

from records import actions, parting
from records.models import Answer, Dump, Joining, Match, Record, Work
from reviews import undoing
from reviews.settling import InReviews
from tests import world as worlds

UP = {"upstairs": InReviews()}
SURE = {"alpha": 0.9, "golf": 0.7, "hotel": 0.8}  # the probability of the weakest pair


@pytest.fixture
def several(world):
    """Three works of two records that the rules joined, and one, bravo with delta, that a person joined."""
    text = "".join(worlds.ris_entry(name, N1="again", JO="J Imag Care") for name in ("golf", "hotel"))
    world.dump = worlds.import_text(world.review, world.people["ann"], text, source="Third Index")
    for name, probability in SURE.items():
        pair = Match.objects.filter(library=world.library, band="joined", record_a__work=world.works[name])
        assert pair.update(probability=probability) == 1
    others = [world.works["delta"]]
    world.by_hand = actions.join(
        by=world.people["lib"], library=world.library, into=world.works["bravo"], others=others, **UP
    )
    return world


def place(world, rest=""):
    return f"/reviews/{world.review.pk}/duplicates/{rest}"


def cluster(world, name):
    return place(world, f"works/{world.works[name].pk}/")


def words(response):
    text = response.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def tree(response):
    return html.fromstring(response.content.decode())


def listed(client, world, rest="works/"):
    links = tree(client.get(place(world, rest))).xpath("//ol[@class='rows']/li/a/@href")
    name_of = {cluster(world, name): name for name in world.works}
    return [name_of[link] for link in links]


def press(client, world, name, act, **more):
    """A button of the form that the page of a work shows."""
    form = tree(client.get(cluster(world, name))).xpath("//form[.//button[@name='act']]")[0]
    data = {each.get("name"): each.get("value") for each in form.xpath(".//input[@name]")}
    return client.post(cluster(world, name), data | {"act": act} | more, follow=True)


def at(response):
    return response.redirect_chain[-1][0]


def homes(world, name):
    return {each.work_id for each in Record.objects.filter(library=world.library, title=worlds.SUBJECTS[name])}


# --- the list ------------------------------------------------------------------------------------------------------
def test_those_that_hang_together_least_come_first_and_those_of_people_last(several, as_):
    client = as_(several, "lib")
    assert listed(client, several) == ["golf", "hotel", "alpha", "bravo"]
    page = words(client.get(place(several, "works/")))
    assert "4 works are made of several records" in page and "2 records · weakest pair 0.700" in page
    press(client, several, "golf", "confirm")
    assert listed(client, several) == ["hotel", "alpha", "bravo", "golf"]
    assert "2 records · confirmed by people" in words(client.get(place(several, "works/")))


def test_a_long_list_comes_in_pages(several, as_, monkeypatch):
    monkeypatch.setattr("records.queries.PAGE", 3)
    client = as_(several, "lib")
    assert listed(client, several) == ["golf", "hotel", "alpha"]
    (more,) = tree(client.get(place(several, "works/"))).xpath("//nav[@aria-label='Pages']/a/@href")
    assert listed(client, several, f"works/{more}") == ["bravo"]
    for strange in ("x", "-1", "9" * 18, "9" * 30):
        assert client.get(place(several, "works/"), {"from": strange}).status_code == 200, strange


def test_without_a_join_the_list_says_so(foreign, as_):
    page = words(as_(foreign, "eve").get(f"/reviews/{foreign.review.pk}/duplicates/works/"))
    assert "No record was joined yet" in page


# --- one of them ---------------------------------------------------------------------------------------------------
def test_all_records_stand_side_by_side_and_what_differs_is_marked(several, as_):
    response = as_(several, "lib").get(cluster(several, "golf"))
    (table,) = tree(response).xpath("//table[contains(@class, 'side-by-side')]")
    assert [each.text_content().split() for each in table.xpath(".//thead//th")] == [
        ["Fictional", "Index", "shown"],
        ["Third", "Index"],
    ]
    rows = {row.find("th").text_content(): row for row in table.xpath(".//tbody/tr[th]")}
    assert rows["Title"].get("class") == "same" and not rows["Title"].xpath(".//mark")
    assert rows["Journal"].get("class") is None
    assert [each.text_content() for each in rows["Journal"].xpath(".//td[1]/mark")] == []
    assert "Imag" in "".join(each.text_content() for each in rows["Journal"].xpath(".//td[2]/mark"))
    assert "2 records: one publication?" in words(response) and "Why: 1 pair" in words(response)


def test_of_very_many_records_the_first_are_shown_and_the_rest_counted(several, as_, monkeypatch):
    monkeypatch.setattr("reviews.views.clusters.MOST", 1)
    page = words(as_(several, "lib").get(cluster(several, "golf")))
    assert "2 records: one publication?" in page and "1 more record is on the work's page." in page


def test_confirmed_it_is_remembered_and_the_next_comes(several, as_):
    client = as_(several, "lib")
    response = press(client, several, "golf", "confirm")
    assert "Confirmed: one publication. No later run parts it." in words(response)
    assert at(response) == cluster(several, "hotel")
    match = Match.objects.get(record_a__work=several.works["golf"], record_b__work=several.works["golf"])
    assert (match.answer, match.answered_by) == (Answer.SAME, several.people["lib"])
    assert several.library.history.filter(verb="confirmed a work").count() == 1
    assert at(press(client, several, "hotel", "confirm")) == cluster(several, "alpha")
    assert at(press(client, several, "alpha", "confirm")) == cluster(several, "bravo")
    assert at(press(client, several, "bravo", "confirm")) == place(several, "works/")


def test_next_goes_through_all_of_them_and_ends(several, as_):
    client, seen, here = as_(several, "lib"), [], cluster(several, "golf")
    while here:
        seen.append(here)
        here = next(iter(tree(client.get(here)).xpath("//a[@data-key='s']/@href")), None)
    assert seen == [cluster(several, name) for name in ("golf", "hotel", "alpha", "bravo")]


def test_works_with_equally_strong_pairs_come_in_the_order_of_the_queue(several, as_):
    Match.objects.filter(band="joined").update(probability=0.9)
    client = as_(several, "lib")
    assert listed(client, several) == ["alpha", "golf", "hotel", "bravo"]
    assert tree(client.get(cluster(several, "golf"))).xpath("//a[@data-key='s']/@href") == [cluster(several, "hotel")]


def test_taken_apart_its_pairs_are_questions_and_by_hand_takes_it_back(several, as_):
    client = as_(several, "lib")
    response = press(client, several, "golf", "apart")
    assert "Taken apart. Its pairs are questions now; “By hand” takes it back." in words(response)
    assert at(response) == cluster(several, "hotel") and len(homes(several, "golf")) == 2
    assert "Are these the same publication?" in words(client.get(place(several)))
    page = tree(client.get(place(several, "acts/")))
    first = page.xpath("//ol[@class='rows']/li")[0]
    assert (
        "1 record moved Lib" in re.sub(r"\s+", " ", first.text_content())
        and worlds.SUBJECTS["golf"] in first.text_content()
    )
    act = first.xpath(".//input[@name='act']/@value")[0]
    response = client.post(place(several, "acts/back/"), {"act": act}, follow=True)
    assert "Taken back." in words(response) and "taken back" in words(response)
    assert homes(several, "golf") == {several.works["golf"].pk}
    assert "No pair to look at" in words(client.get(place(several)))
    response = client.post(place(several, "acts/back/"), {"act": act}, follow=True)
    assert "It was taken back already" in words(response)


def test_a_work_that_changed_meanwhile_is_shown_again_and_nothing_is_stored(several, as_):
    client = as_(several, "lib")
    seen = Work.objects.get(pk=several.works["golf"].pk).revision
    worlds.import_text(
        several.review, several.people["ann"], worlds.ris_entry("golf", N1="third"), source="Fourth Index"
    )
    before = several.library.history.count()
    for act in ("confirm", "apart"):
        response = press(client, several, "golf", act, revision=seen)
        assert "This work changed while you looked at it" in words(response) and at(response) == cluster(
            several, "golf"
        )
        assert "3 records: one publication?" in words(response)
    assert several.library.history.count() == before and len(homes(several, "golf")) == 1


def test_a_work_that_is_no_longer_there_or_never_was(several, foreign, as_):
    client = as_(several, "lib")
    revision = Work.objects.get(pk=several.works["delta"].pk).revision
    assert client.get(cluster(several, "delta")).status_code == 404
    for act in ("confirm", "apart"):
        response = client.post(cluster(several, "delta"), {"act": act, "revision": revision}, follow=True)
        assert at(response) == place(several, "works/") and "Nothing was stored" in words(response)
        theirs = place(several, f"works/{foreign.works['golf'].pk}/")
        assert client.post(theirs, {"act": act, "revision": 1}).status_code == 404
    for data in ({}, {"act": "confirm"}, {"act": "burn", "revision": 1}, {"act": "apart", "revision": "x"}):
        assert client.post(cluster(several, "golf"), data).status_code == 400, data


def test_a_work_of_one_record_offers_nothing_to_do(several, as_):
    page = tree(as_(several, "lib").get(cluster(several, "echo")))
    assert not page.xpath("//form[.//button[@name='act']]")


def test_one_record_is_split_off_from_there(several, as_):
    client = as_(several, "lib")
    (form,) = tree(client.get(cluster(several, "golf"))).xpath("//form[contains(@action, '/split/')]")
    assert form.xpath(".//button/@aria-label") == ["Split off: the record of Third Index"]
    response = client.post(form.get("action"), follow=True)
    assert "Split off. The two are remembered as different." in words(response)
    assert len(homes(several, "golf")) == 2


# --- acts ----------------------------------------------------------------------------------------------------------
def test_the_acts_are_those_of_people_in_this_review(several, foreign, as_):
    theirs = actions.join(
        by=foreign.people["eve"],
        library=foreign.library,
        into=foreign.works["golf"],
        others=[foreign.works["hotel"]],
        **UP,
    )
    client = as_(several, "lib")
    page = client.get(place(several, "acts/"))
    assert tree(page).xpath("//input[@name='act']/@value") == [str(several.by_hand)]
    assert "Eve" not in words(page)
    response = client.post(place(several, "acts/back/"), {"act": theirs}, follow=True)
    assert "Taken back" not in words(response)
    assert Joining.objects.filter(act=theirs, undone_at=None).exists()
    for nonsense in ("", "x", "9" * 40):
        assert client.post(place(several, "acts/back/"), {"act": nonsense}).status_code == 400
    response = client.post(place(several, "acts/back/"), {"act": uuid.uuid4()}, follow=True)
    assert "It was taken back already" in words(response)
    assert "Nobody has joined or parted works yet" not in words(page)


def test_only_the_latest_of_two_acts_on_one_record_can_be_taken_back(several, as_):
    client = as_(several, "lib")
    press(client, several, "bravo", "apart")
    response = client.post(place(several, "acts/back/"), {"act": several.by_hand}, follow=True)
    assert "joined or parted again since" in words(response)


# --- an import's ---------------------------------------------------------------------------------------------------
def test_an_imports_joins_are_taken_apart_from_its_page_and_taken_back(several, as_):
    client, dump = as_(several, "lib"), several.dump
    url = f"/reviews/{several.review.pk}/dumps/{dump.pk}/undo/"
    page = client.get(url)
    assert "2 works hold records of this import and of others." in words(page)
    assert tree(page).xpath("//button[@name='act' and @value='apart']")
    response = client.post(url, {"act": "apart"}, follow=True)
    assert "Its joins are being taken apart. “Duplicates, By hand” takes that back." in words(response)
    act = several.library.jobs.get(kind=parting.PART).checkpoint["act"]
    response = client.post(place(several, "acts/back/"), {"act": act}, follow=True)
    assert "It is still being done." in words(response)
    worlds.read_all(several.library)
    assert len(homes(several, "golf")) == len(homes(several, "hotel")) == 2
    assert Dump.objects.get(pk=dump.pk).undone_at is None
    assert "Take its joins apart" not in words(client.get(url))
    assert "there is nothing to take apart" in words(client.post(url, {"act": "apart"}, follow=True))
    assert "2 records moved" in words(client.get(place(several, "acts/")))
    client.post(place(several, "acts/back/"), {"act": act})
    assert homes(several, "golf") == {several.works["golf"].pk}


def test_an_import_that_is_still_read_keeps_its_joins(several, as_):
    several.dump.jobs.update(state="running")
    response = as_(several, "lib").post(
        f"/reviews/{several.review.pk}/dumps/{several.dump.pk}/undo/", {"act": "apart"}, follow=True
    )
    assert "It is still being read." in words(response)
    assert not several.library.jobs.filter(kind=parting.PART).exists()


def test_what_an_import_would_lose_stands_in_the_list_and_not_in_the_status_line(world, as_, monkeypatch):
    monkeypatch.setattr(undoing, "TOLD", [lambda _member, _dump: ["Three excerpts stand on it."]])
    dump = world.library.dumps.earliest("pk")
    page = as_(world, "lib").get(f"/reviews/{world.review.pk}/dumps/{dump.pk}/undo/").content.decode()
    assert re.search(r'<p class="told"[^>]*></p>', page)
    assert page.count("Three excerpts stand on it.") == 1
