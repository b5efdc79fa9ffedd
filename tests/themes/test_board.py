"""The board: codes, themes, what is put where, and the works to code."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from themes import actions, queries
from themes.models import Code, Theme, ThemeCode

HEARD, BACK = "being heard", "giving back"
HTMX = {"HX-Request": "true"}


def at(world, name="themes", *ids):
    return reverse(f"themes:{name}", args=[world.review.pk, *ids])


@pytest.fixture
def voices(world, coded):
    """A theme with one of two codes."""
    ann = world.members["ann"]
    coded("ann", "alpha", HEARD, "Voice")
    coded("ann", "alpha", BACK, "Trust")
    theme = actions.create_theme(member=ann, name="Voices", statement="They speak.")
    actions.put_code(member=ann, theme=theme, code=Code.objects.get(name="Voice"))
    return theme


# --- who may
@pytest.mark.parametrize(("who", "status"), [("ann", 200), ("cy", 200), ("lib", 403), ("obs", 403), ("sam", 404)])
def test_who_may_see_the_board(world, as_, who, status):
    assert as_(world, who).get(at(world)).status_code == status


def test_eve_finds_nothing(world, foreign, as_, voices):
    client, code = as_(foreign, "eve"), Code.objects.first()
    assert client.get(at(world)).status_code == 404
    for address in (at(world, "codes"), at(world, "codes", code.pk), at(world, "theme"), at(world, "theme", voices.pk),
                    at(world, "theme-codes", voices.pk)):  # fmt: skip
        assert client.post(address, {"name": "Eve"}).status_code == 404
    assert not Code.objects.filter(name="Eve").exists()


def test_another_reviews_ids_find_nothing(world, foreign, as_, voices):
    client, eve = as_(world, "ann"), foreign.members["eve"]
    code, theme = actions.create_code(member=eve, name="Eve's"), actions.create_theme(member=eve, name="Eve's")
    own = Code.objects.get(name="Trust")
    assert client.post(at(world, "codes", code.pk), {"name": "Mine"}).status_code == 404
    assert client.post(at(world, "codes", code.pk), {"retire": "yes"}).status_code == 404
    assert client.post(at(world, "theme", theme.pk), {"name": "Mine"}).status_code == 404
    assert client.post(at(world, "theme-codes", theme.pk), {"code": own.pk}).status_code == 404
    assert client.post(at(world, "theme-codes", voices.pk), {"code": [own.pk, code.pk]}).status_code == 404
    assert client.post(at(world, "theme-codes", voices.pk), {"take": code.pk}).status_code == 404
    assert client.post(at(world, "theme-codes", voices.pk), {"code": uuid.uuid4()}).status_code == 404
    assert ThemeCode.objects.count() == 1
    assert set(Code.objects.filter(retired=False).values_list("name", flat=True)) == {"Voice", "Trust", "Eve's"}


def test_acts_are_posts(world, as_, voices):
    client, code = as_(world, "ann"), Code.objects.first()
    for address in (at(world, "codes"), at(world, "codes", code.pk), at(world, "theme"), at(world, "theme", voices.pk),
                    at(world, "theme-codes", voices.pk)):  # fmt: skip
        assert client.get(address).status_code == 405
    assert client.post(at(world)).status_code == 405


# --- the page
def test_an_empty_board_teaches(world, as_):
    html = as_(world, "cy").get(at(world)).content.decode()
    assert "No work to code yet" in html


def test_the_next_work_is_the_first_one_not_coded(world, as_, coded):
    coded("ann", "alpha", HEARD, "Voice")
    html = as_(world, "ann").get(at(world)).content.decode()
    assert "You coded 1 of 3 included works." in html
    assert f'class="button primary" href="{at(world, "code", world.works["bravo"].pk)}"' in html


def test_codes_stand_loose_until_they_have_a_place(world, as_, voices):
    board = queries.board(world.members["ann"])
    assert [code.name for code in board.loose] == ["Trust"]
    assert [code.name for code in board.placed] == ["Voice"]
    html = as_(world, "ann").get(at(world)).content.decode()
    loose, _, cards = html.partition('id="cards"')
    assert "Trust" in loose
    assert "They speak." in cards
    assert f"{at(world, 'quotes')}?theme={voices.pk}" in cards


def test_counts_are_of_distinct_excerpts(world, coded, voices):
    ann = world.members["ann"]
    coded("ann", "alpha", HEARD, "Trust")
    actions.put_code(member=ann, theme=voices, code=Code.objects.get(name="Trust"))
    board = queries.board(ann)
    assert {code.name: code.excerpts for code in board.codes} == {"Voice": 1, "Trust": 2}
    assert board.themes[0].excerpts == 2  # "being heard" has both codes and counts once


def test_works_to_code_say_own_and_all(unblinded, coded):
    coded("ann", "alpha", HEARD, "Voice")
    coded("bo", "alpha", HEARD, "Voice")
    coded("bo", "alpha", BACK, "Voice")
    (row,) = queries.works_to_code(unblinded.members["ann"])
    assert (row.own, row.shown) == (1, 2)


def test_works_to_code_come_in_pages(world, as_, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    client = as_(world, "ann")
    html = client.get(at(world)).content.decode()
    after = world.works["bravo"].rank
    assert f'rel="next" href="?after={after}#works-head"' in html
    html = client.get(at(world), {"after": after}).content.decode()
    assert at(world, "code", world.works["charlie"].pk) in html
    assert at(world, "code", world.works["bravo"].pk) not in html


def test_codings_in_a_work_excluded_since_are_kept_and_not_counted(world, coded, voices, as_):
    world.decide("ann", "alpha", "exclude", reason=world.reason("population"))
    ann = world.members["ann"]
    assert queries.progress(ann).resting == 2
    assert queries.board(ann).themes[0].excerpts == 0
    assert "kept and not counted" in as_(world, "ann").get(at(world)).content.decode()
    world.decide("ann", "alpha", "include")
    assert queries.board(ann).themes[0].excerpts == 1


# --- acts
def test_a_code_is_made_renamed_retired_and_offered_again(world, as_):
    client = as_(world, "ann")
    response = client.post(at(world, "codes"), {"name": "Voice", "definition": "To be heard"})
    code = Code.objects.get()
    assert response["Location"] == f"{at(world)}#code-{code.pk}"
    client.post(at(world, "codes", code.pk), {"name": "Being heard", "definition": "By others"})
    client.post(at(world, "codes", code.pk), {"retire": "yes", "name": "Being heard"})
    code.refresh_from_db()
    assert (code.name, code.definition, code.retired) == ("Being heard", "By others", True)
    assert "1 code no longer offered" in client.get(at(world)).content.decode()
    client.post(at(world, "codes", code.pk), {"revive": "yes"})
    code.refresh_from_db()
    assert not code.retired


def test_a_theme_is_made_changed_taken_off_and_brought_back(world, as_):
    client = as_(world, "bo")
    client.post(at(world, "theme"), {"name": "Voices"})
    theme = Theme.objects.get()
    assert theme.level == "descriptive"
    client.post(
        at(world, "theme", theme.pk), {"name": "Loud voices", "statement": "They speak.", "level": "analytical"}
    )
    client.post(at(world, "theme", theme.pk), {"retire": "yes"})
    theme.refresh_from_db()
    assert (theme.name, theme.statement, theme.level, theme.retired) == (
        "Loud voices",
        "They speak.",
        "analytical",
        True,
    )
    client.post(at(world, "theme", theme.pk), {"revive": "yes"})
    theme.refresh_from_db()
    assert not theme.retired


def test_a_form_with_faults_comes_back_with_them(world, as_, voices):
    client = as_(world, "ann")
    for address, data in ((at(world, "codes"), {"name": " "}), (at(world, "theme"), {"name": ""}),
                          (at(world, "theme"), {"name": "voices"}), (at(world, "theme"), {"name": "x", "level": "odd"})):  # fmt: skip
        response = client.post(address, data)
        assert response.status_code == 400
        assert 'class="error"' in response.content.decode()
    assert Theme.objects.count() == 1


def test_a_change_with_faults_changes_nothing_and_says_why(world, as_, voices):
    client, code = as_(world, "ann"), Code.objects.get(name="Trust")
    for address, data in ((at(world, "codes", code.pk), {"name": "voice"}), (at(world, "codes", code.pk), {"name": " "}),
                          (at(world, "theme", voices.pk), {"name": ""})):  # fmt: skip
        html = client.post(address, data, follow=True).content.decode()
        assert "Nothing was changed." in html
    assert Code.objects.get(pk=code.pk).name == "Trust"


def test_ticked_codes_are_put_into_a_theme(world, as_, voices):
    codes = [str(actions.create_code(member=world.members["bo"], name=name).pk) for name in ("One", "Two")]
    data = {"code": codes, "rationale": "Both speak"}
    response = as_(world, "ann").post(at(world, "theme-codes", voices.pk), data)
    assert response["Location"] == at(world)
    assert ThemeCode.objects.filter(rationale="Both speak").count() == 2


def test_htmx_gets_the_list_and_the_cards(world, as_, voices):
    client, code = as_(world, "ann"), Code.objects.get(name="Trust")
    put = client.post(at(world, "theme-codes", voices.pk), {"code": code.pk}, headers=HTMX).content.decode()
    assert put.lstrip().startswith('<section class="card" id="loose" aria-labelledby="loose-head">')
    assert '<div id="cards" hx-swap-oob="outerHTML">' in put
    assert "Put into “Voices”.</div>" in put
    take = client.post(at(world, "theme-codes", voices.pk), {"take": code.pk}, headers=HTMX).content.decode()
    assert take.lstrip().startswith('<div id="cards">')
    assert 'aria-labelledby="loose-head" hx-swap-oob="outerHTML"' in take
    assert not ThemeCode.objects.filter(code=code).exists()
    assert "<html" not in put + take


def test_nothing_ticked_and_retired_codes_are_refused(world, as_, voices):
    client, code = as_(world, "ann"), Code.objects.get(name="Trust")
    response = client.post(at(world, "theme-codes", voices.pk), {}, headers=HTMX)
    assert (response.status_code, "Tick at least one" in response.content.decode()) == (400, True)
    assert client.post(at(world, "theme-codes", voices.pk), {"code": "x"}).status_code == 400
    assert client.post(at(world, "theme-codes", voices.pk), {"take": "x"}).status_code == 400
    actions.retire_code(member=world.members["bo"], code=code)
    assert client.post(at(world, "theme-codes", voices.pk), {"code": code.pk}).status_code == 409
    assert ThemeCode.objects.count() == 1


def test_names_are_shown_as_written_and_never_as_markup(world, as_, coded):
    coded("ann", "alpha", HEARD, "<b>bold</b> & “quoted”")
    actions.create_theme(member=world.members["ann"], name="<script>x</script>", statement="<i>")
    client = as_(world, "ann")
    for address in (at(world), at(world, "code", world.works["alpha"].pk), at(world, "matrix"), at(world, "quotes")):
        html = client.get(address).content.decode()
        assert "<b>bold" not in html
        assert "<script>x" not in html


# --- size
def test_as_many_queries_for_many_codes_and_themes_as_for_few(world, as_, voices):
    client, ann = as_(world, "ann"), world.members["ann"]

    def count():
        with CaptureQueriesContext(connection) as made:
            assert client.get(at(world)).status_code == 200
        return len(made)

    few = count()
    for n in range(12):
        code = actions.create_code(member=ann, name=f"code {n}")
        theme = actions.create_theme(member=ann, name=f"theme {n}")
        actions.put_code(member=ann, theme=theme, code=code)
        actions.put_code(member=ann, theme=voices, code=code)
    assert count() == few
