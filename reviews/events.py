"""Which acts of the history a member may read, page by page, and what each was about.

While a stage is blinded others' acts of screening are left out altogether, and with them everything that would tell how
many there are: the numbers of events, their hashes, ids of decisions. Pages are cut by the time of an event that is shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from records.models import Answer, Dump, Event, Joining, Match, Proposal, Record, Search, Work
from reviews import history_words as words
from reviews.access import may, sees_all
from reviews.models import ExclusionReason, Member, Retrieval, Role, StageName, Verdict

PAGE = 50
NOBODY = "winnow"  # in the filter: what the rules did by themselves
ABOUT = ("work", "record", "match", "search", "dump", "member", "reason", "proposal")
MOST_SUBJECTS = 500
SHOWN_TITLE = 120


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filter, as the address carries it; empty means any."""

    by: str = ""  # a person's id, or NOBODY
    kind: str = ""
    about: str = ""  # "work 12"
    since: date | None = None
    until: date | None = None
    before: datetime | None = None  # the time of the last event of the page before


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a sentence."""

    event: Event
    who: str
    before: str
    what: str
    opens: str
    after: str
    about: str  # the filter for all that was about the same
    details: list[tuple[str, str]]


def all_open(member: Member) -> bool:
    """Whether nothing of the history is kept from this member: no stage is blinded, and the role screens."""
    return all(sees_all(member, stage) for stage in StageName.values)


def page(member: Member, wanted: Wanted) -> tuple[list[Event], bool]:
    """The newest events that may be read and are wanted, at most PAGE, and whether there are more."""
    conditions = _conditions(member, wanted)
    if conditions is None:
        return [], False
    found: dict[int, Event] = {}
    rows = Event.objects.filter(conditions, library=member.review_id).select_related("by")
    kind = set(words.of_kind(wanted.kind)) if wanted.kind else None
    for branch, verbs in _branches(member):  # one query each: an OR would read a long history from its end
        verbs = kind if verbs is None else verbs if kind is None else verbs & kind
        if verbs is not None:
            branch &= Q(verb__in=sorted(verbs))
        # Acts that are rare among many decisions are found by their verb and then put in order.
        rare = verbs is not None and not verbs & set(words.verbs(words.Seen.STAGE))
        order = (F("number") + 0).desc() if rare else F("number").desc()
        found.update((event.number, event) for event in rows.filter(branch).order_by(order)[: PAGE + 1])
    newest = sorted(found.values(), key=lambda event: -event.number)
    return newest[:PAGE], len(newest) > PAGE


def _branches(member: Member) -> list[tuple[Q, set[str] | None]]:
    """What this member may read, in parts: a condition, and the verbs it holds for (None: all)."""
    if all_open(member):
        return [(Q(), None)]
    seen = [words.Seen.ALWAYS]
    if member.review.full_texts_open:
        seen.append(words.Seen.REPORTS)
    branches: list[tuple[Q, set[str] | None]] = [(Q(by=member.user_id), None), (Q(), set(words.verbs(*seen)))]
    if stages := [stage for stage in StageName.values if sees_all(member, stage)]:
        branches.append((Q(detail__stage__in=stages), set(words.verbs(words.Seen.STAGE))))
    return branches


def _conditions(member: Member, wanted: Wanted) -> Q | None:
    """The filter as a condition; None where nothing can meet it. Days become numbers of events, which are in order."""
    history = Event.objects.filter(library=member.review_id)
    found = Q()
    if wanted.by:
        found &= Q(by=None) if wanted.by == NOBODY else Q(by=int(wanted.by))
    if wanted.about:
        found &= Q(subject__in=subjects(member, wanted.about))
    if wanted.since:
        first = _number(history.filter(at__gte=_midnight(wanted.since)).order_by("at", "number"))
        if first is None:
            return None
        found &= Q(number__gte=first)
    if wanted.until:
        last = _number(history.filter(at__lt=_midnight(wanted.until) + timedelta(days=1)).order_by("-at", "-number"))
        if last is None:
            return None
        found &= Q(number__lte=last)
    if wanted.before:
        last = _number(history.filter(at=wanted.before).order_by("-number"))
        found &= Q(at__lt=wanted.before) if last is None else Q(number__lt=last)
    return found


def _number(rows: QuerySet[Event]) -> int | None:
    return rows.values_list("number", flat=True).first()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def subjects(member: Member, about: str) -> list[str]:
    """What an act may name that was about this; a work has its records, their pairs, and the works that went into it."""
    kind, _space, number = about.partition(" ")
    if kind != "work":
        return [about]
    library, work = member.review_id, int(number)
    records = list(Record.objects.filter(library=library, work=work).values_list("pk", flat=True)[:MOST_SUBJECTS])
    pairs = Q(record_a__in=records) | Q(record_b__in=records)
    matches = Match.objects.filter(pairs, library=library).exclude(answer="", asked_by=None)
    earlier = Joining.objects.filter(library=library, record__in=records, to_work=work, undone_at=None)
    moved = list(earlier.values_list("from_work", "act").distinct()[:MOST_SUBJECTS])
    return [
        about,
        *(f"record {pk}" for pk in records),
        *(f"match {pk}" for pk in matches.values_list("pk", flat=True)[:MOST_SUBJECTS]),
        *sorted({f"work {pk}" for pk, _act in moved} | {f"act {act}" for _pk, act in moved}),
    ]


def people(member: Member) -> list[Member]:
    """Who may have acted: everybody who ever was in the team."""
    return list(Member.objects.filter(review=member.review_id).select_related("user").order_by("joined_at", "pk"))


def told(member: Member, events: list[Event]) -> list[Told]:
    """The events as sentences; what they are about is looked up for all of them at once."""
    named = _named(member, {event.subject for event in events})
    made = _made(member, events)
    named.update({subject: (name, "") for subject, name in made.items()})
    reasons = {row.pk: row.text for row in ExclusionReason.objects.filter(review=member.review_id)}
    every = all_open(member)
    return [_told(event, named, made, reasons, every) for event in events]


def _told(
    event: Event, named: dict[str, tuple[str, str]], made: dict[str, str], reasons: dict[int, str], every: bool
) -> Told:
    what, opens = named.get(event.subject) or (_unnamed(event.subject), "")
    detail = {name: _word(name, value) for name, value in event.detail.items()}
    if event.verb == "decided" and event.detail.get("reason") is not None:
        detail["reason"] = reasons.get(event.detail["reason"], "–")
        detail["verdict"] = f"{detail['verdict']}, {detail['reason']}"
    if code := made.get(f"code {event.detail.get('code')}"):
        detail["code"] = code
    elif "code" in detail:
        detail["code"] = _("a code")
    before, after = words.told(event.verb, detail)
    shown = detail if every else {name: detail[name] for name in detail if name in words.PLAIN}
    details = [(name.replace("_", " "), words.said(value)) for name, value in shown.items()]
    if every:
        details = [(_("number"), str(event.number)), (_("verb"), event.verb), *details, (_("hash"), event.hash)]
    return Told(
        event=event,
        who=str(event.by) if event.by_id else "Winnow",
        before=before,
        what=what if words.about_something(event.verb) else "",
        opens=opens,
        after=after,
        about=event.subject if event.subject in named and event.subject not in made else "",
        details=details,
    )


def _word(name: str, value: Any) -> Any:
    """A choice under its name."""
    choices: Any = {
        "verdict": Verdict,
        "stage": StageName,
        "role": Role,
        "retrieval": Retrieval,
        "answer": Answer,
    }.get(name)
    if choices is None or value not in choices.values:
        return value
    label = str(choices(value).label)
    return label.lower() if name == "verdict" else label


def _unnamed(subject: str) -> str:
    kind = subject.partition(" ")[0]
    if subject in StageName.values:
        return str(StageName(subject).label)
    return {
        "stretch": _("lines of an import"),
        "job": _("a task"),
        "match": _("a pair"),
        "proposal": _("a proposal"),
        "work": _("a work"),
        "record": _("a record"),
        "dump": _("an import"),
        "code": _("a code"),
        "theme": _("a theme"),
    }.get(kind, subject)


def told_name(member: Member, subject: str) -> str:
    """What a filter is about, by its name; a foreign or unknown one has none."""
    return (_named(member, [subject]).get(subject) or ("", ""))[0]


def _named(member: Member, wanted: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Subjects with a name and, where this role may look, an address. One query a kind, within the own review."""
    keys: dict[str, list[int]] = {kind: [] for kind in ABOUT}
    for subject in wanted:
        kind, _space, number = subject.partition(" ")
        if kind in keys and number.isdecimal():
            keys[kind].append(int(number))
    library, acts = member.review_id, may(member)
    pairs = list(Match.objects.filter(library=library, pk__in=keys["match"]).values_list("pk", "record_a", "record_b"))
    wanted_records = {*keys["record"], *(pk for _match, *both in pairs for pk in both)}
    records = {
        row.pk: row
        for row in Record.objects.filter(library=library, pk__in=wanted_records).only("title", "work_id", "library_id")
    }

    def at(name: str, *args: int) -> str:
        return reverse("reviews:" + name, args=[library, *args])

    found: dict[str, tuple[str, str]] = {}
    for pk, title in Work.objects.filter(library=library, pk__in=keys["work"]).values_list("pk", "title"):
        found[f"work {pk}"] = (_quoted(title), at("work", pk))
    for pk in keys["record"]:
        if row := records.get(pk):
            found[f"record {pk}"] = (_quoted(row.title), at("work", row.work_id))
    for pk, one, other in pairs:
        both = _("%(one)s and %(other)s") % {
            "one": _quoted(records[one].title), "other": _quoted(records[other].title)
        }  # fmt: skip
        found[f"match {pk}"] = (both, at("work", records[one].work_id))
    for pk, source in Search.objects.filter(library=library, pk__in=keys["search"]).values_list("pk", "source"):
        found[f"search {pk}"] = (_quoted(source), at("search", pk))
    for pk, name in Dump.objects.filter(library=library, pk__in=keys["dump"]).values_list("pk", "name"):
        found[f"dump {pk}"] = (_quoted(name), at("intake", pk) if "import" in acts else "")
    for each in Member.objects.filter(review=library, pk__in=keys["member"]).select_related("user"):
        found[f"member {each.pk}"] = (str(each), "")
    for pk in Proposal.objects.filter(library=library, pk__in=keys["proposal"]).values_list("pk", flat=True):
        found[f"proposal {pk}"] = (_("a proposal"), at("proposal", pk) if "dedup" in acts else "")
    return found


def _made(member: Member, events: list[Event]) -> dict[str, str]:
    """Names of codes and themes, "code 3", as they were made: these are nouns of the floor above, so the history is asked.
    While a stage is blinded, of own ones only."""
    wanted = {event.subject for event in events if event.subject.startswith(("code ", "theme "))}
    wanted |= {f"code {event.detail['code']}" for event in events if event.detail.get("code")}
    if not wanted:
        return {}
    rows = Event.objects.filter(library=member.review_id, subject__in=wanted, verb__in=["made a code", "made a theme"])
    rows = rows if all_open(member) else rows.filter(by=member.user_id)
    return {row.subject: _quoted(str(row.detail.get("name", ""))) for row in rows}


def _quoted(name: str) -> str:
    name = " ".join(name.split()) or _("Without a title")
    return "“%s”" % (name if len(name) <= SHOWN_TITLE else name[: SHOWN_TITLE - 1] + "…")
