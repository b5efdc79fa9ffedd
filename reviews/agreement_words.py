"""Agreement in words: which figures are told of a pair and of several members, how each is called, and the rows of the file.

Each statistic is told with its formula, source and kind of interval, so that a reader can work it out again.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from records.writers.csv_table import MARK, harmless
from reviews import agreement as two
from reviews import agreement_several as several
from reviews.agreement_data import CATEGORIES, Part, StageAgreement
from reviews.agreement_pairs import Counted
from reviews.intervals import OF_MARGINS, Figure
from reviews.models import StageName

INCLUDE, MAYBE, EXCLUDE = range(3)
WILSON, STUDENT = "Wilson (1927)", "Gwet (2014), Student's t with n − 1"
NORMAL = "Fleiss, Cohen and Everitt (1969), normal"
ADDED = "Agresti and Min (2005)"


@dataclass(frozen=True, slots=True)
class Row:
    """A statistic with its figure for two categories and for three; None where it belongs to one of them only."""

    name: str
    formula: str
    interval: str
    for_two: Figure | None
    for_three: Figure | None

    @property
    def cells(self) -> list[tuple[str, str] | None]:
        """For two and for three categories: the figure as text, and why it has no interval."""
        return [
            each and (printed(each), "" if each.value is None or each.why in ("", OF_MARGINS) else _(each.why))
            for each in (self.for_two, self.for_three)
        ]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of counts with its sums, as a page shows it."""

    caption: str
    head: list[str]
    rows: list[tuple[str, list[int]]]


@dataclass(frozen=True, slots=True)
class Told:
    """A pair of members, or all of them: who, on how many works, tables, figures."""

    who: str
    n: int
    grids: list[Grid]
    rows: list[Row]


def names() -> dict[str, str]:
    """What the two ways to count a maybe are called."""
    return {"two": _("A maybe counts as include"), "three": _("Three categories")}


def shut(of: StageAgreement) -> str:
    """Why a stage has no figures, in words; empty where it has."""
    return {
        "": "",
        "blinded": _("This stage is blinded. How far members agree would tell what others decided, so it is worked out after the unblinding."),
        "selected": _("One include is enough at this stage: a second member reads a work only after the first excluded it. What both decided on is a selected part of the works, and no agreement can be worked out from it."),
        "unknown": _("The history does not say when this stage was unblinded, so no decision is known to be independent of the others."),
    }[of.shut]  # fmt: skip


def maybe_rule(of: StageAgreement) -> str:
    """What the stage's own rule makes of a maybe."""
    if of.rule is None:
        return ""
    words = {"include": _("goes on"), "conflict": _("is unresolved")}
    return _("By this stage's rule a maybe beside an include %(a)s, beside an exclude %(b)s, beside a maybe %(c)s.") % {
        "a": words[of.rule.maybe_counts_as],
        "b": words[of.rule.maybe_with_exclude],
        "c": words[of.rule.maybe_with_maybe],
    }


def pairs(of: Counted) -> Iterator[Told]:
    """Each pair that has a work in common."""
    for (a, b), table in of.tables.items():
        if two.works(table):
            one, other = str(of.members[a]), str(of.members[b])
            merged = two.merged(table, INCLUDE, MAYBE)
            grids = [_grid(names()["two"], merged, one, other), _grid(names()["three"], table, one, other)]
            yield Told(_("%(a)s and %(b)s") % {"a": one, "b": other}, two.works(table), grids, _of_pair(merged, table))


def apart(of: Counted) -> list[str]:
    """The pairs without a work in common, by name."""
    return [
        _("%(a)s and %(b)s") % {"a": of.members[a], "b": of.members[b]}
        for (a, b), table in of.tables.items()
        if not two.works(table)
    ]


def part_name(part: Part) -> str:
    """What a part of a stage's works is called."""
    if part.kind == "round":
        return _("calibration round %d") % part.of.number
    if part.kind == "version":
        return _("version %d of the criteria") % part.of if part.of else _("several versions of the criteria, or none")
    if part.kind == "month":
        return date_format(part.of, "F Y")
    return _("week of %s") % date_format(part.of, "j F Y")


@dataclass(frozen=True, slots=True)
class Brief:
    """A part in one line: works, what was said on them by pairs of members, and four figures with a maybe as include."""

    part: Part
    name: str
    n: int
    said: tuple[int, int, int]  # both include, one of each, both exclude
    figures: list[tuple[str, str]]  # the value, and its interval or why there is none
    drawn: tuple[float, float | None, float | None] | None  # observed agreement and its interval, out of 100


