"""The coding page: choose words, give them a code, take it back; and what nobody else may learn from it."""

import uuid

import lxml.html
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records.actions import text_of
from reviews import actions as decisions
from reviews.models import StageName
from tests.themes.conftest import masked, posted, span_of
from themes import actions, queries
from themes.models import Code, Coding, Excerpt

HEARD, BACK = "being heard", "giving back"
HTMX = {"HX-Request": "true"}


def page(world, work="alpha"):
    return reverse("themes:code", args=[world.review.pk, world.works[work].pk])


def remove(world, coding):
    return reverse("themes:uncode", args=[world.review.pk, coding.pk])


def undo(world):
    return reverse("themes:code-undo", args=[world.review.pk])


# --- who may
@pytest.mark.parametrize(("who", "status"), [("ann", 200), ("bo", 200), ("lib", 403), ("obs", 403), ("sam", 404)])
def test_who_may_code(world, as_, who, status):
    assert as_(world, who).get(page(world)).status_code == status


def test_eve_finds_nothing(world, foreign, as_, coded):
    coding = coded("ann", "alpha", HEARD, "Voice")
    client = as_(foreign, "eve")
    assert client.get(page(world)).status_code == 404
    assert client.post(page(world), posted(world, "alpha", HEARD, name="Eve")).status_code == 404
    assert client.post(remove(world, coding)).status_code == 404
    assert client.post(undo(world)).status_code == 404


def test_another_reviews_ids_find_nothing(world, foreign, as_):
    client, eve = as_(world, "ann"), foreign.members["eve"]
    theirs = actions.code_span(member=eve, name="Eve's", **span_of(foreign, "golf", HEARD))
    assert client.get(reverse("themes:code", args=[world.review.pk, foreign.works["golf"].pk])).status_code == 404
    assert client.post(reverse("themes:uncode", args=[world.review.pk, theirs.pk])).status_code == 404
    for foreign_id in (
        {"text": str(theirs.excerpt.text_id)},
        {"code": str(theirs.code_id)},
        {"code": str(uuid.uuid4())},
    ):
        data = {**posted(world, "alpha", HEARD, name="Mine"), **foreign_id}
        assert client.post(page(world), data).status_code == 404
    assert list(Coding.objects.all()) == [theirs]


def test_a_text_of_another_work_finds_nothing(world, as_):
    data = posted(world, "bravo", HEARD, name="Voice")
    assert as_(world, "ann").post(page(world, "alpha"), data).status_code == 404


def test_acts_are_posts(world, as_, coded):
    client = as_(world, "ann")
    assert client.get(undo(world)).status_code == 405
    assert client.get(remove(world, coded("ann", "alpha", HEARD, "Voice"))).status_code == 405
    assert client.put(page(world)).status_code == 405


# --- the page
def test_every_character_stands_in_a_run_with_its_place(world, as_, coded):
    coded("ann", "alpha", "two themes were identified: being heard", "Voice")
    coded("ann", "alpha", "being heard, and giving back", "Trust")
    body = span_of(world, "alpha", HEARD)["text"].body
    tree = lxml.html.fromstring(as_(world, "ann").get(page(world)).content)
    (text,) = tree.xpath("//*[@data-text]")
    runs = text.xpath(".//*[@data-o]")
    assert "".join(run.text or "" for run in runs) == body
    at = 0
    for run in runs:
        assert int(run.get("data-o")) == at
        at += len(run.text)
    both = next(run for run in runs if run.text == HEARD)
    assert both.get("class") == "run l1-c1 l2-c2"
    assert both.get("title") == "Voice; Trust"
    for sentence in text.xpath(".//*[@data-start]"):
        start, end = int(sentence.get("data-start")), int(sentence.get("data-end"))
        assert body[start:end] == "".join(sentence.xpath(".//*[@data-o]/text()"))


def test_without_a_script_a_sentence_is_chosen_by_its_link(world, as_):
    client = as_(world, "ann")
    span = span_of(world, "alpha", "we interviewed 11 people.")
    address = f"?start={span['start']}&amp;end={span['end']}#side"
    html = client.get(page(world)).content.decode()
    assert f'<noscript> <a class="pick" href="{address}" aria-label="Choose sentence 2">' in html
    html = client.get(page(world), {"start": span["start"], "end": span["end"]}).content.decode()
    assert f'name="quote" value="{span["quote"]}"' in html
    assert f'name="start" value="{span["start"]}"' in html


@pytest.mark.parametrize(
    "query", ["start=5&end=5", "start=9&end=2", "start=0&end=99999999999", "start=x&end=", "start=-1&end=3"]
)
def test_an_address_that_chooses_nothing_chooses_nothing(world, as_, query):
    html = as_(world, "ann").get(page(world) + "?" + query).content.decode()
    assert 'name="quote" value=""' in html


