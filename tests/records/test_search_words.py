"""What a person types into a search box, as tables: how it is read, and what it finds on either database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import full_text
from records.search_words import Asked, Fact, Needle, any_of, bare, plain, read, stands
from tests import world as worlds
from tests.records.state import take
from tests.world import ris_entry

READ = [
    ("walkers", Asked((Needle(("walkers",)),))),
    ("Walkers  MENTORS", Asked((Needle(("walkers",)), Needle(("mentors",))))),
    ("interview*", Asked((Needle(("interview",), True),))),
    ("in*", Asked((Needle(("in",)),))),  # two letters begin too many words
    ('"focus group*"', Asked((Needle(("focus", "group")),))),
    ('"focus group"*', Asked((Needle(("focus", "group"), True),))),
    ("COVID-19", Asked((Needle(("covid", "19")),))),
    ("“lived experience”", Asked((Needle(("lived", "experience")),))),
    ("-mice", Asked((), ((Needle(("mice",)),),))),
    ('stroke -"animal model"', Asked((Needle(("stroke",)),), ((Needle(("animal", "model")),),))),
    ("title:stroke", Asked((Needle(("stroke",), column="title"),))),
    ('AU:"van den Berg"', Asked((Needle(("van", "den", "berg"), column="authors"),))),
    ("doi:10.5555/jic.echo", Asked((Needle(("10", "5555", "jic", "echo"), column="ids"),))),
    ("year:2019", Asked(facts=(Fact("YEAR", "2019", (2019, 2019)),))),
    ("year:2010-2015", Asked(facts=(Fact("YEAR", "2010-2015", (2010, 2015)),))),
    ("year:2010-", Asked(facts=(Fact("YEAR", "2010-", (2010, None)),))),
    ("year:..1999", Asked(facts=(Fact("YEAR", "..1999", (None, 1999)),))),
    ("-source:Embase", Asked(facts=(Fact("SOURCE", "Embase", without=True),))),
    ("Trust: tea", Asked((Needle(("trust",)), Needle(("tea",))))),
    ("outcome:death", Asked((Needle(("outcome", "death")),))),  # no field of ours: a colon in a title
    ("雪天", Asked((Needle(("雪天",)),))),
    ("哮喘病", Asked((Needle(("哮喘",)), Needle(("喘病",))))),
    ("雪", Asked((Needle(("雪",), True),))),
    ("COVID疫情", Asked((Needle(("covid",)), Needle(("疫情",))))),
    ("Müller", Asked((Needle(("muller",)),))),
    ("Søren", Asked((Needle(("soren",)),))),
    ("Исследование", Asked((Needle(("исследование",)),))),
    ("", Asked()), ("year:", Asked((Needle(("year",)),))), ("year:soon", Asked()), ("- * \" : ()", Asked()), ("\0", Asked()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "asked"), READ)
def test_what_is_typed_is_read(text, asked):
    assert read(text) == asked


def test_a_form_field_looks_in_its_column_unless_a_word_says_otherwise():
    assert read("stroke author:Lo", "title").wanted == (
        Needle(("stroke",), column="title"),
        Needle(("lo",), column="authors"),
    )


def test_the_last_word_may_be_a_beginning_where_it_is_no_phrase_of_characters():
    assert read("after surg").with_beginning().wanted[-1].begins
    assert read("雪天").with_beginning() is None and read("surg*").with_beginning() is None


def test_terms_of_a_highlight_list_are_searches_each():
    assert any_of(["interview*", "  ", "focus group"]) == [
        Asked((Needle(("interview",), True),)),
        Asked((Needle(("focus", "group")),)),
    ]


@given(st.text(max_size=200) | st.text(alphabet="\"'*:^()-+ aé雪title:year:", max_size=60))
def test_no_text_is_an_error_and_much_text_is_cut(text):
    asked = read(text * 50)
    assert len(asked.wanted) <= 40
    assert read(bare(plain(text))) is not None


ENTRIES = {
    "snow": ris_entry("hotel", title="雪天与哮喘:学校停课作为自然实验", AU="王小明", AB="目的:研究雪天。方法:访谈十二位家长。", DO="10.5555/snow", KW="哮喘"),
    "kana": ris_entry("golf", title="がん患者のピアサポート", AU="Sato, Yuki", AB="インタビュー調査", DO="10.5555/kana"),
    "cyrillic": ris_entry("alpha", title="Исследование групп ходьбы", AU="Иванова, Анна", AB="Качественное исследование.", DO="10.5555/cyr"),
    "muller": ris_entry("bravo", title="Gehgruppen: “Über-Leben” nach COVID-19", AU="Müller, Jörg", AB="Wir befragten Søren Łukasz.", DO="10.5555/mue"),
    "stroke": ris_entry("delta", title="Stroke mentors", AU="van den Berg, Noor", JO="Annals of Walking", AB="Mentors walked. Not an animal model.", KW="companionship", DO="10.1016/S0140-6736(05)1"),
    "mice": ris_entry("echo", title="Mentors of mice", AU="Lo, Al", AB="An animal model of stroke in walking mice.", JO="Lab", DO="10.5555/mice"),
}  # fmt: skip
FOUND = [
    ("雪天", "snow"), ("哮喘", "snow"), ("停课作为", "snow"), ("雪", "snow"), ("家长 王小明", "snow"), ("author:小明", "snow"),
    ("keyword:哮喘", "snow"), ("title:家长", ""), ("ピア", "kana"), ("患者の", "kana"), ("がん", "kana"), ("インタビュー", "kana"),
    ("исследование", "cyrillic"), ("ИВАНОВА", "cyrillic"), ("иссл*", "cyrillic"), ("muller", "muller"), ("MÜLLER jorg", "muller"),
    ("soren lukasz", "muller"), ("Søren", "muller"), ("uber-leben", "muller"), ("covid-19", "muller"), ("covid 19", "muller"),
    ("stroke", "stroke mice"), ("title:stroke", "stroke"), ("abstract:stroke", "mice"), ("stroke -mice", "stroke"),
    ("mentors -title:stroke", "mice"), ('stroke -"animal model"', ""), ('"animal model of"', "mice"), ('"model animal"', ""),
    ("walk*", "stroke mice"), ("mentors walked", "stroke"), ("mentor", "stroke mice"), ("journal:walking", "stroke"),
    ("journal:lab", "mice"), ("keyword:companion*", "stroke"), ("companionship", "stroke"), ("author:berg", "stroke"),
    ("10.1016/S0140-6736(05)1", "stroke"), ("doi:10.5555/mice", "mice"), ("doi:10.5555*", "snow kana cyrillic muller mice"),
    ("author:stroke", ""), ("ab:mentors", "stroke"), ("nothing", ""), ("-mentors stroke", ""),
]  # fmt: skip


@pytest.fixture
def shelf(db):
    """A library of these entries."""
    world = worlds.empty_world()
    take(world, "".join(ENTRIES.values()))
    return world


def found(world, text):
    titles = {entry.split("TI  - ")[1].split("\n")[0]: name for name, entry in ENTRIES.items()}
    return {titles[record.title] for record in full_text.search(world.library.pk, text)}


def test_both_databases_find_the_same(shelf):
    assert {text: found(shelf, text) for text, _names in FOUND} == {text: set(names.split()) for text, names in FOUND}


def test_a_text_is_tested_in_this_process_as_the_index_would(shelf):
    """What `stands` says is what the database finds, for every word that the table asks for."""
    from records.models import Record

    for text, _names in FOUND:
        asked = read(text)
        if not asked.unwanted and asked.wanted:
            by_index = full_text.rare(shelf.library.pk, asked.wanted).works
            here = {r.work_id for r in Record.objects.filter(library=shelf.library) if _holds(r, asked)}
            assert here == by_index, text


def _holds(record, asked):
    texts = dict(zip(full_text.COLUMNS, full_text.searched(record), strict=True))
    return all(any(stands(n, texts[c]) for c in ([n.column] if n.column else texts)) for n in asked.wanted)