def brief(part: Part) -> Brief:
    """One part's line. With two members the figures are those of their table, with more those of all together."""
    with_works = [t for t in part.tables.values() if two.works(t)]
    tables = [two.merged(table, INCLUDE, MAYBE) for table in with_works]
    summed = [[sum(t[i][j] for t in tables) for j in range(2)] for i in range(2)]
    if len(part.members) < 3 or len(tables) == 1:
        figures = [f(summed) for f in (two.percent, two.kappa, two.ac1, two.alpha)]
        n = two.works(summed)
    else:
        patterns = _merged(part.together)
        units = several.counted(patterns, 2)
        figures = [several.percent(units), several.conger(patterns, 2), several.ac1(units), several.alpha(units)]
        n = several.works(units)
    said = (summed[0][0], summed[0][1] + summed[1][0], summed[1][1])
    return Brief(part, part_name(part), n, said, [_in_two_lines(each) for each in figures], _drawn(figures[0]))


def _in_two_lines(figure: Figure) -> tuple[str, str]:
    if figure.value is None:
        return "–", _(figure.why)
    if figure.low is None or figure.high is None:
        return _decimal(figure.value), _(figure.why)
    return _decimal(figure.value), _("%(low)s to %(high)s") % {
        "low": _decimal(figure.low),
        "high": _decimal(figure.high),
    }


def _drawn(figure: Figure) -> tuple[float, float | None, float | None] | None:
    def place(value: float | None) -> float | None:
        return None if value is None else round(100 * value, 1)

    return None if figure.value is None else (round(100 * figure.value, 1), place(figure.low), place(figure.high))


def briefly() -> list[str]:
    """What the figures of a line are called."""
    return [_("Observed agreement"), _("Kappa, Cohen or Conger"), _("Gwet's AC1"), _("Krippendorff's alpha")]


def _labels(q: int) -> list[str]:
    return [str(verdict.label) for n, verdict in enumerate(CATEGORIES) if q == len(CATEGORIES) or n != MAYBE]


def _grid(caption: str, table: two.Table, one: str, other: str) -> Grid:
    labels, (rows, columns) = _labels(len(table)), two.margins(table)
    head = [_("%(who)s: %(verdict)s") % {"who": other, "verdict": label} for label in labels]
    body = [
        (_("%(who)s: %(verdict)s") % {"who": one, "verdict": label}, [*row, total])
        for label, row, total in zip(labels, table, rows, strict=True)
    ]
    return Grid(caption, [*head, _("Sum")], [*body, (_("Sum"), [*columns, sum(rows)])])


def _of_pair(t2: two.Table, t3: two.Table) -> list[Row]:
    on = _("Agreement on: %s")
    dice = "2 nₖₖ / (nₖ. + n.ₖ), Dice (1945)"
    carried = _("%s, carried over") % WILSON
    linear = two.kappa(t3, two.linear(len(t3)))
    return [
        Row(_("Observed agreement"), "pₒ = Σ nₖₖ / n", WILSON, two.percent(t2), two.percent(t3)),
        Row(on % CATEGORIES[INCLUDE].label, dice, carried, two.specific(t2, 0), two.specific(t3, INCLUDE)),
        Row(on % CATEGORIES[MAYBE].label, dice, carried, None, two.specific(t3, MAYBE)),
        Row(on % CATEGORIES[EXCLUDE].label, dice, carried, two.specific(t2, 1), two.specific(t3, EXCLUDE)),
        Row(_("Expected by chance"), "pₑ = Σ nₖ. n.ₖ / n²", "", two.expected(t2), two.expected(t3)),
        Row(_("Cohen's kappa"), "(pₒ − pₑ) / (1 − pₑ), Cohen (1960)", NORMAL, two.kappa(t2), two.kappa(t3)),
        Row(_("Weighted kappa, linear"), _("weights 1, ½, 0 by distance, Cohen (1968)"), NORMAL, None, linear),
        Row(_("Largest kappa with these sums"), "(Σ min(nₖ., n.ₖ)/n − pₑ) / (1 − pₑ), Cohen (1960)", "", two.largest_kappa(t2), two.largest_kappa(t3)),
        Row(_("PABAK, Brennan-Prediger"), _("(pₒ − 1/q) / (1 − 1/q), Brennan and Prediger (1981); at two categories PABAK, Byrt et al. (1993)"), carried, two.brennan_prediger(t2), two.brennan_prediger(t3)),
        Row(_("Gwet's AC1"), _("pₑ = Σ πₖ(1 − πₖ) / (q − 1), Gwet (2008)"), STUDENT, two.ac1(t2), two.ac1(t3)),
        Row(_("Krippendorff's alpha"), _("nominal, 1 − Dₒ/Dₑ, Krippendorff (2011)"), STUDENT, two.alpha(t2), two.alpha(t3)),
        Row(_("Prevalence index"), _("(both include − both exclude) / n, Byrt et al. (1993)"), ADDED, two.prevalence(t2), None),
        Row(_("Bias index"), _("(only the first includes − only the second) / n, Byrt et al. (1993)"), ADDED, two.bias(t2), None),
    ]  # fmt: skip


