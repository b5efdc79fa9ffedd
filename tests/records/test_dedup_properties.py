"""What changes nothing about sameness: how a record is dressed, spelt and ordered; and what every script may rely on.

The studies are invented, a new library for every example: titles are made of words of one language, places of numbers.
"""

import random
import unicodedata
from collections.abc import Callable
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from records.dedup import Normal, judge, keys
from records.dedup.compare import APART, JOINED, LOOK
from records.dedup.headless import dedupe
from records.dedup.normalise import NOTHING, words

Record = dict[str, Any]
some = settings(max_examples=60, deadline=None)
more = settings(max_examples=200, deadline=None)

# --- a small generator of fictional studies ------------------------------------------------------------------------
ENGLISH = (
    "lantern orchard kettle ferry choir walkers gardens midwives carers rehabilitation diaries hospice bakery rivers "
    "loneliness knitting allotments storytelling widowers beekeepers lullabies puppets bicycles seaweed"
).split()
BRITISH = {
    "harbour": "harbor", "randomised": "randomized", "paediatric": "pediatric", "behaviour": "behavior", "anaemia": "anemia",
    "neighbours": "neighbors", "tumour": "tumor", "centre": "center", "programme": "program", "organisation": "organization",
    "counselling": "counseling", "labour": "labor",
}  # fmt: skip
CHINESE = "护士 花园 老年 社区 睡眠 茶馆 邻居 音乐 渡轮 冬季 散步 读信 夜班 学校 哮喘 疼痛 病房 屋顶 灯笼 编织".split()
CYRILLIC = (
    "медсёстры сады чай соседи письма сон прогулки хоры зима паром больница боль кухня вдовцы пчёлы вязание колыбельные "
    "мосты дневники одиночество"
).split()
ARABIC = "الممرضات الحدائق الشاي الجيران الرسائل النوم المشي الجوقات الشتاء العبارة المستشفى الألم المطبخ الأرامل النحل الحياكة".split()
SCRIPTS = {"chinese": (CHINESE, ""), "cyrillic": (CYRILLIC, " "), "arabic": (ARABIC, " ")}
TERMS = ["Mindfulness-Based Cognitive Therapy", "COVID-19", "Tele-Tea", "SARS-CoV-2", "Photovoice"]
FAMILIES = "Castellaños Işık Kjær Đurđević Þórsdóttir Müller Ødegård Brontë Nováková Šimek Iyer Okonjo Quill Łuczak Hartigan Sørby Tanaka Varga".split()
GIVEN = "Rocío Hanne Edgar Zoë Mirembe Ivo Aiko Petra Sunniva Tomás".split()
VENUES = ["Journal of Slow Communication", "Annals of Imagined Nursing", "Harbour Medicine", "Acta Fictionalia"]


def titled(chance: random.Random, words: list[str], between: str, number: int) -> str:
    """A title of different words; the more of them, the less any two are alike."""
    found = between.join(chance.sample(words, number))
    return found[:1].upper() + found[1:]


def study(chance: random.Random, title: str) -> Record:
    """One invented study of two to four people, with a place of its own and no DOI."""
    first, year = chance.randint(11, 900), chance.randint(1995, 2024)
    people = zip(chance.sample(FAMILIES, chance.randint(2, 4)), chance.sample(GIVEN, 4), strict=False)
    return {
        "title": title,
        "authors": [f"{family}, {given}" for family, given in people],
        "year": year,
        "journal": chance.choice(VENUES),
        "volume": str(chance.randint(2, 90)),
        "issue": str(chance.randint(1, 6)),
        "pages": f"{first}-{first + chance.randint(3, 9)}",
    }


def english(chance: random.Random) -> Record:
    """A study with a title of eight words, one of them spelt as the British do."""
    some_words = [*chance.sample(ENGLISH, 7), chance.choice(sorted(BRITISH))]
    return study(chance, titled(chance, some_words, " ", 8).replace(" ", ": ", 1))


def library(seed: int) -> dict[str, Record]:
    """Six studies; of each one to three records, each of which lacks something, and now and then only names it."""
    chance, found = random.Random(seed), {}
    for number in range(6):
        whole = english(chance)
        if chance.random() < 0.5:
            whole["doi"] = f"10.5555/fiction.{seed}.{number}"
        for copy in range(chance.randint(1, 3)):
            gone = chance.sample(
                ["journal", "volume", "issue", "pages", "doi", "year", "authors"], chance.randint(0, 3)
            )
            found[f"r{number}{copy}"] = {name: value for name, value in whole.items() if copy == 0 or name not in gone}
    return found


def sorted_out(records: dict[str, Record]) -> tuple[set, set]:
    """Which records stand together, and between which of these groups a person is asked."""
    plan, questions = dedupe(records)
    members: dict[object, set[str]] = {}
    for each, group in plan.group.items():
        members.setdefault(group, set()).add(each)
    works = {group: frozenset(each) for group, each in members.items()}
    return set(works.values()), {frozenset((works[plan.group[q.a]], works[plan.group[q.b]])) for q in questions}


