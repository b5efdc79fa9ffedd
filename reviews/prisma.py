"""The PRISMA 2020 flow: plain counts in, boxes in the statement's wording out, and whether they add up.

Pure thought, no database. Every number carries the name of the list (`reviews.lists`) that it opens. Words go through
`_`, a function that translates; whoever calls hands over gettext, tests hand over nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import pairwise

Say = Callable[[str], str]
DATABASES, OTHER = "databases", "other"


@dataclass(frozen=True, slots=True)
class Named:
    """A number of something that has a name of its own, such as a source or a reason, and the list it opens."""

    name: str
    number: int
    opens: str


@dataclass(frozen=True, slots=True)
class Kind:
    """The records of one kind of source ("database", "register", "website" …), in sum and by source."""

    kind: str
    number: int
    opens: str
    sources: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """What one column of the flow counts. `pending`, `conflicts`, `awaited` and `assessing` are what is still open;
    `unread` are stretches of dumps that nobody could read yet, and that are in no other number."""

    arm: str = DATABASES
    identified: int = 0
    kinds: tuple[Kind, ...] = ()
    duplicates: int = 0
    duplicates_rules: int = 0
    duplicates_person: int = 0
    found_again: int = 0
    automation: int = 0
    other_reasons: int = 0
    screened: int = 0
    excluded: int = 0
    pending: int = 0
    conflicts: int = 0
    sought: int = 0
    not_retrieved: int = 0
    awaited: int = 0
    assessed: int = 0
    assessing: int = 0
    reports_excluded: int = 0
    reasons: tuple[Named, ...] = ()
    included: int = 0
    unread: int = 0

    @property
    def open(self) -> int:
        """How much waits for somebody."""
        return self.pending + self.conflicts + self.awaited + self.assessing


@dataclass(frozen=True, slots=True)
class Flow:
    """Both columns, what they end in, and all records there are. `own_only`: made of one blinded member's decisions."""

    databases: Counts
    other: Counts
    records: int = 0
    previous: int = 0
    reports: int = 0
    studies: int = 0
    unread: int = 0
    own_only: bool = False

    @property
    def columns(self) -> tuple[Counts, ...]:
        """The columns that are drawn: other methods only where something came from there."""
        any_other = self.other.identified or self.other.screened or self.other.unread
        return (self.databases, self.other) if any_other else (self.databases,)


