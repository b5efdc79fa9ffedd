"""Which records are the same publication: pairs with their bands, points that add up, and works whatever the order of input."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.dedup import RULES, Judged, Normal, cluster, judge, keys
from records.dedup.compare import APART, JOINED, LOOK, RELATED
from records.dedup.facts import journals, spelled
from records.dedup.facts import pages as places
from records.dedup.normalise import doi, kind, marker, numbers, pages, surnames, unlabelled, venue, words
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


def test_a_normal_form_can_be_stored_and_fetched():
    normal = Normal.of(like(LETTERS, alt_titles=[{"title": "陌生人之间的信件"}]))
    assert Normal.from_json(normal.to_json()) == normal
    assert Normal.of({}).to_json() == {}


def test_a_title_that_repeats_the_journal_is_none():
    assert Normal.of({"title": "Journal of Slow Communication", "journal": "Journal of slow communication"}).title == ""


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


# Works


def judged(a, b, probability, band=None):
    """A judgement made by hand."""
    return Judged(
        a,
        b,
        probability * 10,
        probability,
        band or (JOINED if probability >= 0.8 else LOOK if probability >= 0.1 else APART),
    )


def works(plan):
    groups = {}
    for each, group in plan.group.items():
        groups.setdefault(group, set()).add(each)
    return {frozenset(each) for each in groups.values()}


IDS = list(range(7))
LINKS = st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda link: link[0] < link[1])
SCORES = st.sampled_from([0.005, 0.05, 0.3, 0.6, 0.85, 0.9, 0.95, 0.9995])
EVIDENCE = st.dictionaries(LINKS, SCORES, max_size=14)
some = settings(max_examples=200, deadline=None)


@some
@given(
    EVIDENCE,
    st.lists(LINKS, max_size=3),
    st.lists(LINKS, max_size=3),
    st.sets(st.sampled_from(IDS)),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_input_changes_nothing(evidence, same, different, decided, chance):
    rows, ids = [judged(a, b, p) for (a, b), p in evidence.items()], list(IDS)
    answers = {"same": same, "different": different, "decided": dict.fromkeys(decided, True)}
    before = cluster(ids, rows, **answers)
    chance.shuffle(rows)
    chance.shuffle(ids)
    turned = [
        Judged(row.b, row.a, row.score, row.probability, row.band) if chance.random() < 0.5 else row for row in rows
    ]
    answers |= {"same": [(b, a) for a, b in same][::-1], "different": [(b, a) for a, b in different][::-1]}
    after = cluster(ids, turned, **answers)
    assert after.group == before.group
    assert [{q.a, q.b} for q in after.questions] == [{q.a, q.b} for q in before.questions]


@some
@given(EVIDENCE, LINKS, st.lists(LINKS, max_size=3))
def test_different_always_holds_and_is_never_asked_again(evidence, answer, more):
    different = [answer, *more]
    plan = cluster(IDS, [judged(a, b, p) for (a, b), p in evidence.items()], different=different)
    assert all(plan.group[a] != plan.group[b] for a, b in different)
    answered = {frozenset((plan.group[a], plan.group[b])) for a, b in different}
    assert not answered & {frozenset((plan.group[q.a], plan.group[q.b])) for q in plan.questions}


@some
@given(EVIDENCE, st.lists(LINKS, min_size=1, max_size=4))
def test_same_always_holds(evidence, same):
    plan = cluster(IDS, [judged(a, b, p) for (a, b), p in evidence.items()], same=same)
    assert all(plan.group[a] == plan.group[b] for a, b in same)


@some
@given(EVIDENCE, st.sets(st.sampled_from(IDS), min_size=2))
def test_two_decided_works_are_never_joined_but_asked_about(evidence, decided):
    plan = cluster(IDS, [judged(a, b, p) for (a, b), p in evidence.items()], decided=dict.fromkeys(decided, True))
    assert all(len(work & decided) <= 1 for work in works(plan))
    for (a, b), p in evidence.items():
        if p >= 0.8 and {a, b} <= decided:
            groups = {plan.group[a], plan.group[b]}
            assert any({plan.group[q.a], plan.group[q.b]} == groups for q in plan.questions)


@some
@given(EVIDENCE)
def test_every_strong_pair_is_joined_or_asked_about(evidence):
    plan = cluster(IDS, [judged(a, b, p) for (a, b), p in evidence.items()])
    asked = {frozenset((plan.group[q.a], plan.group[q.b])) for q in plan.questions}
    for (a, b), p in evidence.items():
        if p >= 0.1:
            assert plan.group[a] == plan.group[b] or frozenset((plan.group[a], plan.group[b])) in asked
    assert set(plan.group) == set(IDS)


def test_a_chain_does_not_join_what_contradicts_itself():
    rows = [judged("a", "b", 0.95), judged("b", "c", 0.9), judged("a", "c", 0.005)]
    plan = cluster("abc", rows)
    assert works(plan) == {frozenset("ab"), frozenset("c")}
    assert [(q.a, q.b) for q in plan.questions] == [("b", "c")]


def test_an_answer_holds_in_great_works_too():
    ids = list(range(120))
    rows = [judged(n, n + 2, 0.9995) for n in range(118)] + [judged(0, 1, 0.99)]
    plan = cluster(ids, rows, different=[(118, 119)])
    assert len(works(plan)) == 2 and not plan.questions


def test_of_several_questions_about_two_works_the_strongest_is_asked():
    rows = [judged("a", "b", 0.95), judged("a", "c", 0.3), judged("b", "c", 0.6)]
    assert [(q.a, q.b) for q in cluster("abc", rows).questions] == [("b", "c")]


def test_the_rules_have_a_version():
    assert RULES