def test_the_first_nine_codes_have_a_key(world, as_):
    for n in range(11):
        actions.create_code(member=world.members["bo"], name=f"code {n}")
    html = as_(world, "ann").get(page(world)).content.decode()
    keys = [f'data-key="{n}"' in html for n in range(1, 10)]
    assert all(keys)
    assert html.count('class="code-button"') == 11


def test_a_retired_code_leaves_the_palette_and_stays_in_the_list(world, as_, coded):
    coding = coded("ann", "alpha", HEARD, "Voice")
    actions.retire_code(member=world.members["ann"], code=coding.code)
    html = as_(world, "ann").get(page(world)).content.decode()
    assert "code-button" not in html
    assert "<strong>Voice</strong>" in html


def test_the_neighbours_are_included_works(world, as_):
    html = as_(world, "ann").get(page(world, "bravo")).content.decode()
    assert f'rel="prev" href="{page(world, "alpha")}"' in html
    assert f'rel="next" href="{page(world, "charlie")}"' in html
    assert "2 of 3 works to code" in html


def test_a_work_that_is_not_included_says_so(world, as_):
    client = as_(world, "ann")
    response = client.get(page(world, "delta"))
    assert response.status_code == 200
    assert "not included now" in response.content.decode()
    assert "data-text" not in response.content.decode()
    response = client.post(page(world, "delta"), posted(world, "delta", HEARD, name="Voice"))
    assert response.status_code == 409
    assert not Coding.objects.exists()


# --- acts
def test_words_get_a_new_code_and_the_page_comes_back_with_them_chosen(world, as_):
    data = posted(world, "alpha", HEARD, name="Voice")
    response = as_(world, "ann").post(page(world), data)
    assert response.status_code == 302
    assert response["Location"] == f"{page(world)}?start={data['start']}&end={data['end']}"
    assert Coding.objects.get().code.name == "Voice"


