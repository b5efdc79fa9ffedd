"""The search appendix in the sixteen items of PRISMA-S (Rethlefsen et al. 2021), written from the searches as they are stored.

Plain structure out: `gather` asks, `written` writes the items. What the searches do not say is "not stated", never
guessed. `reviews.appendix_files` makes files of it.
"""

import datetime
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.dedup import RULES
from records.models import Arm, Search, SourceKind
from records.received import Received, received
from reviews import flow
from reviews.models import Member

FILTER, PRIOR = "Filter:", "Adapted from:"  # how a line of a search's limits begins that names one


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the checklist: its lines, what is quoted word for word, a table, whether all of it is stated, and which
    searches are silent about it where others are not."""

    number: int
    name: str
    lines: tuple[str, ...] = ()
    quoted: tuple[tuple[str, str], ...] = ()  # (heading, text)
    table: tuple[tuple[str, ...], ...] = ()  # the first row is its head
    stated: bool = True
    silent: tuple[Search, ...] = ()

    @property
    def partly(self) -> bool:
        """Whether some searches state it and others do not."""
        return not self.stated and bool(self.silent) and bool(self.quoted or len(self.lines) > 1)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the appendix is written from."""

    searches: list[Search]
    received: dict[int, Received]
    listed: list[Search] = field(default_factory=list)  # papers that pages of other searches merely list
    counts: dict[str, int] = field(default_factory=dict)

    def of(self, *kinds: str) -> list[Search]:
        return [each for each in self.searches if each.kind in kinds]


def gather(member: Member) -> Facts:
    """The searches in use of a review, in the order of their making, with their numbers; nothing of decisions."""
    rows = list(Search.objects.filter(library=member.review_id, aside=False, taken_back_from=None).order_by("pk"))
    names = (
        "records",
        "duplicates",
        "duplicates-rules",
        "duplicates-person",
        "duplicates-other",
        "found-again",
        "works",
    )
    return Facts(
        searches=[each for each in rows if not each.listed_by_id],
        listed=[each for each in rows if each.listed_by_id],
        received=received(member.review.library),
        counts=flow.lengths(member, names),
    )


def reconciled(came: Received) -> str:
    """Hits reported against records received, in a sentence."""
    if came.reported == came.total == 0:
        return _("Nothing found.")
    n = came.total
    told = {"records": ngettext("%s record received", "%s records received", n) % f"{n:,}"}
    if came.reported is None:
        words = _("%(records)s; how many hits were reported is not stated.")
    else:
        hits = came.reported
        told["hits"] = ngettext("%s hit reported", "%s hits reported", hits) % f"{hits:,}"
        told["d"] = f"{abs(came.missing):,}"
        words = _("%(hits)s, %(records)s: they agree.")
        if came.more:
            words = _("%(hits)s, %(records)s: %(d)s more than reported.")
        elif came.missing:
            words = ngettext(
                "%(hits)s, %(records)s: %(d)s is missing.", "%(hits)s, %(records)s: %(d)s are missing.", came.missing
            )
    return " ".join([words % told, *_parts(came)])


def _parts(came: Received) -> Iterable[str]:
    if came.elsewhere:
        n = came.elsewhere
        yield ngettext("%d of them was there already from another search.",
                       "%d of them were there already from another search.", n) % n  # fmt: skip
    if came.unread:
        n = came.unread
        yield ngettext("%d of them could not be read yet.", "%d of them could not be read yet.", n) % n


def written(facts: Facts) -> list[Item]:
    """All sixteen items in order."""
    return [write(facts) for write in ITEMS]


def named(search: Search) -> str:
    """A source with its platform: "MEDLINE (Ovid)"; the platform only where the name does not hold it already."""
    platform = search.platform.strip()
    return (
        search.source
        if not platform or platform.casefold() in search.source.casefold()
        else f"{search.source} ({platform})"
    )


def _listed(number: int, name: str, searches: list[Search], none: str) -> Item:
    """An item that lists searches, each with its strategy's first words only in item 8."""
    if not searches:
        return Item(number, name, (none,), stated=False)
    return Item(number, name, tuple(_once(named(each) for each in searches)))


def _once(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))


