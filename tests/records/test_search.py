"""Searching a library: words of titles, abstracts and authors, their beginnings, and nothing that anybody types can break it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records import full_text
from tests import world as worlds
from tests.records.state import take
from tests.world import ris, ris_entry

pytestmark = pytest.mark.django_db
CHINESE = ris_entry(
    "hotel",
    title="雪天与哮喘:学校停课作为自然实验",
    AU="王小明",
    AB="目的:研究雪天。方法:访谈十二位家长。",
    DO="10.5555/snow",
)
ENGLISH = [
    ris_entry("alpha", title="Walking groups after surgery", AU="Okonkwo, Ifeoma", AB="Twelve walkers spoke about a well-known hill."),
    ris_entry("bravo", title="Walks and talks", AU="O'Hara, Siobhán", AB="COVID-19 changed how volunteers “really” meet – in p<0.05 and/or at cost: €12; see a@example.org."),
    ris_entry("charlie", title="Telephone mentors", AU="van den Berg, Noor", AB="Mentors telephoned walkers at dusk."),
]  # fmt: skip


@pytest.fixture
def world(db):
    world = worlds.empty_world()
    take(world, "".join(ENGLISH) + CHINESE)
    return world


@pytest.fixture
def found(world):
    """The titles that a search finds, each by its first word."""

    def search(text, **more):
        return {record.title.split()[0] for record in full_text.search(world.library.pk, text, **more)}

    return search


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("surgery", {"Walking"}),
        ("SURGERY", {"Walking"}),
        ("telephone mentors", {"Telephone"}),
        ("mentors telephone", {"Telephone"}),
        ("walkers", {"Walking", "Telephone"}),
        ("walkers dusk", {"Telephone"}),
        ("surgery dusk", set()),
        ("nowhere", set()),
    ],
)
def test_all_words_must_stand_in_title_or_abstract(found, text, titles):
    assert found(text) == titles


@pytest.mark.parametrize(
    ("text", "title"),
    [("Okonkwo", "Walking"), ("ifeoma okonkwo", "Walking"), ("van den Berg", "Telephone"), ("O'Hara", "Walks")],
)
def test_authors_are_found_by_their_names(found, text, title):
    assert found(text) == {title}


def test_words_of_title_author_and_abstract_may_be_mixed(found):
    assert found("okonkwo surgery hill") == {"Walking"}


@pytest.mark.parametrize(
    ("text", "titles"),
    [("walk", {"Walking", "Walks", "Telephone"}), ("after surg", {"Walking"}), ("okon", {"Walking"})],
)
def test_the_last_word_may_be_a_beginning(found, text, titles):
    assert found(text) == titles


def test_the_words_before_it_are_whole(found):
    assert found("walk surgery") == set()
    assert found("walking surg") == {"Walking"}


@pytest.mark.parametrize(
    "text",
    [
        "well-known",
        "COVID-19",
        "covid 19",
        "covid",
        "“walks and talks”",
        "cost: 12",
        "(walks) AND [talks]",
        "really",
        "meet in",
        "p<0.05",
        "05",
        "or at",
        "and/or",
        "a@example.org",
        "example org",
        "example.org",
    ],
)
def test_punctuation_parts_words_and_is_no_operator(found, text):
    assert len(found(text)) == 1


@pytest.mark.parametrize(
    "text", ["", "   ", "***", '"', "-", "' OR 1=1 --", "title:", "NEAR(", "!(&|)", "\x00", "\ud83d"]
)
def test_what_holds_no_word_finds_nothing_and_breaks_nothing(found, text):
    assert found(text) == set()


@pytest.mark.parametrize("text", ["walkers OR mentors", "walkers NOT dusk", "walkers NEAR dusk"])
def test_operators_are_words_like_others(found, text):
    assert found(text) == set()


@pytest.mark.parametrize("text", ["雪天与哮喘", "雪天", "学校停课", "访谈十二位家长", "王小明", "访谈"])
def test_chinese_is_found_from_the_beginning_of_a_stretch_between_punctuation(found, text):
    assert found(text) == {"雪天与哮喘:学校停课作为自然实验"}


def test_a_very_long_word_is_looked_for_by_its_beginning(found, world):
    take(world, ris_entry("echo", title="Lang" + "e" * 300 + " words", DO="", AU="Lo, A"), source="Third Index")
    assert found("x" * 5000) == set()
    assert found("lang" + "e" * 3000) == {"Lang" + "e" * 300}


def test_more_words_than_anybody_needs_are_cut(found):
    assert found("walkers " * 500) == {"Walking", "Telephone"}


def test_only_the_own_library_is_searched(world, found):
    other = worlds.foreign_world()
    take_in = worlds.import_text(other.review, other.people["eve"], "".join(ENGLISH), source="Same records")
    assert take_in.taken_in == 3
    assert found("walkers") == {"Walking", "Telephone"}
    assert {r.library_id for r in full_text.search(other.library.pk, "walkers")} == {other.library.pk}
    assert set(full_text.search(world.library.pk, "recovery colleges")) == set()


def test_many_records_of_another_review_before_and_after_hide_nothing(db):
    """The index holds all libraries, and a common word stands in all of them."""
    first, own = worlds.empty_world(owner="zoe"), worlds.empty_world(owner="ann")
    first.people["ann"] = first.people["zoe"]
    entries = [
        ris_entry("golf", title=f"Common word {n} {n * n}", AU=f"N{n}, A", DO=f"10.5555/w{n}", SP="", EP="", VL="")
        for n in range(60)
    ]
    take(first, "".join(entries[:30]))
    take(own, "".join(entries[:5]))
    take(first, "".join(entries[30:]))
    take(own, "".join(entries[5:7]), source="Later")
    assert full_text.search(own.library.pk, "common").count() == 7
    assert full_text.search(own.library.pk, "common", limit=7).count() == 7
    assert full_text.search(first.library.pk, "common").count() == 60


def test_no_more_than_the_limit_comes_back(found):
    assert len(found("walk", limit=2)) == 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80) | st.text(alphabet="\"'*:^()-+&|!<>\\%_ ab\u0301é雪", max_size=40))
def test_no_text_raises(world, text):
    assert list(full_text.search(world.library.pk, text)) is not None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.sampled_from(["walkers", "mentors", "surgery"]),
    noise=st.text(alphabet="\"'*:^()+&|!<>\\% .,;/", max_size=6),
)
def test_noise_round_a_word_does_not_matter(world, text, noise):
    plain = set(full_text.search(world.library.pk, text))
    assert set(full_text.search(world.library.pk, f"{noise}{text}{noise}")) == plain != set()


def test_a_record_is_found_as_soon_as_it_is_stored(world, found):
    take(world, ris("delta"), source="Third Index")
    assert found("stroke ward") == {"Becoming"}
