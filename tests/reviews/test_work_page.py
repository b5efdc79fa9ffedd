"""The page of a work: what it shows field by field and from where, other values a click away, and who may choose them."""

import re

import pytest
from lxml import html

from records import actions, choosing
from records.models import Choice, Record, Work
from reviews.settling import InReviews
from tests import world as worlds

EVIL = '<script>alert("here")</script>{{ 7|add:7 }}" onmouseover="x'
OTHER = "Walking groups, led by those who were patients of a pain clinic"


@pytest.fixture
def two(world):
    """Alpha with a second record that states other values, and keywords that the first lacks."""
    text = worlds.ris_entry("alpha", title=OTHER, PY="2012", JO="J Imag Care", AB="", KW="pain; walking")
    worlds.import_text(world.review, world.people["ann"], text, source="Third Index")
    other = Record.objects.get(library=world.library, search__source="Third Index").work
    if other != world.works["alpha"]:
        actions.join(
            by=world.people["lib"],
            library=world.library,
            into=world.works["alpha"],
            others=[other],
            upstairs=InReviews(),
        )
    return world


def place(world, rest="", name="alpha"):
    return f"/reviews/{world.review.pk}/works/{world.works[name].pk}/{rest}"


def words(node):
    return re.sub(r"\s+", " ", node.text_content()).strip()


def shown(client, world, name="alpha"):
    """The part of the page that says what the work shows: the field's name and its row."""
    tree = html.fromstring(client.get(place(world, name=name)).content.decode())
    return {words(each.find("dt")): each for each in tree.xpath("//div[@class='part']")}


def value(row):
    return words(row.xpath(".//p[@class='value']")[0])


def press(client, form, **more):
    """Send a form of the page as a browser would."""
    data = {each.get("name"): each.get("value") for each in form.xpath(".//input[@name]")}
    return client.post(form.get("action"), data | more, follow=True)


def told(response):
    return words(html.fromstring(response.content.decode()).xpath("//main")[0])


def third():
    return Record.objects.get(search__source="Third Index")


def test_every_field_says_from_where_it_comes(two, as_):
    rows = shown(as_(two, "obs"), two)
    assert value(rows["Title"]) == worlds.SUBJECTS["alpha"] and "Fictional Index" in words(rows["Title"])
    assert "the record shown has none" not in words(rows["Title"])
    assert value(rows["Keywords"]) == "pain; walking"
    assert "Third Index · the record shown has none" in words(rows["Keywords"])
    assert "1 other value" in words(rows["Year"]) and "2012 Third Index" in words(rows["Year"])
    assert "other value" not in words(rows["DOI"]), "both state the same"
    assert "PMID" not in rows, "a field that nobody states"


def test_another_records_value_is_chosen_shown_with_who_and_taken_back(two, as_):
    client = as_(two, "lib")
    row = shown(client, two)["Title"]
    (form,) = row.xpath(".//ul[@class='variants']//form")
    assert form.xpath(".//button/@aria-label") == ["Show this: Title of Third Index"]
    response = press(client, form)
    assert response.redirect_chain[-1][0] == place(two) + "#shown"
    assert "The work shows it now. Its records stay as they came." in told(response)
    row = shown(client, two)["Title"]
    assert value(row) == OTHER and "Third Index, chosen by Lib," in words(row)
    assert Work.objects.get(pk=two.works["alpha"].pk).title == OTHER
    (back,) = row.xpath(".//form[contains(@action, 'shown/back')]")
    assert back.xpath(".//button/@aria-label") == ["Take the choice back: Title"]
    response = press(client, back)
    assert "Taken back. The fullest record speaks for this field again." in told(response)
    assert value(shown(client, two)["Title"]) == worlds.SUBJECTS["alpha"]
    assert "Nobody chose that field" in told(press(client, back))


def test_a_value_is_written_in_the_field_and_remembered_with_its_writer(two, as_):
    client = as_(two, "ann")
    (form,) = shown(client, two)["Authors"].xpath(".//form[.//textarea]")
    assert form.xpath(".//textarea")[0].text_content().strip() == "Alphason, Rae"
    press(client, form, text="Alphason, Rae\r\nLi, Bo")
    row = shown(client, two)["Authors"]
    assert value(row) == "Alphason, Rae; Li, Bo" and "written by Ann," in words(row)
    assert "Alphason, Rae Fictional Index, Second Index, Third Index" in words(row), (
        "what the records state is a variant"
    )
    press(client, form, text="Only, One")
    page = told(client.get(place(two)))
    history = page[page.index("History of these choices") :]
    assert re.search(r"Authors: Only, One Ann · .*Authors: Alphason, Rae; Li, Bo Ann · [^·]* · no longer", history)


