"""The library: lists behind numbers, a search, pages by key; and one work with its records. What was imported is only text."""

import re

import pytest
from lxml import html

from records import actions as found
from records.models import Match, Record, Work
from reviews import actions, lists
from reviews.models import StageName
from reviews.settling import InReviews
from tests import world as worlds

HTMX = {"hx-request": "true"}
EVIL = '<script>alert("here")</script><b hx-get="/evil" hx-trigger="load">bold</b> {{ 7|add:7 }} onmouseover="x"'


def place(world, rest="library/"):
    return f"/reviews/{world.review.pk}/{rest}"


def work_place(world, work="alpha"):
    return place(world, f"works/{world.works[work].pk}/")


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode().split("<main", 1)[-1].split("</main>")[0])


def titles(answer):
    """The titles in the list shown, in their order."""
    rows = html.fromstring(answer.content.decode()).xpath("//ol[@class='work-list']/li")
    return [row.xpath(".//a")[0].text_content() for row in rows]


def names(world, answer):
    by_subject = {subject: name for name, subject in worlds.SUBJECTS.items()}
    return [by_subject[title] for title in titles(answer)]


# Lists


def test_all_works_in_the_order_of_the_queue(world, as_):
    answer = as_(world, "ann").get(place(world))
    assert names(world, answer) == list(worlds.NAMES)
    assert "All works" in text_of(answer)
    assert "2 records" in text_of(answer)


def test_every_named_list_opens_with_its_words_and_its_length(world, as_):
    client = as_(world, "ann")
    for name in [*lists.LISTS, "reason-databases-0", "kind-other-website"]:
        answer = client.get(place(world) + f"?list={name}")
        assert answer.status_code == 200
        total = answer.context["total"]
        assert f'{lists.named(name, world.members["ann"]).words} <span class="badge">{total}</span>' in text_of(answer)
        assert len(titles(answer)) == total, name
        assert ("This list is empty." in text_of(answer)) == (total == 0)


def test_the_records_of_one_search(world, as_):
    search = world.library.searches.get(source="Second Index")
    answer = as_(world, "obs").get(place(world) + f"?list=search-{search.pk}")
    assert (names(world, answer), answer.context["total"]) == (["alpha"], 1)


def test_an_unknown_list_is_not_there(world, as_):
    client, far = as_(world, "ann"), "9" * 5000
    for name in (
        "nonsense",
        "",
        "\0",
        "search-",
        "search-x",
        "search-²",
        f"search-{far}",
        "reason-other-x",
        "kind-databases-moon",
    ):
        assert client.get(place(world), {"list": name}).status_code == 404, name


def test_a_foreign_search_is_an_empty_list(world, foreign, as_):
    search = foreign.library.searches.get()
    answer = as_(world, "ann").get(place(world) + f"?list=search-{search.pk}")
    assert (answer.status_code, answer.context["total"]) == (200, 0)


def test_while_blinded_a_list_is_made_of_own_decisions_and_says_so(world, as_):
    for who, right in {"ann": ["alpha", "bravo", "charlie"], "bo": ["alpha"], "lib": []}.items():
        answer = as_(world, who).get(place(world) + "?list=sought-databases")
        assert names(world, answer) == right, who
        assert "made of your own decisions" in text_of(answer)
    actions.unblind(member=world.members["ann"], stage=StageName.TITLE_ABSTRACT)
    answer = as_(world, "lib").get(place(world) + "?list=sought-databases")
    assert names(world, answer) == ["alpha"]
    assert "made of your own decisions" not in text_of(answer)


# Searching and paging


FOUND = {
    "walking groups": ["alpha"],
    "WALKING": ["alpha"],
    "hospice clean": ["echo"],  # the last word may be a beginning
    "charlie fictional": ["charlie"],  # stands in the abstract
    "echoson": ["echo"],  # an author
    "walking hospice": [],
    "zebra": [],
}


def test_a_search_finds_what_holds_all_the_words(world, as_):
    client = as_(world, "ann")
    for q, right in FOUND.items():
        answer = client.get(place(world), {"q": q})
        assert names(world, answer) == right
        assert f"Words: {q}" in text_of(answer) or f"words: {q}" in text_of(answer)


