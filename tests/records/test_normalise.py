"""What of a record is compared, in plain forms: names, pages, titles, venues, kinds; and how those are compared."""

import unicodedata

import pytest

from records.dedup import Normal, keys
from records.dedup.facts import journals, spelled
from records.dedup.facts import pages as places
from records.dedup.normalise import COMPARED, doi, kind, marker, numbers, pages, surnames, unlabelled, venue, words
from tests.records.test_dedup import LETTERS, RUSSIAN, SNOW, like

JOURNALS = [
    ("j slow commun", "journal of slow communication", 95),
    ("jsc", "journal of slow communication", 90),
    ("tea", "tea", 100),
    ("journal of slow communication", "post office medicine", 0),
]


@pytest.mark.parametrize(("short", "full", "least"), JOURNALS)
def test_journals_are_alike_in_their_abbreviations(short, full, least):
    assert least <= journals(short, full) <= (100 if least else 50)
    assert journals(short, full) == journals(full, short)


@pytest.mark.parametrize(
    ("function", "given_", "plain"),
    [
        (words, "Größe & Weiß: Łódź", "grosse weiss lodz"), (words, "α-Synuclein", "alpha synuclein"), (words, "Чай и Сон", "чаи и сон"),
        (words, "雪天 Tea 与哮喘与学校", "雪天 tea 与哮喘与学校"), (words, "…", ""),
        (surnames, "King Jr, Martin; de la Cruz, Ana", ["king", "cruz"]), (surnames, "Ames BC Jr", ["ames"]),
        (surnames, "Ames, B., Cole, D.", ["ames", "cole"]), (surnames, "Ames K.Cole G. F.", ["ames", "cole"]), (surnames, "et al.", []),
        (pages, "221-8", ("221", "228")), (pages, "S0012-S19", ("s12", "19")), (pages, "21-Apr", ("~21-apr", "")), (pages, "", ("", "")),
        (pages, "Suppl-25", ("", "~25")), (pages, "t-71", ("", "~71")), (pages, "742-8; discussion 748-9", ("742", "748")),
        (unlabelled, "Tea. [Review]", "Tea. [Review]"), (unlabelled, "Tea and the night. [Review] [57 refs]", "Tea and the night"),
        (unlabelled, "Tea and the night [careers]", "Tea and the night"), (unlabelled, "Tea and the night, part [II]", "Tea and the night, part [II]"),
        (unlabelled, "[Tea and the night]", "[Tea and the night]"), (unlabelled, "Tea at night [ISRCTN123]", "Tea at night [ISRCTN123]"),
        (venue, "PLoS ONE [Electronic Resource]", "plos one"), (venue, "Proceedings of the 25th Tea Conference (TEA 2019)", "tea conference"),
        (venue, "2019", "2019"), (spelled, "theorganisationoftumours", "theorganizationoftumors"),
        (kind, {"journal": "medRxiv"}, "preprint"), (kind, {"doi": "10.1101/2020.01.01.123"}, "preprint"), (kind, {"type": "dissertation"}, "thesis"),
        (kind, {"pages": "S212-S216"}, "abstract"), (kind, {"title": "Tea [abstract]"}, "abstract"), (kind, {"journal": "ISRCTN registry"}, "registration"),
        (kind, {"journal": "Tea", "pages": "12-19"}, ""),
        (doi, "https://doi.org/10.5555/A%281%29", "10.5555/a(1)"), (doi, "10.5555/1cut.", ""), (doi, "none", ""),
        (numbers, "Part II of the 2016 report", ["2", "2016"]), (numbers, "Vitamin C and phase I", ["1"]),
        (marker, "Predictors of response to tea", ""), (marker, "Tea.[Erratum appears in J Tea 2001]", ""),
        (marker, "Correction to: Tea", "correction"), (marker, "Tea: a study protocol", "protocol"), (marker, "Letters of a tea house", ""),
    ],
)  # fmt: skip
def test_fields_have_a_plain_form(function, given_, plain):
    assert function(given_) == plain


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        (("450-463", "46"), ("450-63", "46"), (True, True)),
        (("450-463", "46"), ("12-19", "46"), (False, False)),
        (("450-463", "46"), ("450-464", "46"), (True, None)),
        (("450-463", "46"), ("", "46"), (None, None)),
        (("e24083", "6"), ("1-6", "6"), (None, None)),
        (("1-17", ""), ("566-582", "33"), (None, None)),
        (("S450-S463", "46"), ("Suppl-63", "46"), (None, True)),
        (("965-971", "100"), ("t-71", "100"), (None, True)),
        (("356-359", "197"), ("359", "197"), (None, True)),
        (("viii108", "19"), ("108", "19"), (True, None)),
        (("23-Jul", "58"), ("23-Jul", "58"), (True, None)),
        (("23-Jul", "58"), ("7-23", "58"), (None, None)),
    ],
)
def test_pages_are_the_same_or_not_or_not_to_be_said(one, two, said):
    a, b = (Normal.of({"pages": text, "volume": volume}) for text, volume in (one, two))
    assert places(a, b) == places(b, a) == said


DRESSED = {
    "in capitals": str.upper,
    "without capitals": str.lower,
    "with accents taken apart": lambda text: unicodedata.normalize("NFD", text),
    "in wide letters": lambda text: text.translate({c: c + 0xFEE0 for c in range(0x41, 0x7B) if chr(c).isalpha()}),
    "with other punctuation": lambda text: text.replace(": ", " — ").replace(",", ";"),
    "with blanks": lambda text: f"  {text.replace(' ', '   ')}\u00a0",
    "in bold": lambda text: f"<b>{text}</b>",
}


@pytest.mark.parametrize("how", DRESSED)
@pytest.mark.parametrize("record", [LETTERS, SNOW, RUSSIAN], ids=["English", "Chinese", "Russian"])
def test_how_a_title_is_dressed_changes_nothing(record, how):
    dressed = like(record, title=DRESSED[how](record["title"]))
    assert Normal.of(dressed) == Normal.of(record)
    assert keys(Normal.of(dressed)) == keys(Normal.of(record))


def test_a_normal_form_can_be_stored_and_fetched():
    normal = Normal.of(like(LETTERS, alt_titles=[{"title": "陌生人之间的信件"}]))
    assert Normal.from_json(normal.to_json()) == normal
    assert Normal.of({}).to_json() == {}


def test_a_title_that_repeats_the_journal_is_none():
    assert Normal.of({"title": "Journal of Slow Communication", "journal": "Journal of slow communication"}).title == ""


def test_every_field_that_is_compared_is_named():
    """What is filled later, and what an update compares anew, is taken by this list."""
    asked = set()

    class Record(dict):
        def get(self, name, default=None):
            asked.add(name)
            return super().get(name, default)

    Normal.of(Record(LETTERS))
    assert asked == set(COMPARED)