def test_what_no_record_states_can_be_written_by_those_who_may(world, as_):
    client = as_(world, "lib")
    row = shown(client, world, "bravo")["PMID"]
    assert value(row) == "empty"
    press(client, row.xpath(".//form")[0], text="12345678")
    assert value(shown(as_(world, "obs"), world, "bravo")["PMID"]) == "12345678"


def test_no_value_is_said_in_words(two, as_):
    client = as_(two, "lib")
    for data in ({"field": "year", "text": "soon"}, {"field": "abstract", "record": third().pk}):
        response = client.post(place(two, "shown/"), data, follow=True)
        assert "That is no value for this field. Nothing was changed." in told(response)
    assert not Choice.objects.exists()


def test_what_makes_no_sense_is_refused(two, as_):
    client = as_(two, "lib")
    for data in ({}, {"field": "title"}, {"field": "raw", "record": third().pk}, {"field": "title\0", "text": "x"}):
        assert client.post(place(two, "shown/"), data).status_code == 400, data
    for field in ("", "raw", "title\0"):
        assert client.post(place(two, "shown/back/"), {"field": field}).status_code == 400, field
    assert not Choice.objects.exists()


def test_a_record_of_another_work_or_review_is_not_there(two, foreign, as_):
    client = as_(two, "lib")
    for record in (two.works["bravo"].lead_id, foreign.works["golf"].lead_id, 0, "9" * 18):
        response = client.post(place(two, "shown/"), {"field": "title", "record": record})
        assert response.status_code == 404, record
    url = f"/reviews/{two.review.pk}/works/{foreign.works['golf'].pk}/shown/"
    assert client.post(url, {"field": "title", "text": "x"}).status_code == 404
    assert not Choice.objects.exists()


def test_a_work_that_was_joined_elsewhere_meanwhile_takes_nothing(two, as_):
    actions.join(
        by=two.people["lib"],
        library=two.library,
        into=two.works["golf"],
        others=[two.works["hotel"]],
        upstairs=InReviews(),
    )
    response = as_(two, "lib").post(place(two, "shown/", "hotel"), {"field": "title", "text": "x"}, follow=True)
    assert response.status_code == 200 and "Nothing was changed" in told(response)


def test_only_who_may_join_works_is_offered_to_choose(two, as_):
    choosing.choose(by=two.people["lib"], library=two.library, record=third(), name="title")
    for who, may in {"ann": True, "lib": True, "bo": False, "cy": False, "obs": False}.items():
        client = as_(two, who)
        forms = [form for row in shown(client, two).values() for form in row.xpath(".//form")]
        assert bool(forms) is may, who
        assert value(shown(client, two)["Title"]) == OTHER
        response = client.post(place(two, "shown/"), {"field": "year", "text": "1999"})
        assert response.status_code == (302 if may else 403), who


def test_what_records_state_and_people_write_is_only_text(two, as_):
    Record.objects.filter(pk=third().pk).update(title=EVIL, authors=[EVIL], journal=EVIL, doi=EVIL)
    client = as_(two, "lib")
    client.post(place(two, "shown/"), {"field": "title", "record": third().pk})
    client.post(place(two, "shown/"), {"field": "volume", "text": EVIL})
    client.post(place(two, "shown/"), {"field": "keywords", "text": EVIL + "\n</textarea><script>x</script>"})
    two.people["lib"].name = EVIL
    two.people["lib"].save()
    for who in ("lib", "obs"):
        page = as_(two, who).get(place(two)).content.decode()
        tree = html.fromstring(page)
        assert not tree.xpath("//script[not(@src)]") and not tree.xpath("//*[@onmouseover]")
        assert "{{ 7|add:7 }}" in page and "chosen by &lt;script&gt;" in page


def test_an_endless_value_is_no_text_for_a_form(two, as_):
    Record.objects.filter(work=two.works["alpha"]).update(
        keywords=[f"a keyword of some length, {n}" for n in range(40_000)]
    )
    answer = as_(two, "lib").get(place(two))
    assert answer.status_code == 200
    assert len(answer.content) < 200_000