def bands(one: Record, two: Record) -> str:
    """The band of a pair, if any key makes the two meet at all."""
    normals = {1: Normal.of(one), 2: Normal.of(two)}
    if not set(keys(normals[1])) & set(keys(normals[2])):
        return APART
    return judge(normals, [(1, 2)])[0].band


# --- dress ---------------------------------------------------------------------------------------------------------
def every_text(record: Record, change: Callable[[str], str], *names: str) -> Record:
    """The record with this change to the texts of these fields."""

    def changed(value: Any) -> Any:
        return [change(each) for each in value] if isinstance(value, list) else change(value)

    return {name: changed(value) if name in names else value for name, value in record.items()}


WORDS = ("title", "authors", "journal")


def american(text: str) -> str:
    for british, other in BRITISH.items():
        text = text.replace(british, other).replace(british.title(), other.title())
    return text


PLAIN = str.maketrans({"ı": "i", "æ": "ae", "đ": "d", "Đ": "D", "Þ": "Th", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l"})


def bare(text: str) -> str:
    """Without marks, as many a source writes it."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).translate(PLAIN)


DRESS: dict[str, Callable[[Record], Record]] = {
    "capitals": lambda r: every_text(r, str.upper, "title", "journal"),
    "small letters": lambda r: every_text(r, str.lower, *WORDS),
    "accents lost": lambda r: every_text(r, bare, *WORDS),
    "accents taken apart": lambda r: every_text(r, lambda t: unicodedata.normalize("NFD", t), *WORDS),
    "wide blanks": lambda r: every_text(r, lambda t: f" {t} ".replace(" ", "\u2003 "), *WORDS),
    "another colon": lambda r: every_text(r, lambda t: t.replace(": ", " – ") + ".", "title"),
    "quotation marks": lambda r: every_text(r, lambda t: f"“{t}”", "title"),
    "italics": lambda r: every_text(r, lambda t: f"<i>{t}</i>", "title"),
    "entities": lambda r: every_text(r, lambda t: t.replace(":", "&#58;"), "title"),
    "another dash in pages": lambda r: every_text(r, lambda t: t.replace("-", "–"), "pages"),
    "a resolver before the DOI": lambda r: every_text(r, lambda t: f"https://doi.org/{t.upper()}", "doi"),
    "one string of people": lambda r: r | {"authors": "; ".join(r["authors"])} if "authors" in r else r,
    "years and volumes as numbers and texts": lambda r: r | {n: str(r[n]) for n in ("year", "volume") if n in r},
    "initials": lambda r: r | {"authors": [each[: each.index(",") + 3] + "." for each in r["authors"]]} if isinstance(r.get("authors"), list) else r,
}  # fmt: skip
DRESSES = st.lists(st.sampled_from(sorted(DRESS)), min_size=1, max_size=3, unique=True)
SEEDS = st.integers(0, 10**6)


@some
@given(SEEDS, DRESSES, st.data())
def test_how_records_are_dressed_changes_no_group_and_no_question(seed, dresses, data):
    records = library(seed)
    dressed = {}
    for each, record in records.items():
        if data.draw(st.booleans(), label=f"is {each} dressed"):
            for name in dresses:
                record = DRESS[name](record)
        dressed[each] = record
    assert sorted_out(dressed) == sorted_out(records)


@more
@given(SEEDS)
def test_british_and_american_spelling_of_a_title_are_one_where_people_and_place_are_stated(seed):
    record = english(random.Random(seed))
    assert bands(record, every_text(record, american, "title")) == JOINED


@some
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_of_fields_changes_nothing(seed, chance):
    records = library(seed)
    rows = list(records.items())
    chance.shuffle(rows)
    turned = {each: dict(reversed(record.items())) for each, record in rows}
    assert sorted_out(turned) == sorted_out(records)


@some
@given(SEEDS, SEEDS)
def test_what_else_is_in_the_library_changes_no_group(seed, other):
    """Two libraries of different studies side by side: each is sorted out as it is alone."""
    one, two = library(seed), {f"x{each}": record for each, record in scripts_of(other).items()}
    groups, questions = sorted_out(one | two)
    alone, asked = sorted_out(one)
    assert groups == alone | {frozenset({each}) for each in two}
    assert questions == asked


@some
@given(SEEDS)
def test_a_record_said_twice_is_one_work(seed):
    """Word for word, whatever it lacks but a place or people to know it by."""
    record = english(random.Random(seed))
    assert bands(record, dict(record)) == JOINED
    assert bands(record, {name: record[name] for name in ("title", "authors", "year", "journal")}) == JOINED


@some
@given(SEEDS)
def test_different_studies_of_the_same_people_stay_apart(seed):
    chance = random.Random(seed)
    one = english(chance)
    words = [word for word in ENGLISH if word not in one["title"].lower()]
    two = study(chance, titled(chance, words, " ", 8)) | {"authors": one["authors"], "journal": one["journal"]}
    two["pages"], two["year"] = "1001-1009", one["year"]
    assert bands(one, two) == APART


# --- scripts -------------------------------------------------------------------------------------------------------
def scripts_of(seed: int) -> dict[str, Record]:
    """Unrelated records of three scripts without a DOI; some state nothing but a title and a year."""
    chance, found = random.Random(f"scripts {seed}"), {}
    for name, (own, between) in SCRIPTS.items():
        rest = chance.sample(own, len(own))
        for n in range(3):
            title = between.join(rest[5 * n : 5 * n + 5])
            record = study(chance, title)
            record["pages"] = f"{2000 + 100 * len(found)}-{2009 + 100 * len(found)}"
            found[f"{name}{n}"] = record if chance.random() < 0.5 else {"title": title, "year": record["year"]}
    return found


@more
@given(SEEDS, st.booleans())
def test_unrelated_records_of_any_script_stay_apart_and_are_nobodys_question(seed, one_year):
    records = scripts_of(seed)
    if one_year:  # one year, one journal, as of a database that fills in what it doesn't know
        records = {each: record | {"year": 2016, "journal": "气象与健康"} for each, record in records.items()}
    groups, questions = sorted_out(records)
    assert groups == {frozenset({each}) for each in records}
    assert questions == set()


@more
@given(
    SEEDS,
    st.sampled_from(sorted(SCRIPTS)),
    st.sets(st.sampled_from(["volume", "issue", "pages", "authors"]), max_size=2),
)
def test_a_record_in_its_own_script_and_one_in_english_meet(seed, script, unsaid):
    """One states the original title with the English one beside it, the other the English one alone."""
    chance = random.Random(seed)
    paper, (own, between) = english(chance), SCRIPTS[script]
    original = paper | {
        "title": titled(chance, own, between, 5),
        "alt_titles": [{"title": paper["title"], "language": "en"}],
    }
    assert bands(original, {name: value for name, value in paper.items() if name not in unsaid}) in (JOINED, LOOK)


@more
@given(SEEDS, st.sampled_from(sorted(SCRIPTS)))
def test_a_title_in_two_scripts_meets_by_its_people_and_its_place(seed, script):
    """Without a second title on either side, the pages tell."""
    chance = random.Random(seed)
    paper, (own, between) = english(chance), SCRIPTS[script]
    assert bands(paper | {"title": titled(chance, own, between, 5)}, paper) in (JOINED, LOOK)


@more
@given(SEEDS, st.sampled_from(sorted(SCRIPTS)), st.sampled_from(TERMS))
def test_a_latin_name_in_titles_of_another_script_joins_nothing(seed, script, term):
    """Of two papers on one method or illness by one team, in one journal and year, the rest of the titles tells them apart."""
    chance, (own, between) = random.Random(seed), SCRIPTS[script]
    rest = chance.sample(own, 10)
    one = study(chance, f"{term} {between.join(rest[:5])}")
    one = {name: one[name] for name in ("title", "authors", "year", "journal")}
    two = one | {"title": f"{term} {between.join(rest[5:])}"}
    assert Normal.of(one).title != Normal.of(two).title
    assert bands(one, two) != JOINED


@more
@given(SEEDS, st.sampled_from(sorted(SCRIPTS)), st.sampled_from(["{} [{}]", "{} = {}", "{} / {}"]))
def test_a_translation_beside_the_title_meets_the_title_alone(seed, script, both):
    chance, (own, between) = random.Random(seed), SCRIPTS[script]
    paper = english(chance)
    two = paper | {"title": both.format(paper["title"], titled(chance, own, between, 5))}
    assert bands(paper, two) in (JOINED, LOOK)


@more
@given(
    SEEDS,
    st.sampled_from(sorted(SCRIPTS)),
    st.sampled_from(["capitals", "accents taken apart", "wide blanks", "italics", "quotation marks"]),
)
def test_dress_is_no_matter_in_any_script(seed, script, dress):
    chance = random.Random(seed)
    own, between = SCRIPTS[script]
    record = study(chance, titled(chance, own, between, 5))
    dressed = DRESS[dress](record)
    assert Normal.of(dressed) == Normal.of(record)
    assert bands(record, dressed) == JOINED


LETTERS = st.characters(categories=["Lu", "Ll", "Lo", "Lt", "Nd"])


@more
@given(st.text(LETTERS, min_size=1, max_size=30))
def test_a_title_of_any_script_never_becomes_empty(title):
    assume(title.casefold() not in NOTHING)
    normal = Normal.of({"title": title})
    assert normal.title and normal.compact == normal.title.replace(" ", "")
    assert Normal.from_json(normal.to_json()) == normal


@more
@given(st.text(LETTERS, min_size=8, max_size=40))
def test_a_title_of_any_script_can_be_found_by_a_key(title):
    assert keys(Normal.of({"title": title}))


@more
@given(st.text(max_size=60))
def test_what_is_plain_already_stays_as_it_is(text):
    assert words(words(text)) == words(text)


TURKISH = "Hemşirelerin yalnızlık duygusu: kırsal bölgede çalışma koşulları"


def test_a_turkish_title_without_its_dots_and_tails_is_the_same_title():
    plain = TURKISH.translate(str.maketrans("şığçö", "sigco"))
    assert Normal.of({"title": TURKISH}) == Normal.of({"title": plain})
