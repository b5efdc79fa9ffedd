"""The filters of the library: what an address asks for, the works that it chooses, and the same in words.

`chosen` gives the works; filters combine, each narrows. Several values of one filter mean any of them. What a member may not
see is neither offered nor fetched: a filter on outcomes is dropped while the stage is blinded, and all others that hang on
what people said go by `access`, so that while blinded they mean the member's own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from records import full_text
from records.models import Answer, Band, Match, Nature, Record, Work
from records.search_words import Asked, Fact, any_of, read
from records.works import IN_USE
from reviews import access, lists, noticed
from reviews.highlights import terms_of
from reviews.models import Decision, HighlightList, Later, Member, Outcome, StageName, State, Verdict

MOST_VALUES, MOST_TYPED = 30, 500
Values = tuple[str, ...]
Params = Mapping[str, Any] | str

# Text fields of the form, each with the column of the index in which it looks.
TEXTS = {
    "q": "",
    "title": "title",
    "author": "authors",
    "in_abstract": "abstract",
    "journal": "journal",
    "keyword": "keywords",
}
ORDERS = {
    "rank": ("rank",),
    "year": ("-year", "rank"),
    "oldest": ("year", "rank"),
    "title": ("title", "rank"),
    "newest": ("-rank",),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of an address as far as they may be used: names with their values, in the order of `FILTERS`."""

    values: tuple[tuple[str, Values], ...] = ()
    named: str = "works"
    order: str = "rank"

    def __bool__(self) -> bool:
        return bool(self.values)

    def of(self, name: str) -> Values:
        """The values of one filter."""
        return dict(self.values).get(name, ())

    @property
    def query(self) -> str:
        """The same as an address has it."""
        pairs = [(name, value) for name, values in self.values for value in values]
        kept = [("list", self.named)] if self.named != "works" else []
        return urlencode([*kept, *pairs, *([("order", self.order)] if self.order != "rank" else [])])

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The same as a form has it."""
        return [(name, str(value)) for name, values in QueryDict(self.query).lists() for value in values]

    def without(self, name: str, value: str) -> str:
        """The address without one value of one filter."""
        left = [(n, tuple(v for v in values if (n, v) != (name, value))) for n, values in self.values]
        return Wanted(tuple((n, v) for n, v in left if v), self.named, self.order).query


def wanted(member: Member, params: Params) -> Wanted:
    """The filters in an address or a form; what is unknown, empty or not open to this member is left out."""
    given = QueryDict(params) if isinstance(params, str) else params
    found = []
    for name in (*TEXTS, *FILTERS):
        values = tuple(dict.fromkeys(each.strip()[:MOST_TYPED].strip() for each in _listed(given, name)))
        kept = tuple(each for each in values if each and "\0" not in each and _open(member, name, each))[:MOST_VALUES]
        if kept:
            found.append((name, kept[:1] if name in TEXTS else kept))
    order = (_listed(given, "order") or ["rank"])[0]
    return Wanted(tuple(found), (_listed(given, "list") or ["works"])[0], order if order in ORDERS else "rank")


def _listed(given: Mapping[str, Any], name: str) -> list[str]:
    if isinstance(given, QueryDict):
        return [str(each) for each in given.getlist(name)]
    value = given.get(name, [])
    return [value] if isinstance(value, str) else [str(each) for each in value]


def _open(member: Member, name: str, value: str) -> bool:
    """Whether a value of a filter can mean something to this member. Texts may be anything."""
    return name in TEXTS or FILTERS[name].takes(member, value)


def chosen(member: Member, params: "Params | Wanted") -> QuerySet[Work]:
    """The works that the filters of an address choose, as this member may see them, in the order that it names."""
    asked = params if isinstance(params, Wanted) else wanted(member, params)
    rows = narrowed(member, asked)
    texts = texts_of(asked)
    if texts:
        rows = rows.filter(full_text.holding(member.review_id, full_text.understood(member.review_id, texts)))
    return rows


def narrowed(member: Member, asked: Wanted) -> QuerySet[Work]:
    """The same without what must stand in texts, for those who look that up in a quicker way."""
    named = lists.named(asked.named, member)
    rows = Work.objects.none() if named is None or named.of != "works" else lists.rows_of(named, member)
    for name, values in asked.values:
        if name in FILTERS:
            rows = rows.filter(FILTERS[name].condition(member, values))
    for fact in _asked(asked).facts:
        rows = rows.filter(_fact(fact))
    return rows.order_by(*ORDERS[asked.order])


def _asked(asked: Wanted) -> Asked:
    """All that is asked for in words, from every text field."""
    parts = [read(values[0], TEXTS[name]) for name, values in reversed(asked.values) if name in TEXTS]
    needles, without = [n for each in parts for n in each.wanted], [n for each in parts for n in each.unwanted]
    return Asked(
        tuple(dict.fromkeys(needles)), tuple(dict.fromkeys(without)), tuple(f for each in parts for f in each.facts)
    )


def texts_of(asked: Wanted) -> Asked | None:
    """What must stand in the works' texts; None where nothing must."""
    found = _asked(asked)
    return Asked(found.wanted, found.unwanted) if found.wanted or found.unwanted else None