def _databases(facts: Facts) -> Item:
    return _listed(1, _("Database name"), facts.of(SourceKind.DATABASE), _("Not stated: no database is named."))


def _several_at_once(facts: Facts) -> Item:
    on: dict[str, list[Search]] = defaultdict(list)
    for each in facts.of(SourceKind.DATABASE, SourceKind.REGISTER):
        if each.platform.strip():
            on[each.platform.strip().casefold()].append(each)
    shared = {each[0].platform.strip(): _once(s.source for s in each) for each in on.values()}
    lines = [f"{platform}: {', '.join(sources)}" for platform, sources in shared.items() if len(sources) > 1]
    name = _("Multi-database searching")
    if lines:
        note = _("These share a platform; whether they were searched in one go is not recorded.")
        return Item(2, name, (*lines, note))
    if on:
        return Item(2, name, (_("No platform is named for more than one database."),))
    return Item(2, name, (_("Not stated: no platform is named."),), stated=False)


def _registries(facts: Facts) -> Item:
    none = _("Not stated: no study register is named.")
    return _listed(3, _("Study registries"), facts.of(SourceKind.REGISTER), none)


def _online(facts: Facts) -> Item:
    none = _("Not stated: no website, organisation or hand-searched source is named.")
    found = facts.of(SourceKind.WEBSITE, SourceKind.ORGANISATION, SourceKind.HAND)
    return _listed(4, _("Online resources and browsing"), found, none)


def _citations(facts: Facts) -> Item:
    none = _("Not stated: no citation searching is named.")
    return _listed(5, _("Citation searching"), [*facts.of(SourceKind.CITATION), *facts.listed], none)


def _contacts(facts: Facts) -> Item:
    return _listed(6, _("Contacts"), facts.of(SourceKind.PERSON), _("Not stated: nobody is named who was asked."))


def _others(facts: Facts) -> Item:
    found = facts.of(SourceKind.PERSONAL, SourceKind.PREVIOUS)
    return _listed(7, _("Other methods"), found, _("Not stated: no other method is named."))


def _strategies(facts: Facts) -> Item:
    name = _("Full search strategies")
    shown = tuple((_heading(each), each.strategy) for each in facts.searches if each.strategy.strip())
    silent = [each for each in facts.searches if not each.strategy.strip()]
    lines = _not_stated_for(silent) if silent or facts.searches else [_("Not stated: no search is named.")]
    return Item(8, name, tuple(lines), shown, stated=bool(shown) and not silent, silent=tuple(silent))


def _not_stated_for(silent: list[Search]) -> list[str]:
    return [_("Not stated for: %s.") % ", ".join(named(each) for each in silent)] if silent else []


def _heading(search: Search) -> str:
    return f"{named(search)}, {_day(search.date)}" if search.date else named(search)


def _day(date: datetime.date | None) -> str:
    return date_format(date, "j F Y") if date else ""


def _limit_lines(search: Search) -> list[str]:
    return [line.strip() for line in search.limits.splitlines() if line.strip()]


def _of_limits(facts: Facts, keep: Callable[[str], bool], begin: str = "") -> list[str]:
    found = []
    for each in facts.searches:
        lines = [line[len(begin) :].strip() for line in _limit_lines(each) if keep(line)]
        if lines:
            found.append(f"{named(each)}: {'; '.join(lines)}")
    return found


def _begins(line: str, *words: str) -> bool:
    return line.casefold().startswith(tuple(word.casefold() for word in words))


def _limits(facts: Facts) -> Item:
    lines = _of_limits(facts, lambda line: not _begins(line, FILTER, PRIOR))
    silent = [each for each in facts.searches if not each.limits.strip()]
    lines = [*lines, *_not_stated_for(silent)] or [_("Not stated.")]
    stated = bool(facts.searches) and not silent
    return Item(9, _("Limits and restrictions"), tuple(lines), stated=stated, silent=tuple(silent))


def _filters(facts: Facts) -> Item:
    lines = _of_limits(facts, lambda line: _begins(line, FILTER), FILTER)
    none = _("Not stated. A line “Filter: …” among a search's limits states one.")
    return Item(10, _("Search filters"), tuple(lines or [none]), stated=bool(lines))