def test_a_search_stays_inside_its_list_and_its_review(world, foreign, as_):
    answer = as_(world, "ann").get(place(world), {"q": "walking", "list": "records"})
    assert names(world, answer) == ["alpha", "alpha"]
    answer = as_(world, "bo").get(place(world), {"q": "telephone", "list": "sought-databases"})
    assert names(world, answer) == []
    assert titles(as_(foreign, "eve").get(f"/reviews/{foreign.review.pk}/library/?q=walking")) == []


def test_no_search_breaks_the_page(world, as_):
    client = as_(world, "ann")
    for q in (
        '"',
        "'; DROP TABLE records_work; --",
        "AND OR NOT *",
        "(:* & !",
        "\0",
        "a\0b",
        "%",
        "同伴",
        "&lt;",
        "x " * 200,
    ):
        assert client.get(place(world), {"q": q}).status_code == 200, q


def test_a_long_list_comes_in_pages_and_each_work_once(world, as_, monkeypatch):
    monkeypatch.setattr("records.queries.PAGE", 3)
    client, seen, address = as_(world, "ann"), [], place(world)
    for _ in range(3):
        answer = client.get(address)
        seen += names(world, answer)
        if answer.context["next"]:
            address = place(world) + f"?page={answer.context['next']}"
            assert f'"?page={answer.context["next"]}" rel="next"' in answer.content.decode()
    assert seen == list(worlds.NAMES)
    assert answer.context["next"] is None
    assert "First page" in text_of(answer)


def test_the_last_full_page_has_no_next(world, as_, monkeypatch):
    monkeypatch.setattr("records.queries.PAGE", 8)
    assert as_(world, "ann").get(place(world)).context["next"] is None


def test_records_are_paged_by_their_own_key(world, as_, monkeypatch):
    monkeypatch.setattr("records.queries.PAGE", 5)
    first = as_(world, "ann").get(place(world) + "?list=records")
    second = as_(world, "ann").get(place(world) + f"?list=records&after={first.context['next']}")
    assert names(world, first) + names(world, second) == [*worlds.NAMES, "alpha"]


def test_a_strange_place_to_go_on_from_breaks_nothing(world, as_):
    client = as_(world, "ann")
    for after in ("x", "-1", "²", "\0", "9" * 18, "9" * 30, "9" * 5000):
        for name in ("works", "records", "rejected"):
            assert client.get(place(world), {"list": name, "after": after}).status_code == 200, (name, after)


# One work


def test_a_work_shows_each_of_its_records_as_it_came(world, as_):
    page = text_of(as_(world, "ann").get(work_place(world)))
    assert "2 records, joined" in page
    assert "Fictional Index" in page and "Second Index" in page
    assert page.count("As it came") == 2
    assert '<td class="num">2</td><td><code>TI</code></td><td>Walking groups led by' in page


def test_own_decisions_only_until_the_unblinding(world, as_):
    page = text_of(as_(world, "bo").get(work_place(world, "bravo")))
    assert "Your decisions" in page and "Wrong sample or population" in page and "<strong>Ann</strong>" not in page
    assert "decisions" not in text_of(as_(world, "lib").get(work_place(world, "bravo"))).lower()
    actions.unblind(member=world.members["ann"], stage=StageName.TITLE_ABSTRACT)
    page = text_of(as_(world, "bo").get(work_place(world, "bravo")))
    assert "<strong>Ann</strong>" in page and "<strong>Bo</strong>" in page
    assert "<strong>" not in text_of(as_(world, "lib").get(work_place(world, "bravo")))


def test_related_works_are_linked(world, as_):
    a, b = (Record.objects.filter(work=world.works[name]).first() for name in ("golf", "hotel"))
    match = Match.objects.create(library=world.library, record_a=a, record_b=b, score=0, probability=0.5, band="look")
    found.answer(by=world.people["ann"], match=match, answer="related", upstairs=InReviews())
    for one, other in (("golf", "hotel"), ("hotel", "golf")):
        page = text_of(as_(world, "ann").get(work_place(world, one)))
        assert "Related works" in page and f'href="{work_place(world, other)}"' in page


