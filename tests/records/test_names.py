"""Names of people: one order, particles with the family, groups and other scripts left alone, nobody invented."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.clean import people
from records.names import family_first, given_written_out, inverted, name, order_shows, split_commas, split_names

NAMES = [
    ("Ames, Bea", "Ames, Bea"),
    ("Bea Ames", "Ames, Bea"),
    ("Ames BC", "Ames, BC"),
    ("B. C. Ames", "Ames, B. C."),
    ("E. Paul Ames", "Ames, E. Paul"),
    ("J.-N. Désir", "Désir, J.-N."),
    # particles stay with the family
    ("Ada B. van Dijk", "van Dijk, Ada B."),
    ("van Dijk AB", "van Dijk, AB"),
    ("van Dijk, Ada", "van Dijk, Ada"),
    ("María de la Cruz", "de la Cruz, María"),
    ("Omar al Khalil", "al Khalil, Omar"),
    ("José Ortega y Gasset", "Ortega y Gasset, José"),
    ("Maria da Costa e Silva", "da Costa e Silva, Maria"),
    ("van Gogh", "van Gogh"),
    ("Van, Y. E.", "Van, Y. E."),
    ("M A A Mohd Azlan", "Mohd Azlan, M A A"),
    # an initial is no particle
    ("Ana E Silva", "Silva, Ana E"),
    # suffixes
    ("Ames BC Jr", "Ames, BC, Jr"),
    ("Ames W III", "Ames, W, III"),
    ("Ames, B. C., Jr.", "Ames, B. C., Jr."),
    ("Ames, Jr", "Ames, Jr"),
    ("Ames Jr", "Ames Jr"),
    ("Ames JR", "Ames, JR"),
    # groups are never turned round
    ("Kettle Study Group", "Kettle Study Group"),
    ("World Kettle Organisation", "World Kettle Organisation"),
    ("Port Ellery University Hospital", "Port Ellery University Hospital"),
    # other scripts have their own order
    ("王小明", "王小明"),
    ("王 小明", "王 小明"),
    ("김 민수", "김 민수"),
    # a word for "empty" is a family name here
    ("Na, Hyun", "Na, Hyun"),
    ("Na", "Na"),
    ("Null, Ada", "Null, Ada"),
    # marks of footnotes
    ("Ames, Bea [1, 2]", "Ames, Bea"),
    ("Ames, Bea*†", "Ames, Bea"),
    ("  Ames ,  Bea ; ", "Ames, Bea"),
    # nobody
    ("Anonymous", ""),
    ("[Anonymous]", ""),
    ("[No author name available]", ""),
    ("[no author]", ""),
    ("123", ""),
    ("", ""),
    # there are more
    ("et al.", None),
    ("and others", None),
]


@pytest.mark.parametrize(("given_", "expected"), NAMES)
def test_a_name_comes_as_family_and_given(given_, expected):
    assert name(given_) == expected


@pytest.mark.parametrize("value", [each for _given, each in NAMES if each])
def test_a_name_in_order_is_left_alone(value):
    assert name(value) in (value, inverted(value)) and name(name(value)) == name(value)


LISTS = [
    ("Ames, Bea; Cole, Dee;", ["Ames, Bea", "Cole, Dee"]),
    ("Ames, Bea and Cole, Dee", ["Ames, Bea", "Cole, Dee"]),
    ("Ames B|Cole D", ["Ames B", "Cole D"]),
    ("Ames, Bea\n\nCole, Dee", ["Ames, Bea", "Cole, Dee"]),
    ("Research and Development Group", ["Research and Development Group"]),
    ("Ames, B and Cole, D and Group, River Study", ["Ames, B", "Cole, D", "Group, River Study"]),
    ("Ames, B and Cole, D and Ministry of Rivers and Lakes", ["Ames, B", "Cole, D", "Ministry of Rivers and Lakes"]),
    ("Ames, B and Ministry of Rivers and Lakes", ["Ames, B and Ministry of Rivers and Lakes"]),
    ("Ferdinand Cole", ["Ferdinand Cole"]),
    ("Ames, Bea, Cole, Dee", ["Ames, Bea, Cole, Dee"]),
    (" ; ", []),
]


@pytest.mark.parametrize(("value", "expected"), LISTS)
def test_names_come_apart_at_separators_but_never_at_commas_alone(value, expected):
    assert split_names(value) == expected


def test_a_line_of_given_and_family_names_comes_apart_at_commas():
    assert split_commas("Bea Ames, Dee Cole and Ann Ferris & 王小明，李雷") == [
        "Bea Ames",
        "Dee Cole",
        "Ann Ferris",
        "王小明",
        "李雷",
    ]


def test_et_al_says_that_there_are_more():
    assert people(["Ames, Bea", "et al."]) == (["Ames, Bea"], True)
    assert people(["Ames, Bea; Cole, Dee; et al"]) == (["Ames, Bea", "Cole, Dee"], True)
    assert people(["Ames, Bea", "Anonymous"]) == (["Ames, Bea"], False)


def test_a_literal_name_is_left_as_it_stands():
    assert people([{"literal": "Bread, Salt and Tea"}]) == (["Bread, Salt and Tea"], False)


def test_markup_around_a_name_is_no_part_of_it():
    assert people(["<b>Ames</b>, Bea&nbsp;C."]) == (["Ames, Bea C."], False)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_whatever_stands_for_a_name_gives_a_name_or_none(value):
    found, more = people([value, {"literal": value}, {}, None, 7])
    assert all(isinstance(each, str) and each.strip() for each in found)
    assert more in (True, False)


LETTERS = st.text("abcdeéöńøABCDEÉÖŃØ'-", min_size=1, max_size=8).filter(lambda word: word[0].isalpha())


@settings(max_examples=200, deadline=None)
@given(st.lists(LETTERS, min_size=2, max_size=5))
def test_turning_a_name_round_loses_no_letter(words):
    turned = inverted(" ".join(words))
    assert sorted(turned.replace(",", "").split()) == sorted(words)


FAMILY_FIRST = [
    ("Ames B", False, "Ames, B"),
    ("van der Plas J", False, "van der Plas, J"),
    ("Garcia Lopez M.A.", False, "Garcia Lopez, M.A."),
    ("Ames Bea L.", True, "Ames, Bea L."),
    ("van der Plas Jo", True, "van der Plas, Jo"),
    ("Palmer van Dijk Bea", True, "Palmer van Dijk, Bea"),
    ("Ames Ben J", True, "Ames, Ben J"),
    ("Ames B Jr", False, "Ames, B, Jr"),
    ("Ames, Bea", True, "Ames, Bea"),
    ("Kettle Study Group", True, "Kettle Study Group"),
    ("Ames", False, "Ames"),
    ("", True, ""),
]


@pytest.mark.parametrize(("given_name", "written_out", "expected"), FAMILY_FIRST)
def test_a_family_name_that_comes_first_gets_its_comma(given_name, written_out, expected):
    assert family_first(given_name, written_out=written_out) == expected


def test_a_list_shows_whether_given_names_are_written_out():
    assert given_written_out(["Ames Bea", "Cole D", "Dunn Elin K"])
    assert not given_written_out(["Ames B", "van der Plas J", "Garcia Lopez M.A.", "Kettle Study Group", "Dunn"])
    assert not given_written_out([])


@given(st.text(max_size=30))
def test_no_text_makes_these_raise(text):
    family_first(text, written_out=True), given_written_out([text]), order_shows(text)
