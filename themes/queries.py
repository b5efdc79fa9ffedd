"""Questions of coding and themes. All start from `codings_shown_to`: what a member may not see is never fetched.

A coding tells that somebody included its work; so while any stage is blinded a member's pages, counts, matrix and
quotes hold the member's own codings only. Codes and themes themselves are the review's. Counts are of distinct excerpts
in works that are included now: a coded work that was excluded since keeps its codings and counts nowhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import ngettext

from records import composing
from records.actions import text_shown
from records.models import Dump, Record, TextVersion, Work
from reviews.access import sees_all
from reviews.models import Member, Report, StageName
from reviews.queries import included_works
from themes.models import Code, Coding, Excerpt, Theme, ThemeCode

PAGE = 50


def open_to(member: Member) -> bool:
    """Whether others' codings are open to this member: no stage is blinded."""
    return all(sees_all(member, stage) for stage in StageName.values)


def codings_shown_to(member: Member) -> QuerySet[Coding]:
    """The codings that may be fetched for this member; removed ones are for the history alone."""
    codings = Coding.objects.filter(review=member.review_id, removed_at=None)
    return codings if open_to(member) else codings.filter(coder=member)


def _counted(member: Member) -> QuerySet[Coding]:
    """Those among them that lie in a work included now."""
    included = included_works(member).order_by().values("pk")
    return codings_shown_to(member).filter(excerpt__text__record__work__in=included)


EXCERPTS = Count("excerpt", distinct=True)


# --- works to code ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ToCode:
    """A work to code, with its excerpts coded by the member, and by all whose codings are shown."""

    work: Work
    own: int
    shown: int


def works_to_code(member: Member, *, after: int = -1, limit: int = PAGE) -> list[ToCode]:
    """Included works in queue order, from behind the rank `after`; three queries at most, however many works."""
    works = list(included_works(member).filter(rank__gt=after).select_related("lead")[:limit])
    rows = codings_shown_to(member).filter(excerpt__text__record__work__in=works).order_by()
    own = Count("excerpt", distinct=True, filter=Q(coder=member))
    grouped = rows.values_list("excerpt__text__record__work").annotate(own=own, shown=EXCERPTS)
    counts = {work: numbers for work, *numbers in grouped}
    return [ToCode(work, *counts.get(work.pk, (0, 0))) for work in works]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many works the member has coded of those to code, and excerpts that wait in works no longer included."""

    coded: int
    works: int
    resting: int


def progress(member: Member) -> Progress:
    """The member's own way through the works to code."""
    works = included_works(member)
    resting = codings_shown_to(member).exclude(excerpt__text__record__work__in=works.order_by().values("pk"))
    return Progress(
        works.filter(pk__in=_coded_by(member)).count(),
        works.count(),
        resting.aggregate(n=EXCERPTS)["n"],
    )


def next_to_code(member: Member) -> Work | None:
    """The first work to code without a coding of the member."""
    return included_works(member).exclude(pk__in=_coded_by(member)).first()


def _coded_by(member: Member) -> QuerySet:
    """Ids of works with a coding of the member: asked for once, because once a work took a minute with many codings."""
    own = Coding.objects.filter(review=member.review_id, coder=member, removed_at=None)
    return own.values("excerpt__text__record__work")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a work stands among the works to code."""

    previous: Work | None
    next: Work | None
    number: int
    total: int


def place(member: Member, work: Work) -> Place:
    """The neighbours of a work to code, in queue order."""
    works = included_works(member)
    return Place(
        works.filter(rank__lt=work.rank).order_by("-rank").first(),
        works.filter(rank__gt=work.rank).first(),
        works.filter(rank__lte=work.rank).count(),
        works.count(),
    )


def text_to_code(card: composing.Card) -> TextVersion | None:
    """The abstract that a work shows, as a text version, stored or not yet; None when no record has one."""
    record = card.filled.get("abstract", card.record)
    return text_shown(record) if record.abstract else None


def codings_of_work(member: Member, work: Work) -> list[Coding]:
    """The shown codings of a work in all versions of its text, in reading order."""
    rows = codings_shown_to(member).filter(excerpt__text__record__work=work)
    return list(
        rows.select_related("code", "excerpt", "coder__user").order_by(
            "excerpt__text__at", "excerpt__text", "excerpt__start", "excerpt__end", "code__name", "at"
        )
    )


# --- codes and themes ---------------------------------------------------------------------------------------
def codes(member: Member) -> list[Code]:
    """All codes of the review, oldest first so that their keys stay; each with `excerpts`, its count as shown."""
    counts = dict(_counted(member).order_by().values_list("code").annotate(EXCERPTS))
    rows = list(Code.objects.filter(review=member.review_id).order_by("at", "pk"))
    for code in rows:
        code.excerpts = counts.get(code.pk, 0)  # type: ignore[attr-defined]
    return rows


@dataclass(slots=True)
class Board:
    """The review's codes and themes as the board shows them. Each theme has `places`, each code `excerpts`."""

    codes: list[Code]  # in use
    loose: list[Code]  # in use, and in no theme
    placed: list[Code]  # in use, and in some theme
    retired: list[Code]
    themes: Sequence[Theme]
    retired_themes: Sequence[Theme]