def test_htmx_gets_the_parts_that_changed(world, as_, coded):
    code = coded("ann", "alpha", BACK, "Voice").code
    data = posted(world, "alpha", HEARD, code=str(code.pk))
    response = as_(world, "ann").post(page(world), data, headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 200
    assert html.lstrip().startswith('<div class="coding-side" id="side">')
    assert 'id="text" hx-swap-oob="outerHTML"' in html
    assert "Coded: Voice. Z undoes.</div>" in html
    assert "<html" not in html
    assert Code.objects.count() == 1


def test_a_named_code_wins_over_a_written_name(world, as_, coded):
    code = coded("ann", "alpha", BACK, "Voice").code
    as_(world, "ann").post(page(world), posted(world, "alpha", HEARD, code=str(code.pk), name="half-writ"))
    assert {coding.code for coding in Coding.objects.all()} == {code}


def test_line_ends_of_a_form_are_no_difference(world, as_):
    span = span_of(world, "alpha", HEARD)
    record = span["text"].record
    record.abstract = "One line.\nAnother line."
    text = text_of(record)
    data = {"text": str(text.pk), "start": 4, "end": 17, "quote": "line.\r\nAnother", "name": "Voice"}
    assert as_(world, "ann").post(page(world), data).status_code == 302
    assert Excerpt.objects.get().quote == "line.\nAnother"


@pytest.mark.parametrize("change", [{"quote": "being hears"}, {"start": 0}, {"end": 100000}, {"quote": " being heard"}])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_words_that_differ_are_refused_and_nothing_is_stored(world, as_, change, headers):
    data = {**posted(world, "alpha", HEARD, name="Voice"), **change}
    response = as_(world, "ann").post(page(world), data, headers=headers)
    assert response.status_code == 409
    assert "Nothing was stored" in response.content.decode()
    assert not (Coding.objects.exists() or Excerpt.objects.exists() or Code.objects.exists())


@pytest.mark.parametrize(
    "change", [{"start": "", "end": "", "quote": ""}, {"start": "x"}, {"text": "x"}, {"code": "x"}, {"name": ""}]
)
def test_a_press_without_words_or_code_says_what_is_missing(world, as_, change):
    data = {**posted(world, "alpha", HEARD, name="Voice"), **change}
    response = as_(world, "ann").post(page(world), data)
    assert response.status_code == 400
    assert 'id="side"' in response.content.decode()
    assert not Coding.objects.exists()


def test_a_retired_code_is_refused(world, as_):
    code = actions.create_code(member=world.members["bo"], name="Voice")
    actions.retire_code(member=world.members["bo"], code=code)
    response = as_(world, "ann").post(page(world), posted(world, "alpha", HEARD, code=str(code.pk)))
    assert response.status_code == 409
    assert not Coding.objects.exists()


def test_a_coding_is_removed(world, as_, coded):
    coding = coded("ann", "alpha", HEARD, "Voice")
    client = as_(world, "ann")
    response = client.post(remove(world, coding), headers=HTMX)
    assert "Taken back: Voice.</div>" in response.content.decode()
    assert not queries.codings_of_work(world.members["ann"], world.works["alpha"])
    assert client.post(remove(world, coding)).status_code == 404


def test_undo_leads_to_the_words_taken_back(world, as_, coded):
    coding = coded("ann", "bravo", HEARD, "Voice")
    span = coding.excerpt
    place = f"{page(world, 'bravo')}?start={span.start}&end={span.end}"
    client = as_(world, "ann")
    response = client.post(undo(world), {"work": world.works["alpha"].pk}, headers=HTMX)
    assert response["HX-Redirect"] == place  # the page at hand shows another work
    coded("ann", "bravo", HEARD, "Voice")
    response = client.post(undo(world), {"work": world.works["bravo"].pk}, headers=HTMX)
    assert "Taken back: Voice.</div>" in response.content.decode()
    coded("ann", "bravo", HEARD, "Voice")
    assert client.post(undo(world))["Location"] == place
    assert client.post(undo(world))["Location"] == reverse("themes:themes", args=[world.review.pk])


# --- blinding
def test_while_blinded_a_member_sees_own_codings_only(world, as_, coded):
    coded("ann", "alpha", HEARD, "Voice")
    coded("bo", "alpha", BACK, "Voice")
    html = as_(world, "bo").get(page(world)).content.decode()
    assert html.count("<mark") == 1
    assert HEARD not in html.partition('class="codings"')[2]
    assert "Your codings of this text" in html


def test_anothers_coding_is_not_found_while_blinded(world, as_, coded):
    coding = coded("ann", "alpha", HEARD, "Voice")
    assert as_(world, "bo").post(remove(world, coding)).status_code == 404


def test_once_all_is_open_everybody_sees_whose_coding_it_is(unblinded, as_, coded):
    coding = coded("ann", "alpha", HEARD, "Voice")
    client = as_(unblinded, "bo")
    html = client.get(page(unblinded)).content.decode()
    assert '<span class="quiet">Ann</span>' in html
    assert remove(unblinded, coding) not in html
    assert client.post(remove(unblinded, coding)).status_code == 403


def test_one_blinded_stage_keeps_codings_apart(world, as_, coded):
    coded("ann", "alpha", HEARD, "Voice")
    decisions.unblind(member=world.members["ann"], stage=StageName.TITLE_ABSTRACT)
    html = as_(world, "bo").get(page(world)).content.decode()
    assert "<mark" not in html


def test_whatever_another_member_codes_a_blinded_members_pages_are_the_same(world, as_, coded):
    """Codes and themes are the review's, so they are made first; then ann codes, and bo learns nothing of it."""
    bo, ann = as_(world, "bo"), world.members["ann"]
    coded("bo", "alpha", HEARD, "Voice")
    code = actions.create_code(member=ann, name="Trust")
    theme = actions.create_theme(member=ann, name="Voices")
    for each in Code.objects.all():
        actions.put_code(member=ann, theme=theme, code=each)
    base = reverse("themes:themes", args=[world.review.pk])
    pages = [
        base,
        base + "matrix/",
        base + "quotes/",
        page(world),
        f"{base}quotes/?theme={theme.pk}",
        f"{base}quotes/?code={code.pk}",
    ]
    again = posted(world, "alpha", HEARD, name="Voice")

    def seen():
        shown = [masked(bo.get(address)) for address in pages]
        return [*shown, masked(bo.post(page(world), again, headers=HTMX))]

    before = seen()
    coded("ann", "alpha", HEARD, "Voice")  # the very words of bo
    coded("ann", "alpha", "themes were identified: being", "Trust")
    coded("ann", "charlie", BACK, "Trust")
    assert seen() == before


# --- size
def test_as_many_queries_for_many_codings_as_for_few(unblinded, as_, coded):
    client = as_(unblinded, "ann")
    coded("ann", "alpha", HEARD, "Voice")

    def count():
        with CaptureQueriesContext(connection) as made:
            assert client.get(page(unblinded)).status_code == 200
        return len(made)

    few = count()
    body = span_of(unblinded, "alpha", HEARD)["text"].body
    for n in range(30):
        coded("bo" if n % 2 else "ann", "alpha", body[: n + 5], f"code {n % 12}")
    assert count() == few
