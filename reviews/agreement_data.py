"""Which decisions agreement is worked out from: what each pair of members had said when both had decided, and no later.

`reviews.agreement_pairs` says which of a work's decisions count. Here they are fetched: those made before the stage was
unblinded, and on works of a closed calibration round those made before it was closed, since then all had seen all. Left out
are decisions taken over from other programs, those of members whose decisions were voided, and, in the figures of a stage,
those of rounds that do not count; adjudications and decisions on many works at once are no decisions of a member. After a
join all decisions on the records of a work are of that work, so that a pair counts once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, When

from records import engine
from records.engine import Day
from records.models import Event
from reviews.access import sees_totals
from reviews.agreement_pairs import Counted, Heard, Said, complete, words
from reviews.models import Decision, Ended, Member, Round, RoundWork, Stage, StageName, Verdict
from reviews.outcome import Rule

CATEGORIES = (Verdict.INCLUDE, Verdict.MAYBE, Verdict.EXCLUDE)  # declared, in their order
PLACE = {str(verdict): n for n, verdict in enumerate(CATEGORIES)}
MOST_WEEKS = 26  # a longer screening is told by months

Work = tuple[str, int]  # stage, and the work's key


@dataclass
class Part(Counted):
    """Some of a stage's works: those of a calibration round, of a week or month, or read under one version of the criteria."""

    kind: str = ""  # "round", "week", "month" or "version"
    of: Any = None  # the round, the first day, or the number; None for several versions or none


@dataclass
class StageAgreement(Counted):
    """What members said at one stage. `shut` is "", "blinded", "selected" (one include is enough) or "unknown" (since when
    the stage is open); its closed calibration rounds have figures nevertheless."""

    stage: str = ""
    shut: str = ""
    rule: Rule | None = None
    unblinded_at: datetime | None = None
    rounds: list[Part] = field(default_factory=list)
    periods: list[Part] = field(default_factory=list)
    versions: list[Part] = field(default_factory=list)


def agreement(member: Member, by: str = "") -> list[StageAgreement]:
    """Each stage, as far as numbers of others' decisions at it are open to this member, over time `by` "week" or "month".
    While all are blinded and no round is closed, no decision is fetched."""
    found = {name: StageAgreement(stage=name, shut="blinded") for name in StageName.values}
    open_stages = [name for name in found if sees_totals(member, name)]
    rounds = list(Round.objects.filter(review=member.review_id).order_by("stage", "number"))
    closed = [each for each in rounds if each.closed_at]
    if open_stages or closed:
        since = _unblinded(member.review_id)
        for stage in Stage.objects.filter(review=member.review_id):
            of = found[stage.name]
            of.rule = stage.rule
            if stage.name in open_stages:
                of.unblinded_at = since.get(stage.name)
                of.shut = "selected" if of.rule.one_include_is_enough else "" if of.unblinded_at else "unknown"
        _Counting(member.review_id, list(found.values()), rounds).fill(by)
    return list(found.values())


def of_round(round_: Round) -> Part:
    """What members said in one closed round."""
    of = StageAgreement(stage=round_.stage, shut="blinded", unblinded_at=_unblinded(round_.review_id).get(round_.stage))
    _Counting(round_.review_id, [of], [round_]).fill("")
    return of.rounds[0]


def _unblinded(review_id: int) -> dict[str, datetime]:
    """When each stage was opened, from the history; a stage is opened once."""
    events = Event.objects.filter(library=review_id, verb="unblinded a stage")
    return dict(events.values_list("subject", "at"))