def together(of: Counted) -> Told | None:
    """All members at once, where three or more decided; works with two decisions at least."""
    if len(of.members) < 3 or not of.together:
        return None
    p3 = of.together
    p2: several.Patterns = _merged(p3)
    u2, u3 = several.counted(p2, 2), several.counted(p3, 3)
    rows = [
        Row(_("Observed agreement"), _("agreeing pairs of decisions in a work, mean over works, Fleiss (1971)"), STUDENT, several.percent(u2), several.percent(u3)),
        Row(_("Fleiss' kappa"), _("pₑ = Σ πₖ², Fleiss (1971)"), STUDENT, several.fleiss(u2), several.fleiss(u3)),
        Row(_("Conger's kappa"), _("Cohen's kappa for several, Conger (1980)"), STUDENT, several.conger(p2, 2), several.conger(p3, 3)),
        Row(_("Brennan-Prediger"), _("pₑ = 1/q, Brennan and Prediger (1981)"), STUDENT, several.brennan_prediger(u2), several.brennan_prediger(u3)),
        Row(_("Gwet's AC1"), _("pₑ = Σ πₖ(1 − πₖ) / (q − 1), Gwet (2008)"), STUDENT, several.ac1(u2), several.ac1(u3)),
        Row(_("Krippendorff's alpha"), _("nominal, 1 − Dₒ/Dₑ, Krippendorff (2011)"), STUDENT, several.alpha(u2), several.alpha(u3)),
    ]  # fmt: skip
    return Told(_("All members together"), several.works(u3), [], rows)


def _merged(patterns: several.Patterns) -> dict[tuple[int | None, ...], int]:
    """The same works with two categories, a maybe counted as include."""
    place = {None: None, INCLUDE: 0, MAYBE: 0, EXCLUDE: 1}
    found: dict[tuple[int | None, ...], int] = {}
    for pattern, times in patterns.items():
        key = tuple(place[each] for each in pattern)
        found[key] = found.get(key, 0) + times
    return found


def methods(groups: list[Told]) -> list[Row]:
    """Each statistic of some groups once, for its formula and the kind of its interval."""
    found: dict[tuple[str, str], Row] = {}
    for told in groups:
        for row in told.rows:
            found.setdefault((row.name, row.formula), row)
    return list(found.values())


def printed(figure: Figure) -> str:
    """A figure for a page: 0.360 (−0.016 to 0.736), or why it is not defined."""
    if figure.value is None:
        return _(figure.why)
    if figure.low is None or figure.high is None:
        return _decimal(figure.value)
    return _("%(value)s (%(low)s to %(high)s)") % {
        name: _decimal(getattr(figure, name) or 0.0) for name in ("value", "low", "high")
    }


def _decimal(number: float) -> str:
    return f"{number:.3f}".replace("-0.000", "0.000").replace("-", "−")


def table(stages: list[StageAgreement]) -> str:
    """All tables and figures as CSV, a row a figure or a cell; texts that a spreadsheet would run are made harmless."""
    out = io.StringIO()
    out.write(MARK)
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(
        [_("Stage"), _("Part"), _("Members"), _("Works"), _("Categories"), _("What"), _("Value"), _("Lower 95 %"), _("Upper 95 %"),
         _("Standard error"), _("Formula"), _("Interval"), _("Note")]
    )  # fmt: skip
    for of in stages:
        stage = harmless(StageName(of.stage).label)
        if reason := shut(of):
            rows.writerow([stage, "", *[""] * 10, harmless(reason)])
        for name, part in _parts(of):
            for told in [*pairs(part), *filter(None, [together(part)])]:
                _write(rows, [stage, harmless(name), harmless(told.who), told.n], told)
    return out.getvalue()


def _parts(of: StageAgreement) -> Iterator[tuple[str, Counted]]:
    """The stage as a whole, and its parts, each by name."""
    if not of.shut:
        yield _("whole stage"), of
    for part in [*of.rounds, *of.periods, *of.versions]:
        yield part_name(part), part


def _write(rows: Any, begin: list, told: Told) -> None:
    for grid in told.grids:
        for name, counts in grid.rows:
            for head, count in zip(grid.head, counts, strict=True):
                rows.writerow([*begin, harmless(grid.caption), harmless(f"{name}; {head}"), count, *[""] * 6])
    for row in told.rows:
        for name, figure in ((names()["two"], row.for_two), (names()["three"], row.for_three)):
            if figure:
                rows.writerow([*begin, harmless(name), harmless(row.name), *_cells(row, figure)])


def _cells(row: Row, figure: Figure) -> list[str]:
    """Numbers as numbers, also negative ones: they are no formulas."""
    numbers = [figure.value, figure.low, figure.high, figure.se]
    told = ["" if each is None else f"{each:.10f}" for each in numbers]
    return [
        *told,
        harmless(row.formula),
        harmless(row.interval if figure.low is not None else ""),
        harmless(_(figure.why)),
    ]