def test_a_work_joined_elsewhere_opens_where_its_records_are_now(world, as_):
    found.join(
        by=world.people["ann"], library=world.library, into=world.works["golf"], others=[world.works["hotel"]],
        upstairs=InReviews(),
    )  # fmt: skip
    answer = as_(world, "ann").get(work_place(world, "hotel"))
    assert answer.status_code == 200
    assert answer.context["card"].work == world.works["golf"]
    assert "2 records, joined" in text_of(answer)


def test_a_work_that_is_not_there(world, as_):
    client = as_(world, "ann")
    for number in ("0", "999999", "9" * 18, "9" * 30):
        assert client.get(place(world, f"works/{number}/")).status_code == 404, number
        assert client.get(f"/reviews/{number}/").status_code == 404, number


# What was imported is only text


@pytest.fixture
def evil(world):
    """A record whose every field tries to be markup; some of it past the cleaning, as an older rule might have left it."""
    dump = worlds.import_text(
        world.review, world.people["ann"], worlds.ris_entry("alpha", title=EVIL, AU=EVIL, JO=EVIL, AB=EVIL, DO="", N1=EVIL, KW=EVIL),
        source=EVIL,
    )  # fmt: skip
    record = dump.records.get()
    Record.objects.filter(pk=record.pk).update(
        title=EVIL, authors=[EVIL], journal=EVIL, abstract=EVIL, keywords=[EVIL], language='"><script>', notices=[EVIL],
        pages=EVIL, volume=EVIL, doi=EVIL, alt_titles=[{"title": EVIL, "language": '"onclick="x'}],
    )  # fmt: skip
    Work.objects.filter(pk=record.work_id).update(title=EVIL)
    world.works["evil"] = Work.objects.get(pk=record.work_id)
    for who, verdict in (("ann", "include"), ("bo", "exclude")):
        world.decide(who, "evil", verdict)
    other = Record.objects.exclude(pk=record.pk).order_by("pk").first()
    Match.objects.create(
        library=world.library, record_a=other, record_b=record, score=0, probability=0.9, band="look", open=True,
        reasons=[[EVIL, 1.0]], veto=EVIL,
    )  # fmt: skip
    return world


def test_a_records_markup_is_shown_as_text_on_every_page(evil, as_):
    client = as_(evil, "cy")
    owner = as_(evil, "ann")
    record = evil.works["evil"].records.get()
    places = [
        (client, f"works/{evil.works['evil'].pk}/"), (client, f"screen/title-abstract/?work={evil.works['evil'].pk}"),
        (client, f"conflicts/title-abstract/?work={evil.works['evil'].pk}"), (client, "library/"),
        (client, "library/?list=records"), (owner, f"dumps/{record.dump_id}/"), (owner, "import/"), (owner, "duplicates/"),
    ]  # fmt: skip
    for who, rest in places:
        for headers in ({}, HTMX):
            page = who.get(place(evil, rest), headers=headers).content.decode()
            assert "&lt;script&gt;alert(&quot;here&quot;)&lt;/script&gt;&lt;b hx-get=&quot;/evil&quot;" in page, rest
            tree = html.fromstring(page)
            assert not tree.xpath("//script[not(@src)]"), rest
            assert not tree.xpath("//*[@hx-get='/evil' or @onmouseover or @onclick]"), rest
            assert "{{ 7|add:7 }}" in page and "> 14 " not in page, rest


def test_the_raw_lines_of_a_record_stand_there_word_for_word_as_text(evil, as_):
    tree = html.fromstring(as_(evil, "cy").get(work_place(evil, "evil")).content.decode())
    rows = [[cell.text_content() for cell in row] for row in tree.xpath("//table[@class='raw']/tbody/tr")]
    assert ["TI", EVIL] in [row[1:] for row in rows]
    assert ["AB", EVIL] in [row[1:] for row in rows]
