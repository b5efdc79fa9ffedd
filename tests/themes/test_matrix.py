"""Theme by study, and the quotes behind each number."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.models import Report, Study
from themes import actions, queries
from themes.models import Code

HEARD, BACK = "being heard", "giving back"


def at(world, name="matrix"):
    return reverse(f"themes:{name}", args=[world.review.pk])


def theme_of(world, name, *codes):
    theme = actions.create_theme(member=world.members["ann"], name=name, statement=f"About {name}.")
    found = Code.objects.filter(review=world.review, name__in=codes)
    actions.put_codes(member=world.members["ann"], theme=theme, codes=found)
    return theme


@pytest.fixture
def filled(world, coded):
    """ann coded alpha and bravo; "being heard" of alpha lies in both themes.

    |         | Voices | Bonds | any |
    | alpha   |   2    |   1   |  2  |
    | bravo   |   0    |   1   |  1  |
    | charlie |   0    |   0   |  0  |
    """
    coded("ann", "alpha", HEARD, "Voice")
    coded("ann", "alpha", HEARD, "Trust")
    coded("ann", "alpha", BACK, "Voice")
    coded("ann", "bravo", HEARD, "Trust")
    coded("ann", "charlie", BACK, "Loose")
    return theme_of(world, "Voices", "Voice"), theme_of(world, "Bonds", "Trust")


def numbers(member):
    table = queries.matrix(member)
    return [[*row.cells, row.total] for row in table.studies] + [[*table.totals, table.total]]


# --- who may
@pytest.mark.parametrize(("who", "status"), [("ann", 200), ("cy", 200), ("lib", 403), ("obs", 403), ("sam", 404)])
def test_who_may_see_it(world, as_, who, status):
    client = as_(world, who)
    assert client.get(at(world)).status_code == status
    assert client.get(at(world, "quotes")).status_code == status


def test_eve_finds_nothing_and_another_reviews_ids_find_nothing(world, foreign, as_, filled):
    assert as_(foreign, "eve").get(at(world)).status_code == 404
    assert as_(foreign, "eve").get(at(world, "quotes")).status_code == 404
    eve, client = foreign.members["eve"], as_(world, "ann")
    theirs = {
        "theme": actions.create_theme(member=eve, name="Eve's").pk,
        "code": actions.create_code(member=eve, name="Eve's").pk,
        "work": foreign.works["golf"].pk,
    }
    for name, value in theirs.items():
        assert client.get(at(world, "quotes"), {name: value}).status_code == 404
    for name, value in (("theme", "x"), ("code", uuid.uuid4()), ("work", "x"), ("work", "9" * 30), ("from", "x")):
        assert client.get(at(world, "quotes"), {name: value}).status_code == 404


# --- the numbers
def test_a_cell_is_the_number_of_distinct_excerpts_and_totals_are_distinct_too(world, filled):
    assert numbers(world.members["ann"]) == [[2, 1, 2], [0, 1, 1], [0, 0, 0], [2, 2, 3]]


def test_the_same_words_by_two_codes_of_one_theme_count_once(world, coded, filled):
    ann = world.members["ann"]
    actions.put_code(member=ann, theme=filled[0], code=Code.objects.get(name="Trust"))
    assert numbers(ann)[0] == [2, 1, 2]


def test_every_number_opens_as_many_quotes(world, filled, as_):
    ann, client = world.members["ann"], as_(world, "ann")
    table = queries.matrix(ann)
    for row in table.studies:
        for theme, n, _shade in row.shown:
            assert queries.quotes(ann, theme, row.lead).total == n
        assert queries.quotes(ann, None, row.lead).total == row.total
    for theme, n in table.foot:
        assert queries.quotes(ann, theme).total == n
    assert queries.quotes(ann).total == table.total
    for code in queries.codes(ann):
        assert queries.quotes(ann, code=code).total == code.excerpts
    html = client.get(at(world)).content.decode()
    address = f"{at(world, 'quotes')}?theme={filled[0].pk}&amp;work={world.works['alpha'].pk}"
    assert f'href="{address}" aria-label="2: Voices, Alphason 2011"' in html
    assert client.get(address.replace("&amp;", "&")).content.decode().count("<blockquote") == 2


def test_a_study_with_two_reports_is_one_row(unblinded, coded):
    for work in ("alpha", "bravo"):
        for who in ("ann", "bo"):
            unblinded.decide(who, work, "include")
    coded("ann", "alpha", HEARD, "Voice")
    coded("bo", "bravo", HEARD, "Voice")
    theme = theme_of(unblinded, "Voices", "Voice")
    study = Study.objects.create(review=unblinded.review, label="Both")
    Report.objects.filter(work__in=[unblinded.works["alpha"], unblinded.works["bravo"]]).update(study=study)
    ann = unblinded.members["ann"]
    assert numbers(ann) == [[2, 2], [2, 2]]
    assert queries.matrix(ann).studies[0].label == "Alphason 2011"
    assert queries.quotes(ann, theme, unblinded.works["bravo"]).total == 2


def test_a_study_is_called_by_first_author_and_year(world):
    work = world.works["alpha"]
    work.lead.authors, work.year = ["World Health Organization"], None
    assert queries.label(work) == "World Health Organization"
    work.lead.authors = []
    assert queries.label(work) == work.title[:40]


@pytest.mark.parametrize(("n", "step"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (7, 3), (8, 4), (900, 4)])
def test_more_excerpts_are_darker(n, step):
    assert queries.shade(n) == step


def test_an_excluded_work_leaves_the_matrix_and_comes_back(world, filled):
    ann = world.members["ann"]
    world.decide("ann", "alpha", "exclude", reason=world.reason("population"))
    assert numbers(ann) == [[0, 1, 1], [0, 0, 0], [0, 1, 1]]
    assert queries.quotes(ann).total == 1
    world.decide("ann", "alpha", "include")
    assert numbers(ann)[-1] == [2, 2, 3]


def test_while_blinded_the_numbers_are_ones_own(world, filled, coded):
    assert numbers(world.members["bo"]) == [[0, 0, 0], [0, 0, 0]]  # bo included alpha only
    coded("bo", "alpha", HEARD, "Trust")
    assert numbers(world.members["bo"]) == [[0, 1, 1], [0, 1, 1]]
    assert numbers(world.members["ann"])[-1] == [2, 2, 3]


def test_once_all_is_open_the_numbers_are_everybodys(unblinded, coded):
    coded("ann", "alpha", HEARD, "Voice")
    coded("bo", "alpha", HEARD, "Voice")
    coded("bo", "alpha", BACK, "Voice")
    theme_of(unblinded, "Voices", "Voice")
    assert numbers(unblinded.members["ann"]) == numbers(unblinded.members["bo"]) == [[2, 2], [2, 2]]


def test_empty_tables_teach(world, as_):
    assert "No themes yet" in as_(world, "ann").get(at(world)).content.decode()
    assert "No studies yet" in as_(world, "cy").get(at(world)).content.decode()
    assert "No quotes here" in as_(world, "ann").get(at(world, "quotes")).content.decode()


# --- quotes
def test_a_quote_leads_to_its_work_record_dump_and_search(world, filled, as_):
    html = as_(world, "ann").get(at(world, "quotes"), {"work": world.works["bravo"].pk}).content.decode()
    work, record = world.works["bravo"], world.works["bravo"].lead
    assert f">{HEARD}</blockquote>" in html
    assert reverse("themes:code", args=[world.review.pk, work.pk]) in html
    assert reverse("reviews:work", args=[world.review.pk, work.pk]) in html
    assert (
        f'<a href="{reverse("reviews:intake", args=[world.review.pk, record.dump_id])}">{record.dump.name}</a>' in html
    )
    assert record.search.source in html
    assert f"lines {record.first_line} to {record.last_line}" in html
    assert "coded by" not in html


def test_who_may_not_import_sees_the_dumps_name_only(world, coded, as_):
    coded("bo", "alpha", HEARD, "Voice")
    theme_of(world, "Voices", "Voice")
    html = as_(world, "bo").get(at(world, "quotes")).content.decode()
    assert "Fictional Index.ris" in html
    assert "/dumps/" not in html


def test_coders_are_named_once_all_is_open(unblinded, coded, as_):
    coded("ann", "alpha", HEARD, "Voice")
    coded("bo", "alpha", HEARD, "Voice")
    theme_of(unblinded, "Voices", "Voice")
    html = as_(unblinded, "bo").get(at(unblinded, "quotes")).content.decode()
    assert html.count("<blockquote") == 1
    assert "coded by Ann, Bo" in html


def test_quotes_come_in_pages(world, filled, as_, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    client = as_(world, "ann")
    html = client.get(at(world, "quotes")).content.decode()
    assert html.count("<blockquote") == 2
    assert "?from=2" in html
    html = client.get(at(world, "quotes"), {"from": 2}).content.decode()
    assert html.count("<blockquote") == 1
    assert "3 quotes" in html


# --- size
def test_as_many_queries_for_many_codings_as_for_few(unblinded, as_, coded):
    client = as_(unblinded, "ann")
    coded("ann", "alpha", HEARD, "Voice")
    theme = theme_of(unblinded, "Voices", "Voice")

    def count(address, **query):
        with CaptureQueriesContext(connection) as made:
            assert client.get(address, query).status_code == 200
        return len(made)

    def counts():
        cell = {"theme": theme.pk, "work": unblinded.works["alpha"].pk}
        return [count(at(unblinded)), count(at(unblinded, "quotes")), count(at(unblinded, "quotes"), **cell)]

    few = counts()
    body = queries.codings_of_work(unblinded.members["ann"], unblinded.works["alpha"])[0].excerpt.text.body
    for work in ("bravo", "charlie", "delta", "echo"):
        for who in ("ann", "bo"):
            unblinded.decide(who, work, "include")
        coded("ann", work, HEARD, "Voice")
    for n in range(20):
        coded("bo" if n % 2 else "ann", "alpha", body[: n + 5], "Voice")
    assert counts() == few