def board(member: Member) -> Board:
    """Codes and themes with their counts; a fixed number of queries."""
    counted = {code.pk: code for code in codes(member)}
    places = ThemeCode.objects.filter(review=member.review_id).order_by("code__at", "code__pk")
    rows = Theme.objects.filter(review=member.review_id).prefetch_related(
        Prefetch("memberships", queryset=places, to_attr="places")
    )
    themes, totals = list(rows), _theme_totals(member)
    for theme in themes:
        theme.excerpts = totals.get(theme.pk, 0)  # type: ignore[attr-defined]
        for each in theme.places:  # type: ignore[attr-defined]
            each.code = counted[each.code_id]
    active = [theme for theme in themes if not theme.retired]
    placed = {each.code_id for theme in active for each in theme.places}  # type: ignore[attr-defined]
    used = [code for code in counted.values() if not code.retired]
    return Board(
        codes=used,
        loose=[code for code in used if code.pk not in placed],
        placed=[code for code in used if code.pk in placed],
        retired=[code for code in counted.values() if code.retired],
        themes=active,
        retired_themes=[theme for theme in themes if theme.retired],
    )


def _theme_totals(member: Member) -> dict[UUID, int]:
    """The distinct excerpts of each theme."""
    rows = _counted(member).filter(code__memberships__isnull=False).order_by()
    return dict(rows.values_list("code__memberships__theme").annotate(EXCERPTS))