def _prior_work(facts: Facts) -> Item:
    lines = _of_limits(facts, lambda line: _begins(line, PRIOR), PRIOR)
    none = _("Not stated. A line “Adapted from: …” among a search's limits states it.")
    return Item(11, _("Prior work"), tuple(lines or [none]), stated=bool(lines))


def _updates(facts: Facts) -> Item:
    rounds: dict[int, list[str]] = defaultdict(list)
    for each in facts.searches:
        rounds[each.round].append(_heading(each))
    if not rounds:
        return Item(12, _("Updates"), (_("Not stated: no search is named."),), stated=False)
    if len(rounds) == 1:
        return Item(12, _("Updates"), (_("The searches were run once; no update is recorded."),))
    lines = [_("Round %(n)d: %(searches)s") % {"n": n, "searches": "; ".join(rounds[n])} for n in sorted(rounds)]
    return Item(12, _("Updates"), tuple(lines))


def _dates(facts: Facts) -> Item:
    if not facts.searches:
        return Item(13, _("Dates of searches"), (_("Not stated: no search is named."),), stated=False)
    lines = [f"{named(each)}: {_day(each.date) or _('not stated')}" for each in facts.searches]
    silent = tuple(each for each in facts.searches if not each.date)
    return Item(13, _("Dates of searches"), tuple(lines), stated=not silent, silent=silent)


def _peer_review(facts: Facts) -> Item:
    lines, notes = [], []
    for each in facts.searches:
        if not (each.press_by or each.press_on or each.press_note):
            continue
        by = each.press_by or _("somebody who is not named")
        told = {"search": named(each), "by": by, "day": _day(each.press_on)}
        dated = _("%(search)s: peer-reviewed by %(by)s on %(day)s, by the elements of PRESS 2015.")
        undated = _("%(search)s: peer-reviewed by %(by)s, by the elements of PRESS 2015.")
        lines.append((dated if each.press_on else undated) % told)
        if each.press_note:
            notes.append((named(each), each.press_note))
    none = (_("Not stated: no peer review of a strategy is recorded."),)
    return Item(14, _("Peer review"), tuple(lines) or none, tuple(notes), stated=bool(lines))


def _totals(facts: Facts) -> Item:
    head = (_("Source"), _("Column of the flow"), _("Hits reported"), _("Records received"), _("Hits against records"))
    rows = []
    for each in (*facts.searches, *facts.listed):
        came = facts.received.get(each.pk, Received())
        reported = _("not stated") if came.reported is None else f"{came.reported:,}"
        words = " ".join(filter(None, [reconciled(came), each.explained]))
        rows.append((named(each), str(Arm(each.arm).label), reported, f"{came.total:,}", words))
    total = _("All records in the library: %s.") % f"{facts.counts.get('records', 0):,}"
    return Item(15, _("Total records"), (total,), table=(head, *rows) if rows else (), stated=bool(rows))


def _deduplication(facts: Facts) -> Item:
    numbers = {name.replace("-", "_"): f"{n:,}" for name, n in facts.counts.items()}
    told = {**numbers, "version": version(), "rules": RULES}
    lines = [
        _("Records of the same publication were joined with Winnow %(version)s (rules %(rules)s): records that share a key "
          "made of title, authors, place or identifiers are compared by weighted evidence; clear pairs are joined, doubtful "
          "ones are shown to a person, and every join can be looked at and taken back."),
        _("Duplicate records in the column of databases and registers: %(duplicates)s, of these %(duplicates_rules)s joined by "
          "the rules and %(duplicates_person)s by a person."),
        _("Records of other methods that were found already: %(duplicates_other)s."),
        _("Works to screen after that: %(works)s."),
    ]  # fmt: skip
    return Item(16, _("Deduplication"), tuple(line % told for line in lines))


def version() -> str:
    """Winnow's own version."""
    path = settings.BASE_DIR / "pyproject.toml"
    return tomllib.loads(path.read_text())["project"]["version"] if path.exists() else ""


ITEMS = (
    _databases, _several_at_once, _registries, _online, _citations, _contacts, _others, _strategies, _limits, _filters,
    _prior_work, _updates, _dates, _peer_review, _totals, _deduplication,
)  # fmt: skip