# --- conditions ----------------------------------------------------------------------------------------------------
def _record(**conditions: Any) -> Exists:
    """Of a work: a record in use of which this holds."""
    return Exists(Record.objects.filter(work=OuterRef("pk"), search__aside=False, **conditions))


FEW = 2000  # records that are found before their works are; more are met soon when works are gone through in order


def _of_records(library_id: int, **conditions: Any) -> Q:
    """The same, by whichever way is short: few records are found first, of many a work's own are looked at."""
    rows = Record.objects.filter(library=library_id, **conditions)
    if rows.order_by()[: FEW + 1].count() > FEW:
        return Q(_record(**conditions))
    return Q(pk__in=rows.filter(search__aside=False).values("work"))


def _numbers(values: Iterable[str]) -> list[int]:
    return [int(each) for each in values]


def _fact(fact: Fact) -> Q:
    """A `year:`, `source:`, `language:` or `type:` of the search box."""
    if fact.kind == "YEAR":
        condition = _years(*fact.years)
    else:
        columns = {"SOURCE": ("search__source__icontains", "search__platform__icontains"), "LANGUAGE": ("language__istartswith",),
                   "TYPE": ("type__icontains",)}[fact.kind]  # fmt: skip
        condition = Q()
        for column in columns:
            condition |= Q(_record(**{column: fact.value}))
    return ~condition if fact.without else condition


def _years(first: int | None, last: int | None) -> Q:
    condition = Q(year__isnull=False)
    condition &= Q(year__gte=first) if first is not None else Q()
    return condition & (Q(year__lte=last) if last is not None else Q())


def _outcome(member: Member, values: Values) -> Q:
    condition = Q()
    for value in values:
        stage, _colon, state = value.partition(":")
        rows = Outcome.objects.filter(review=member.review_id, stage=stage, work=OuterRef("pk"))
        condition |= Q(Exists(rows.filter(state=state)))
        if state == State.PENDING and stage == StageName.FULL_TEXT:
            condition |= ~Q(Exists(rows))
    return condition


def _sees_outcome(member: Member, value: str) -> bool:
    stage, _colon, state = value.partition(":")
    return stage in StageName.values and state in State.values and access.sees_totals(member, stage)


def _own(stage: str) -> Callable[[Member, Values], Q]:
    def condition(member: Member, values: Values) -> Q:
        mine = Decision.objects.filter(
            review=member.review_id, member=member, stage=stage, current=True, work=OuterRef("pk")
        )
        found = Q(Exists(mine.filter(verdict__in=[v for v in values if v in Verdict.values])))
        if "none" in values:
            found |= ~Q(Exists(mine))
        if "later" in values:
            put_off = Later.objects.filter(review=member.review_id, member=member, stage=stage)
            found |= Q(pk__in=put_off.values("work"))
        return found

    return condition


def _note(member: Member, values: Values) -> Q:
    own = access.notes_shown_to(member).filter(member=member)
    with_note = Q(pk__in=own.values("record__work"))
    return with_note if "yes" in values else ~with_note


def _label(member: Member, values: Values) -> Q:
    """Own labels while blinded, everybody's once nothing is; "none": without any of these."""
    put = access.labellings_shown_to(member)
    condition = Q(pk__in=put.filter(label__in=_numbers(v for v in values if v != "none")).values("record__work"))
    return condition | ~Q(pk__in=put.values("record__work")) if "none" in values else condition


def _reason(member: Member, values: Values) -> Q:
    made = access.decisions_shown_to(member).filter(verdict=Verdict.EXCLUDE)
    numbers = _numbers(v for v in values if v != "none")
    given = Q(reason__in=numbers) | Q(reason__merged_into__in=numbers)
    given |= Q(reason=None) if "none" in values else Q()
    return Q(pk__in=made.filter(given).values("work"))


def _criteria(member: Member, values: Values) -> Q:
    made = access.decisions_shown_to(member).filter(criteria_version__in=_numbers(values), work=OuterRef("pk"))
    return Q(Exists(made))


