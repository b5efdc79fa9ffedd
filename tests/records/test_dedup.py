"""Which records are the same publication: pairs with their bands, points that add up, and works whatever the order of input."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.dedup import Normal, cluster, judge, keys
from records.dedup.compare import APART, JOINED, LOOK, RELATED
from records.dedup.vetoes import KINDS
from records.models import Kin

LETTERS = {
    "title": "Letters between strangers: a postal friendship trial for people living alone",
    "authors": ["Castellanos, Rocío", "de Wit, Hanneke", "Quill, Edgar"],
    "year": 2019,
    "journal": "Journal of Slow Communication",
    "volume": "46",
    "issue": "3",
    "pages": "450-463",
    "doi": "10.5555/jsc.2019.450",
    "abstract": "People who live alone were invited to write to a stranger for a year. We read 312 letters and spoke with "
    "24 writers, twice each. Letters grew longer and so did the list of writers who wished to go on.",
}
TITLE = LETTERS["title"]
SNOW = {
    "title": "雪天与哮喘:学校停课作为自然实验",
    "authors": ["王小明"],
    "year": 2016,
    "journal": "气象与健康",
    "volume": "4",
    "pages": "12-19",
}
RUSSIAN = {
    "title": "Снежные дни и астма: закрытие школ",
    "authors": ["Иванова, Мария"],
    "year": 2016,
    "journal": "Погода",
    "volume": "4",
    "pages": "1-9",
}
EDITORIAL = {
    "title": "Editorial",
    "authors": ["Ames, B."],
    "year": 2016,
    "journal": "Tea",
    "volume": "4",
    "issue": "1",
    "pages": "1-2",
}


def like(record, *without, **other):
    """This record without some fields, and others changed."""
    return {name: value for name, value in (record | other).items() if name not in without}


def pair(one, two, **more):
    """The judgement about two records."""
    normals = {1: Normal.of(one), 2: Normal.of(two)}
    (judged,) = judge(normals, [(1, 2)], **more)
    return judged


NO_DOI = like(LETTERS, "doi")
PAIRS = {
    # the same publication
    "word for word": (LETTERS, LETTERS, JOINED),
    "in another house's style": (LETTERS, like(LETTERS, "abstract", title=TITLE.upper() + ".", authors="Castellanos R; de Wit H; Quill E",
                                               journal="J Slow Commun", pages="450-63", doi="https://doi.org/10.5555/JSC.2019.450"), JOINED),
    "without a DOI on one side": (LETTERS, like(NO_DOI, journal="J Slow Commun"), JOINED),
    "accents lost": (NO_DOI, like(NO_DOI, authors="Castellanos, Roc?o; de Wit, H.; Quill, E."), JOINED),
    "online first and in an issue": (LETTERS, like(LETTERS, volume="", issue="", pages="1-14", year=2018), JOINED),
    "a title and a DOI only": (LETTERS, {"title": TITLE, "doi": LETTERS["doi"]}, JOINED),
    "two DOIs for one paper": (LETTERS, like(LETTERS, doi="10.5555/mirror.77"), JOINED),
    "an annotation on one title": (NO_DOI, like(NO_DOI, title=TITLE + " [Review]"), JOINED),
    "a translated title with the original beside it": (NO_DOI, like(NO_DOI, title="陌生人之间的信件", alt_titles=[{"title": TITLE}]), JOINED),
    "Chinese, with two kinds of colon": (SNOW, like(SNOW, title="雪天与哮喘：学校停课作为自然实验。"), JOINED),
    "Cyrillic in two cases": (RUSSIAN, like(RUSSIAN, title=RUSSIAN["title"].upper(), authors=["Иванова М"]), JOINED),
    "the title in British spelling": (NO_DOI, like(NO_DOI, "pages", title=TITLE.replace("people", "organised people")), None),
    "an indexer's two labels": (NO_DOI, like(NO_DOI, title=TITLE + ". [Review] [57 refs]"), JOINED),
    "an annotation with brackets of its own": (NO_DOI, like(NO_DOI, title=TITLE + ".[Erratum appears in J Slow Commun. 2020;47(2):99]"), JOINED),
    "an annotation that was cut off": (NO_DOI, like(NO_DOI, title=TITLE + ".[Erratum appears in J Slow Comm"), JOINED),
    "nothing but title, people, journal and year": (like(NO_DOI, "volume", "issue", "pages", "abstract"), like(NO_DOI, "abstract"), JOINED),
    "the year of the meeting and of its proceedings": (
        like(NO_DOI, "volume", "issue", "abstract", journal="Small Towns Conference", pages="1-12"),
        like(NO_DOI, "volume", "issue", "pages", "abstract", journal="Small Towns Conference: Proceedings", year=2020), JOINED),
    "an article's number and the pages of its print": (NO_DOI, like(NO_DOI, pages="e24083"), JOINED),
    "a supplement's pages, broken": (like(NO_DOI, pages="S450-S463"), like(NO_DOI, pages="Suppl-63"), JOINED),
    "the last page alone": (NO_DOI, like(NO_DOI, pages="463"), JOINED),
    "a spreadsheet's pages": (like(NO_DOI, pages="1-6"), like(NO_DOI, "volume", "issue", pages="01-Jun"), JOINED),
    "given names taken for family names": (like(NO_DOI, authors="Ada, Bea; Cole, Dee"), like(NO_DOI, "pages", authors="Bea, A.; Dee, C."), JOINED),
    "a translated title in the same pages": (like(NO_DOI, "abstract"), like(NO_DOI, "abstract", title="Briefe zwischen Fremden: eine Freundschaft auf Papier"), JOINED),
    "a volume that only says the year": (NO_DOI, like(NO_DOI, "issue", volume="2019-March"), JOINED),
    "the title without its subtitle": (NO_DOI, like(NO_DOI, title="Letters between strangers"), JOINED),
    # a person should look
    "one paper at two places of one journal": (NO_DOI, like(NO_DOI, pages="470-483"), LOOK),
    "a bare title": (LETTERS, {"title": TITLE}, LOOK),
    "title, two names, nothing else": (LETTERS, {"title": TITLE, "authors": ["Castellanos, R.", "Quill, E."]}, LOOK),
    "the title without its subtitle, on another page": (NO_DOI, like(NO_DOI, "issue", title="Letters between strangers", pages="452"), LOOK),
    "an erratum in the same place": (NO_DOI, like(NO_DOI, title="Erratum: " + TITLE), RELATED),
    "a reply": (NO_DOI, like(NO_DOI, title=TITLE + " [reply]"), RELATED),
    "two registrations": (like(NO_DOI, trial_registrations=["NCT05550001"]), like(NO_DOI, trial_registrations=["NCT05550002"]), LOOK),
    "one DOI on two titles": (LETTERS, like(LETTERS, title="Kites over the harbour and the clinic"), LOOK),
    "a translated title on the same first page": (NO_DOI, like(NO_DOI, "abstract", title="Briefe zwischen Fremden", pages="450"), LOOK),
    "two parts": (like(NO_DOI, title=TITLE + ", part 1"), like(NO_DOI, title=TITLE + ", part 2", pages="464-470"), LOOK),
    "part I and part II in one place": (like(NO_DOI, title=TITLE + ": part I"), like(NO_DOI, title=TITLE + ": part II"), LOOK),
    "editorials of one issue": (EDITORIAL, like(EDITORIAL, pages="90-91"), None),
    # different reports of one piece of work
    "the study and its protocol": (LETTERS, like(LETTERS, title=TITLE + ": study protocol", doi="10.5555/prot.1", year=2017, volume="44",
                                                 issue="1", pages="12-19"), RELATED),
    "a preprint": (LETTERS, like(LETTERS, "volume", "issue", "pages", journal="SlowRxiv preprint", doi="10.5555/prep.7", year=2018), RELATED),
    "a trial's registration": (LETTERS, {"title": TITLE, "journal": "ClinicalTrials.gov", "year": 2016, "authors": ["Castellanos, R."]}, RELATED),
    "a thesis": (LETTERS, {"title": TITLE, "type": "thesis", "year": 2017, "authors": ["Castellanos, Rocío"]}, RELATED),
    "two versions of a review": (
        like(LETTERS, journal="Cochrane Database of Systematic Reviews", doi="10.1002/14651858.CD009999.pub2", pages="CD009999", issue="3", volume=""),
        like(LETTERS, journal="Cochrane Database of Systematic Reviews", doi="10.1002/14651858.CD009999.pub3", pages="CD009999", issue="2",
             volume="", year=2022), RELATED),
    # two publications
    "one team, another paper": (LETTERS, like(LETTERS, title="Envelopes as gifts: what people living alone keep", year=2020, volume="47",
                                              issue="1", pages="12-25", doi="10.5555/jsc.2020.12", abstract=""), APART),
    "the paper and the talk": (NO_DOI, like(NO_DOI, "abstract", "volume", "issue", journal="Small Towns Meeting", year=2018, pages="33-34"), RELATED),
    "the paper and its conference abstract": (NO_DOI, like(NO_DOI, volume="45", issue="9", pages="S212", year=2018), RELATED),
    "a yearly report": ({"title": "Tea rooms of the coast, report for 2015", "authors": ["Ames, B."], "year": 2015, "volume": "4", "pages": "1-9"},
                        {"title": "Tea rooms of the coast, report for 2016", "authors": ["Ames, B."], "year": 2016, "volume": "5", "pages": "1-9"}, None),
    "two Chinese papers": (SNOW, {"title": "饮茶与睡眠:社区老年人随访研究", "year": 2016}, APART),
    "two Russian papers": (RUSSIAN, like(RUSSIAN, title="Чай и сон: наблюдение за соседями", volume="5", pages="30-41"), APART),
}  # fmt: skip


@pytest.mark.parametrize("case", PAIRS)
def test_a_pair_has_its_band(case):
    """None: a person may look at it or not, but the rules never join it."""
    one, two, band = PAIRS[case]
    found = pair(one, two)
    assert found.band == band if band else found.band != JOINED
    assert pair(two, one).band == found.band


@pytest.mark.parametrize("case", PAIRS)
def test_the_reasons_add_up_to_the_score(case):
    found = pair(*PAIRS[case][:2])
    assert round(sum(points for _name, points in found.reasons), 3) == found.score
    assert all(name and points for name, points in found.reasons)


@pytest.mark.parametrize("case", [case for case, (_one, _two, band) in PAIRS.items() if band == JOINED])
def test_what_is_joined_is_found_by_its_keys(case):
    one, two, _band = PAIRS[case]
    assert set(keys(Normal.of(one))) & set(keys(Normal.of(two)))


def test_a_serial_title_is_looked_at_even_with_everything_else_alike():
    one, two = like(NO_DOI, "volume", "pages"), like(NO_DOI, "volume", "pages")
    assert pair(one, two, serial=lambda normal: True).band == LOOK
    assert pair(LETTERS, LETTERS, serial=lambda normal: True).band == JOINED  # volume and pages say which piece it is


def test_a_doi_of_a_whole_issue_is_no_evidence():
    names = [name for name, _points in pair(LETTERS, LETTERS, shared_doi=lambda doi: True).reasons]
    assert "same DOI" not in names
    assert "same DOI" in [name for name, _points in pair(LETTERS, LETTERS).reasons]


def test_a_veto_says_why_in_words():
    assert pair(NO_DOI, like(NO_DOI, title="Corrigendum: " + TITLE)).veto == "only one is marked “corrigendum”"
    assert pair(LETTERS, LETTERS).veto == ""


def test_three_chinese_records_without_doi_stay_three_works():
    titles = ["雪天与哮喘:学校停课作为自然实验", "饮茶与睡眠:社区老年人的随访研究", "屋顶花园与护士:第一个夏天的记录"]
    normals = {n: Normal.of({"title": title, "year": 2016, "journal": "气象与健康"}) for n, title in enumerate(titles)}
    plan = cluster(normals, judge(normals, [(0, 1), (0, 2), (1, 2)]))
    assert len(set(plan.group.values())) == 3
    assert all(Normal.of({"title": title}).compact for title in titles)


def test_two_scripts_of_one_paper_meet_in_a_question_or_are_joined_by_their_english_title():
    english = like(SNOW, title="Snow days and asthma: school closure as a natural experiment")
    assert set(keys(Normal.of(SNOW))) & set(keys(Normal.of(english)))
    assert pair(SNOW, english).band == JOINED  # one team fills the same pages of one volume
    assert pair(SNOW, like(english, pages="12")).band == LOOK
    both = like(SNOW, alt_titles=[{"title": "Snow days and asthma: school closure as a natural experiment"}])
    assert pair(both, english).band in (JOINED, LOOK)


def test_unrelated_records_of_other_scripts_stay_apart():
    titles = [
        "雪天与哮喘",
        "饮茶与睡眠研究",
        "屋顶花园与护士",
        "Снег и астма",
        "Чай и сон",
        "الثلج والربو",
        "الشاي والنوم",
    ]
    normals = {n: Normal.of({"title": title, "year": 2016}) for n, title in enumerate(titles)}
    ids = [(a, b) for a in normals for b in normals if a < b]
    assert {each.band for each in judge(normals, ids)} == {APART}


def test_kin_may_count_as_one_publication():
    erratum = like(NO_DOI, title="Erratum: " + TITLE)
    assert pair(NO_DOI, erratum).kin == "notice"
    assert pair(NO_DOI, erratum, join=("notice",)).band == JOINED
    assert pair(NO_DOI, erratum, join=("update", "preprint")).band == RELATED


def test_every_kin_has_its_words():
    assert {*Kin.values} == {*KINDS}


def test_front_matter_and_serial_titles_with_other_places_are_nobodys_question():
    one = {
        "title": "Introduction to the minitrack on tea",
        "authors": ["Ames, B.", "Cole, D."],
        "year": 2021,
        "journal": "Tea Conference",
    }
    assert pair(one, like(one, year=2022)).band != JOINED
    assert pair(EDITORIAL, like(EDITORIAL, issue="2", pages="101-102")).band == APART


FIELDS = st.dictionaries(st.sampled_from([*LETTERS, "pmid"]), st.text(max_size=40))


@settings(max_examples=200, deadline=None)
@given(FIELDS, FIELDS)
def test_no_record_makes_judging_raise(one, two):
    found = pair(one, two)
    assert found.band in (JOINED, LOOK, RELATED, APART)
    assert found.score == pair(two, one).score
    for normal in (Normal.of(one), Normal.of(two)):
        assert all(-(1 << 63) <= key < 1 << 63 for key in keys(normal))


def test_keys_are_signed_numbers_that_never_change():
    """Stored keys of old dumps must meet those of new ones: a change here needs a migration."""
    found = keys(Normal.of(LETTERS))
    assert found == sorted(set(found)) == keys(Normal.of(dict(LETTERS)))
    assert all(-(1 << 63) <= key < 1 << 63 for key in found)
    assert keys(Normal.of({"doi": LETTERS["doi"], "pmid": "90000001"})) == [781144389991475254, 4639860703144467627]
    assert len(found) >= 10 and keys(Normal.of({})) == []