@dataclass(frozen=True, slots=True)
class Line:
    """One number of a box in words. `pending`: not yet settled; `level` 1 is a part of the line above."""

    words: str
    number: int
    opens: str
    level: int = 0
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the figure: its place (row 0 to 4; aside or in the middle of a column), title, own number and lines."""

    key: str
    arm: str
    row: int
    title: str
    number: int | None = None
    opens: str = ""
    lines: tuple[Line, ...] = ()
    aside: bool = False

    @property
    def name(self) -> str:
        """Its key with the column: "screened-other"."""
        return f"{self.key}-{self.arm}" if self.arm else self.key


def boxes(flow: Flow, _: Say = str) -> list[Box]:
    """The boxes of a flow, column by column from above, the included studies last."""
    found = [box for counts in flow.columns for box in (*_records(counts, _), *_reports(counts, _))]
    reports = Line(_("Reports of included studies"), flow.reports, "included")
    studies = Box("included", "", 4, _("Studies included in review"), flow.studies, "studies", (reports,))
    return [*found, studies]


def _records(counts: Counts, _: Say) -> list[Box]:
    """Identification and screening: records."""
    arm = counts.arm
    pending = Line(_("of these not yet decided"), counts.pending, f"pending-{arm}", pending=True)
    conflicts = Line(_("of these in conflict"), counts.conflicts, f"conflicts-{arm}", pending=True)
    return [
        Box("identified", arm, 0, _("Records identified from:"), lines=tuple(_identified(counts, _))),
        Box("removed", arm, 0, _("Records removed before screening:"), lines=tuple(_removed(counts, _)), aside=True),
        Box("screened", arm, 1, _("Records screened"), counts.screened, f"screened-{arm}", (pending, conflicts)),
        Box("excluded", arm, 1, _("Records excluded"), counts.excluded, f"excluded-{arm}", aside=True),
    ]


def kind_in_words(kind: str, _: Say) -> str:
    """What a kind of source is called in the statement."""
    words = {
        "database": _("Databases"),
        "register": _("Registers"),
        "website": _("Websites"),
        "organisation": _("Organisations"),
        "citation": _("Citation searching"),
        "person": _("People asked"),
        "hand": _("Hand-searching"),
        "personal": _("Personal files"),
        "previous": _("Previous review"),
    }
    return words.get(kind, kind)


def _identified(counts: Counts, _: Say) -> list[Line]:
    lines = []
    for kind in counts.kinds:
        lines.append(Line(kind_in_words(kind.kind, _), kind.number, kind.opens))
        lines += [Line(each.name, each.number, each.opens, level=1) for each in kind.sources]
    if counts.unread:
        words = _("Stretches identified, not yet read")
        lines.append(Line(words, counts.unread, f"rejected-{counts.arm}", pending=True))
    return lines


def _removed(counts: Counts, _: Say) -> list[Line]:
    """Duplicates always; the others where there are any."""
    lines = _duplicates(counts, _)
    automation, other = f"removed-automation-{counts.arm}", f"removed-other-{counts.arm}"
    if counts.automation:
        lines.append(Line(_("Records marked as ineligible by automation tools"), counts.automation, automation))
    if counts.other_reasons:
        lines.append(Line(_("Records removed for other reasons"), counts.other_reasons, other))
    return lines


def _duplicates(counts: Counts, _: Say) -> list[Line]:
    if counts.arm == OTHER:
        return [Line(_("Records found already"), counts.duplicates, "duplicates-other")]
    lines = [Line(_("Duplicate records"), counts.duplicates, "duplicates")]
    if counts.duplicates_person:
        lines += [
            Line(_("joined by Winnow"), counts.duplicates_rules, "duplicates-rules", level=1),
            Line(_("joined by a person"), counts.duplicates_person, "duplicates-person", level=1),
        ]
    if counts.found_again:
        lines.append(Line(_("Records that a previous review already held"), counts.found_again, "found-again"))
    return lines


def _reports(counts: Counts, _: Say) -> list[Box]:
    """Screening, its second half: reports."""
    arm = counts.arm
    awaited = Line(_("of these not yet retrieved"), counts.awaited, f"awaited-{arm}", pending=True)
    assessing = Line(_("of these not yet decided"), counts.assessing, f"assessing-{arm}", pending=True)
    reasons = tuple(Line(each.name or _("Reason not stated"), each.number, each.opens) for each in counts.reasons)
    return [
        Box("sought", arm, 2, _("Reports sought for retrieval"), counts.sought, f"sought-{arm}", (awaited,)),
        Box("not-retrieved", arm, 2, _("Reports not retrieved"), counts.not_retrieved, f"not-retrieved-{arm}",
            aside=True),
        Box("assessed", arm, 3, _("Reports assessed for eligibility"), counts.assessed, f"assessed-{arm}",
            (assessing,)),
        Box("reports-excluded", arm, 3, _("Reports excluded"), counts.reports_excluded, f"reports-excluded-{arm}",
            reasons, aside=True),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """One of P1 to P13: whether it holds (None: it does not apply yet), in a sentence, and the boxes it is about."""

    name: str
    holds: bool | None
    sentence: str
    boxes: tuple[str, ...] = ()
    notice: bool = False  # may rightly fail, so it asks for a look instead of an alarm


Sum = tuple[str, int, str, int, tuple[str, ...]]  # left in words, its number, right in words, its number, boxes


def identities(flow: Flow, _: Say = str) -> list[Identity]:
    """All identities in order, each checked as far as it applies now."""
    left, right, apart = flow.databases, flow.other, flow.columns == (flow.databases,)
    return [
        _adds_up("P1", [total for each in flow.columns for total in _sources(each, _)], _),
        _adds_up("P2", _screened(left, _), _),
        _adds_up("P3", _sought(left, _), _),
        _adds_up("P4", _assessed(left, _), _),
        _adds_up("P5", _reasons(left, _), _),
        _adds_up("P6", _included(flow, _), _),
        _not_yet("P7", _("Nothing came from other methods, so there is no second column."))
        if apart
        else _adds_up("P7", [*_screened(right, _), *_sought(right, _), *_assessed(right, _), *_reasons(right, _)], _),
        _studies(flow, _),
        _not_yet("P9", _("The flow shows what this review found; a previous review's studies are not added.")),
        _adds_up("P10", [(_("all records"), flow.records,
                          _("records of both columns and of the previous review"),
                          left.identified + right.identified + flow.previous, ("identified-databases",))], _),
        _one_list_each(flow, _),
        _not_yet("P12", _("The flow is counted anew at every look; the history is not replayed here.")),
        _falls(flow, _),
    ]  # fmt: skip


def _adds_up(name: str, sums: list[Sum], _: Say) -> Identity:
    """One identity over one or more equations; the first that fails is told."""
    for words, number, other_words, other, about in sums:
        if number != other:
            told = {"a": words, "x": f"{number:,}", "b": other_words, "y": f"{other:,}"}
            return Identity(name, False, _capital(_("%(a)s are %(x)s, but %(b)s come to %(y)s.") % told), about)
    held = [_("%(a)s: %(x)s, equal to %(b)s.") % {"a": each[0], "x": f"{each[1]:,}", "b": each[2]} for each in sums]
    return Identity(name, True, " ".join(map(_capital, held)))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _not_yet(name: str, sentence: str) -> Identity:
    return Identity(name, None, sentence)


def _sources(counts: Counts, _: Say) -> list[Sum]:
    """P1: sources sum to their kind, kinds to the column."""
    about = (f"identified-{counts.arm}",)
    sums: list[Sum] = [(_("records identified"), counts.identified, _("records of each kind of source"),
             sum(kind.number for kind in counts.kinds), about)]  # fmt: skip
    for kind in counts.kinds:
        by_source = sum(each.number for each in kind.sources)
        sums.append((kind_in_words(kind.kind, _), kind.number, _("records of each source"), by_source, about))
    return sums


def _screened(counts: Counts, _: Say) -> list[Sum]:
    """P2: what was identified and not removed is screened; each duplicate is the rules' or a person's."""
    removed = counts.duplicates + counts.found_again + counts.automation + counts.other_reasons
    rest = counts.identified - removed
    sums: list[Sum] = [(_("records screened"), counts.screened, _("records identified less those removed"), rest,
             (f"screened-{counts.arm}",))]  # fmt: skip
    if counts.arm == DATABASES:
        joined = counts.duplicates_rules + counts.duplicates_person
        words = _("those joined by Winnow or by a person")
        sums.append((_("duplicate records"), counts.duplicates, words, joined, (f"removed-{counts.arm}",)))
    return sums


def _sought(counts: Counts, _: Say) -> list[Sum]:
    """P3: what was screened and is neither excluded nor open is sought."""
    rest = counts.screened - counts.excluded - counts.pending - counts.conflicts
    words = _("records screened less those excluded, not yet decided or in conflict")
    return [(_("reports sought"), counts.sought, words, rest, (f"sought-{counts.arm}",))]


def _assessed(counts: Counts, _: Say) -> list[Sum]:
    """P4: what was sought and is neither missing nor awaited is assessed."""
    rest = counts.sought - counts.not_retrieved - counts.awaited
    words = _("reports sought less those not retrieved or not yet retrieved")
    return [(_("reports assessed"), counts.assessed, words, rest, (f"assessed-{counts.arm}",))]


def _reasons(counts: Counts, _: Say) -> list[Sum]:
    """P5: each excluded report counts under one reason."""
    by_reason = sum(each.number for each in counts.reasons)
    about = (f"reports-excluded-{counts.arm}",)
    return [(_("reports excluded"), counts.reports_excluded, _("reports under each reason"), by_reason, about)]


def _included(flow: Flow, _: Say) -> list[Sum]:
    """P6: both columns end in the included reports."""
    rest = sum(each.assessed - each.reports_excluded - each.assessing for each in (flow.databases, flow.other))
    both = flow.databases.included + flow.other.included
    words = _("reports assessed less those excluded or not yet decided")
    return [
        (_("reports of included studies"), flow.reports, words, rest, ("included",)),
        (_("reports of included studies"), flow.reports, _("reports included in each column"), both, ("included",)),
    ]


def _studies(flow: Flow, _: Say) -> Identity:
    """P8: a study has a report at least; one report of several studies breaks this rightly."""
    told = {"studies": f"{flow.studies:,}", "reports": f"{flow.reports:,}"}
    if flow.studies <= flow.reports:
        return Identity(
            "P8", True, _("Studies (%(studies)s) are not more than reports (%(reports)s).") % told, notice=True
        )
    sentence = _("There are more studies (%(studies)s) than reports (%(reports)s): say which reports describe several.")
    return Identity("P8", False, sentence % told, ("included",), notice=True)


def _one_list_each(flow: Flow, _: Say) -> Identity:
    """P11: numbers are lengths of lists, so every number names its list and two numbers of one list are equal."""
    seen: dict[str, int] = {}
    for box in boxes(flow):
        own = [] if box.number is None else [Line(box.title, box.number, box.opens)]
        for line in [*own, *box.lines]:
            if not line.opens or seen.setdefault(line.opens, line.number) != line.number:
                sentence = _("The number at “%(words)s” is not the length of the list that it opens.")
                return Identity("P11", False, sentence % {"words": line.words}, (box.name,))
    return Identity("P11", True, _("Every number is the length of the list that it opens."))


FALLING = ("identified", "screened", "sought", "assessed", "included")


def _falls(flow: Flow, _: Say) -> Identity:
    """P13: nothing is negative, and each step holds at most what the step before held."""
    for counts in (flow.databases, flow.other):
        numbers = [getattr(counts, each.name) for each in fields(counts)]
        if any(isinstance(number, int) and number < 0 for number in numbers):
            return Identity("P13", False, _("A number is below zero."), (f"identified-{counts.arm}",))
        for before, after in pairwise(FALLING):
            if getattr(counts, after) > getattr(counts, before):
                about = "included" if after == "included" else f"{after}-{counts.arm}"
                told = {"more": f"{getattr(counts, after):,}", "fewer": f"{getattr(counts, before):,}"}
                sentence = _("A later step holds more (%(more)s) than the step before it (%(fewer)s).") % told
                return Identity("P13", False, sentence, (about,))
    return Identity("P13", True, _("No number is below zero, and no step holds more than the step before it."))


def final(flow: Flow) -> bool:
    """Whether the figure may be printed as the last one: every identity holds, nothing is open or unread, all decisions
    count."""
    all_hold = all(each.holds is not False for each in identities(flow))
    return (
        all_hold
        and not flow.own_only
        and not flow.unread
        and not any(counts.open for counts in (flow.databases, flow.other))
    )