def _abstract(member: Member, values: Values) -> Q:
    library = member.review_id
    stating = Record.objects.filter(work=OuterRef("pk"), search__aside=False).exclude(abstract="")
    condition = Q()
    if "some" in values:
        condition |= Q(Exists(stating))
    if "none" in values:
        condition |= _of_records(library, abstract="") & ~Q(Exists(stating))
    if "truncated" in values:
        condition |= _record(abstract_truncated=True) & ~Q(Exists(stating.filter(abstract_truncated=False)))
    return condition


def _ids(member: Member, values: Values) -> Q:
    doi = Q(Exists(Record.objects.filter(work=OuterRef("pk"), search__aside=False).exclude(doi="")))
    pmid = Q(Exists(Record.objects.filter(work=OuterRef("pk"), search__aside=False).exclude(pmid="")))
    without = _of_records(member.review_id, doi="") & ~doi
    each = {"doi": doi, "no-doi": without, "pmid": pmid, "no-pmid": ~pmid, "none": without & ~pmid}
    condition = Q()
    for value in values:
        condition |= each[value]
    return condition


def _highlight(member: Member, values: Values) -> Q:
    """Works with a hit of one of these lists; words inside longer ones are found from the word's beginning only."""
    condition = Q(pk__in=[])
    for row in HighlightList.objects.filter(review=member.review_id, pk__in=_numbers(values)):
        terms = terms_of(row.terms)
        asked = any_of([*terms] if row.whole_words else [f"{term}*" for term in terms])
        if asked:
            condition |= Q(pk__in=full_text.works_with_any(member.review_id, asked))
    return condition


def _related(member: Member, values: Values) -> Q:
    akin = Match.objects.filter(
        Q(answer=Answer.RELATED) | Q(band=Band.RELATED, answer=""), library=member.review_id, **IN_USE
    )
    there = Q(pk__in=akin.values("record_a__work")) | Q(pk__in=akin.values("record_b__work"))
    return there if "yes" in values else ~there


def _noticed(member: Member, values: Values) -> Q:
    condition = Q()
    for value in values:
        condition |= Q(pk__in=noticed.works_with(value)(member).order_by().values("pk"))
    return condition


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: which of its values mean something to a member, and what they say of works."""

    takes: Callable[[Member, str], bool]
    condition: Callable[[Member, Values], Q]


def _number(_member: Member, value: str) -> bool:
    return value.isdecimal() and value.isascii() and len(value) < 19


def _one_of(*values: str) -> Callable[[Member, str], bool]:
    return lambda _member, value: value in values


def _number_or_none(member: Member, value: str) -> bool:
    return value == "none" or _number(member, value)


def _year(_member: Member, value: str) -> bool:
    return value.isdecimal() and value.isascii() and len(value) <= 4


def _word(_member: Member, _value: str) -> bool:
    return True


YES_NO = _one_of("yes", "no")
OWN = ("include", "exclude", "maybe", "none", "later")

FILTERS: dict[str, Filter] = {
    "search": Filter(_number, lambda m, v: _of_records(m.review_id, search__in=_numbers(v))),
    "database": Filter(_word, lambda m, v: Q(_record(search__source__in=v))),
    "dump": Filter(_number, lambda m, v: _of_records(m.review_id, dump__in=_numbers(v))),
    "since": Filter(_year, lambda m, v: _years(int(v[0]), None)),
    "until": Filter(_year, lambda m, v: _years(None, int(v[0]))),
    "language": Filter(
        _word, lambda m, v: _of_records(m.review_id, language__in=["" if x == "none" else x for x in v])
    ),
    "type": Filter(_word, lambda m, v: _of_records(m.review_id, type__in=["" if x == "none" else x for x in v])),
    "outcome": Filter(_sees_outcome, _outcome),
    "own": Filter(_one_of(*OWN), _own(StageName.TITLE_ABSTRACT)),
    "own_full": Filter(_one_of(*OWN), _own(StageName.FULL_TEXT)),
    "reason": Filter(_number_or_none, _reason),
    "criteria": Filter(_number, _criteria),
    "note": Filter(YES_NO, _note),
    "label": Filter(_number_or_none, _label),
    "highlight": Filter(_number, _highlight),
    "abstract": Filter(_one_of("none", "truncated", "some"), _abstract),
    "ids": Filter(_one_of("doi", "no-doi", "pmid", "no-pmid", "none"), _ids),
    "joined": Filter(YES_NO, lambda m, v: Q(records_count__gt=1) if "yes" in v else Q(records_count__lte=1)),
    "related": Filter(YES_NO, _related),
    "noticed": Filter(_one_of("noticed", *Nature.values), _noticed),
}