class _Counting:
    """One look at a review's decisions, and the counts of its stages and rounds made of them."""

    def __init__(self, review_id: int, stages: list[StageAgreement], rounds: list[Round]) -> None:
        self.review_id, self.stages = review_id, {of.stage: of for of in stages}
        self.closed = {each.pk: each for each in rounds if each.closed_at}
        self.not_counting = {each.pk for each in rounds if not each.counts}
        self.members: list[Member] = []
        self.place: dict[int, int] = {}

    def fill(self, by: str) -> None:
        """Fetch, and count."""
        team = Member.objects.filter(review=self.review_id).select_related("user").order_by("joined_at", "pk")
        self.members = [each for each in team if each.voided_at is None]
        slow, plain = self._changed(), self._plain()
        for of in self.stages.values():
            theirs = {work: rows for work, rows in slow.items() if work[0] == of.stage}
            if not of.shut:
                self._stage(of, [*plain[of.stage].items(), *((heard, 1) for heard in self._heard(of, theirs))], by)
            for round_ in self.closed.values():
                if round_.stage == of.stage:
                    of.rounds.append(self._round(of, round_, theirs))

    def _rows(self) -> Any:
        """The decisions that were made while they were nobody else's to see, as far as a round's end does not say more."""
        wanted = Q(round__in=list(self.closed))
        for of in self.stages.values():
            if not of.shut:
                wanted |= Q(stage=of.stage, at__lt=of.unblinded_at)
        rows = Decision.objects.filter(wanted, review=self.review_id, imported_from=None)
        return rows.exclude(ended=Ended.VOIDED)

    def _not_plain(self) -> Q:
        """Of a decision: on a work on which somebody changed one, or that was in a closed round. There it matters when each was
        made; such works are few."""
        changed = Decision.objects.filter(review=self.review_id, current=False).values("work")
        in_round = RoundWork.objects.filter(round__in=list(self.closed)).values("work")
        return Q(work__in=changed) | Q(work__in=in_round)

    def _changed(self) -> dict[Work, list[Said]]:
        """These works with all their decisions."""
        rows = self._rows().filter(self._not_plain()).order_by("pk")
        members = {each.pk for each in self.members}
        found: dict[Work, list[Said]] = {}
        for stage, work, *row in rows.values_list(
            "stage", "work", "member", "verdict", "at", "undone_at", "ended_at", "criteria_version", "round"
        ):
            if row[0] in members:
                found.setdefault((stage, work), []).append(Said(*row))
        return found

    def _plain(self) -> dict[str, Counter[Heard]]:
        """All other works: one decision a member, so that only what was said counts, not in what order. They are many, so the
        database puts those together of which the same was said."""
        found: dict[str, Counter[Heard]] = defaultdict(Counter)
        if all(of.shut for of in self.stages.values()):
            return found
        said = {f"said_{each.pk}": Max(Case(When(member=each.pk, then=F("verdict")))) for each in self.members}
        facts = {
            "day": Max(Day(F("at"))),
            "first_version": Min("criteria_version"),
            "last_version": Max("criteria_version"),
            "without": Count("pk") - Count("criteria_version"),
        }
        rows = self._rows().filter(current=True, member__in=self.members).exclude(self._not_plain())
        works = rows.order_by().values("stage", "work").annotate(**said, **facts)
        for stage, *verdicts, day, first, last, without, times in _alike(works, ["stage", *said, *facts]):
            most = tuple((each.pk, verdict) for each, verdict in zip(self.members, verdicts, strict=True) if verdict)
            version = first if first == last and not without else None
            found[stage][Heard(tuple(sorted(most)), None, str(day), version)] += times
        return found

    def _heard(self, of: StageAgreement, works: dict[Work, list[Said]]) -> Iterator[Heard]:
        """Of each work what counts for the stage: nothing that was said once a round on it was closed."""
        ends = self._ends(of.stage)
        for (_stage, work), said in works.items():
            until = min([end for end in (ends.get(work), of.unblinded_at) if end])
            counting = [row for row in said if row.at < until and row.round not in self.not_counting]
            if counting:
                yield complete(words(counting))

    def _ends(self, stage: str) -> dict[int, datetime]:
        """When all saw all on a work: its first closed round's end."""
        rounds = [each for each in self.closed.values() if each.stage == stage]
        found: dict[int, datetime] = {}
        if rounds:
            rows = RoundWork.objects.filter(round__in=rounds).values_list("work", "round__closed_at")
            for work, closed_at in rows:
                if closed_at:
                    found[work] = min(closed_at, found.get(work, closed_at))
        return found

    def _round(self, of: StageAgreement, round_: Round, works: dict[Work, list[Said]]) -> Part:
        until = min(end for end in (round_.closed_at, of.unblinded_at) if end)
        part = Part(kind="round", of=round_)
        heard = []
        for said in works.values():
            if rows := [row for row in said if row.round == round_.pk and row.at < until]:
                heard.append((complete(words(rows)), 1))
        self._count(part, heard, self._deciding(heard))
        return part

    def _stage(self, of: StageAgreement, heard: list[tuple[Heard, int]], by: str) -> None:
        deciding = self._deciding(heard)
        self._count(of, heard, deciding)
        together = [each for each in heard if len(each[0].most) > 1]
        days = sorted(date.fromisoformat(each.day) for each, _times in together)
        kind = by or ("week" if days and (days[-1] - days[0]).days < 7 * MOST_WEEKS else "month")
        for key, some in sorted(_grouped(together, lambda each: _begins(each.day, kind)).items()):
            self._count(part := Part(kind=kind, of=key), some, deciding)
            of.periods.append(part)
        versions = _grouped(together, lambda each: each.version or 0)
        for key, some in sorted(versions.items()):
            self._count(part := Part(kind="version", of=key or None), some, deciding)
            of.versions.append(part)

    def _deciding(self, heard: Iterable[tuple[Heard, int]]) -> list[Member]:
        """Who decided, in the order of joining."""
        decided = {member for each, _times in heard for member, _verdict in each.most}
        decided |= {member for each, _times in heard for pair, _said in each.pairs or () for member in pair}
        return [each for each in self.members if each.pk in decided]

    def _count(self, counted: Counted, heard: Iterable[tuple[Heard, int]], members: list[Member]) -> None:
        counted.begin(members, len(CATEGORIES))
        place = {member.pk: n for n, member in enumerate(members)}
        for each, times in heard:
            counted.add(each, times, place, PLACE)


def _alike(rows: QuerySet[Any, Any], columns: list[str]) -> list[tuple]:
    """How often each combination of values occurs among rows that are themselves groups."""
    sql, params = rows.query.sql_with_params()
    names = ", ".join(f'"{name}"' for name in columns)
    return engine.rows(f"SELECT {names}, COUNT(*) FROM ({sql}) one_each GROUP BY {names}", params)  # noqa: S608


def _grouped(heard: list[tuple[Heard, int]], key: Any) -> dict[Any, list[tuple[Heard, int]]]:
    found: dict[Any, list[tuple[Heard, int]]] = defaultdict(list)
    for each, times in heard:
        found[key(each)].append((each, times))
    return found


def _begins(day: str, kind: str) -> date:
    """The first day of the month, or of the week, that a day is in."""
    when = date.fromisoformat(day)
    return when.replace(day=1) if kind == "month" else when - timedelta(days=when.weekday())