# --- theme x study ------------------------------------------------------------------------------------------
@dataclass(slots=True)
class StudyRow:
    """A study with its works and a number for each theme; `total` counts excerpts of any theme once."""

    works: list[Work]
    cells: list[int] = field(default_factory=list)
    total: int = 0

    shown: list[tuple[Theme, int, int]] = field(default_factory=list)  # theme, number, shade of the cell

    @property
    def lead(self) -> Work:
        return self.works[0]

    @property
    def label(self) -> str:
        return label(self.lead)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Theme x study: numbers of distinct excerpts, totals distinct too."""

    themes: list[Theme]
    studies: list[StudyRow]
    totals: list[int]  # of the themes
    total: int

    @property
    def foot(self) -> list[tuple[Theme, int]]:
        return list(zip(self.themes, self.totals, strict=True))


def shade(n: int) -> int:
    """How dark a cell is: none, one, few, several, many."""
    return next(step for step, most in enumerate((0, 1, 3, 7, n)) if n <= most)


def label(work: Work) -> str:
    """What a study is called in a table: first author and year, else its title."""
    authors = work.lead.authors if work.lead else []
    first = authors[0].partition(",")[0] if authors else work.title[:40]
    return f"{first} {work.year}" if work.year else first


def _light(works: QuerySet[Work]) -> QuerySet[Work]:
    """Works with what a label shows, without the long fields of their records."""
    long = ("raw", "abstract", "normal", "extra", "notices")
    return works.select_related("lead").defer(*(f"lead__{name}" for name in long))


def studies(member: Member) -> list[list[Work]]:
    """The works to code, those of one study together; a work without a study is one of its own.

    While full texts are blinded every work stands alone: that a study was named tells that somebody included it there.
    """
    works = _light(included_works(member))
    reports = Report.objects.filter(review=member.review_id, study__isnull=False)
    of = dict(reports.values_list("work", "study")) if open_to(member) else {}
    groups: dict[tuple[str, int], list[Work]] = {}
    for work in works:
        key = ("study", of[work.pk]) if work.pk in of else ("work", work.pk)
        groups.setdefault(key, []).append(work)
    return list(groups.values())


def matrix(member: Member) -> Matrix:
    """Each cell is the number of distinct excerpts of a theme in a study. Five queries, whatever the size.

    An excerpt lies in one work, so a theme's and a study's works may be added up; themes may share an excerpt, so a
    study's total is counted on its own.
    """
    themes = list(Theme.objects.filter(review=member.review_id, retired=False))
    rows = _counted(member).filter(code__memberships__theme__in=themes).order_by()
    work_of, theme_of = "excerpt__text__record__work", "code__memberships__theme"
    in_work = dict(rows.values_list(work_of).annotate(EXCERPTS))
    counts = rows.values_list(theme_of, work_of).annotate(EXCERPTS)
    cells = {(theme, work): n for theme, work, n in counts}
    table = [StudyRow(works) for works in studies(member)]
    for row in table:
        row.cells = [sum(cells.get((theme.pk, work.pk), 0) for work in row.works) for theme in themes]
        row.shown = [(theme, n, shade(n)) for theme, n in zip(themes, row.cells, strict=True)]
        row.total = sum(in_work.get(work.pk, 0) for work in row.works)
    totals = [sum(row.cells[n] for row in table) for n in range(len(themes))]
    return Matrix(themes, table, totals, sum(row.total for row in table))


# --- quotes -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Quote:
    """One excerpt with the codes and the coders shown, and the work it stands in; its text names record and dump."""

    excerpt: Excerpt
    work: Work
    codes: list[Code]
    coders: list[Member]


@dataclass(frozen=True, slots=True)
class Quotes:
    """A page of quotes and how many there are in all."""

    rows: list[Quote]
    total: int


def quotes(
    member: Member, theme: Theme | None = None, work: Work | None = None, code: Code | None = None, *, start: int = 0
) -> Quotes:
    """The excerpts behind a number: of a theme, of the study that a work belongs to, of a code, or of any theme.

    Its total is the number that the matrix shows. One page from `start`.
    """
    rows = _counted(member)
    if code:
        rows = rows.filter(code=code)
    if theme:
        rows = rows.filter(code__memberships__theme=theme)
    elif not code:
        rows = rows.filter(code__memberships__theme__in=Theme.objects.filter(review=member.review_id, retired=False))
    if work:
        together = next((each for each in studies(member) if work in each), [])
        rows = rows.filter(excerpt__text__record__work__in=together)
    excerpts = Excerpt.objects.filter(pk__in=rows.order_by().values("excerpt"))
    ordered = excerpts.order_by("text__record__work__rank", "text__at", "text", "start", "end", "pk")
    page = ordered.select_related("text__record__work__lead", "text__record__dump", "text__record__search")
    shown = list(page[start : start + PAGE])
    return Quotes(_with_codes(member, rows, shown), excerpts.count())


def _with_codes(member: Member, rows: QuerySet[Coding], excerpts: Iterable[Excerpt]) -> list[Quote]:
    """Each excerpt with the codes, each once, that brought it into the list."""
    excerpts = list(excerpts)
    codings = rows.filter(excerpt__in=excerpts).select_related("code", "coder__user").order_by("code__at", "at", "pk")
    by: dict[UUID, list[Coding]] = {}
    for coding in codings:
        by.setdefault(coding.excerpt_id, []).append(coding)
    return [
        Quote(
            excerpt,
            excerpt.text.record.work,
            list(dict.fromkeys(coding.code for coding in by[excerpt.pk])),
            list(dict.fromkeys(coding.coder for coding in by[excerpt.pk])),
        )
        for excerpt in excerpts
    ]


# --- before an import is taken back -------------------------------------------------------------------------
def told_of_import(member: Member, dump: Dump) -> list[str]:
    """How many excerpts with codings stand on the works of a dump, as far as this member may know; nothing for none."""
    works = Record.objects.filter(dump=dump).values("work")
    codings = codings_shown_to(member).filter(excerpt__text__record__work__in=works)
    count = codings.aggregate(n=EXCERPTS)["n"]
    said = ngettext(
        "%d coded excerpt stands on these works; it is kept.",
        "%d coded excerpts stand on these works; they are kept.",
        count,
    )
    return [said % count] if count else []
