"""How decisions become stored outcomes, and how both follow records that are joined, split or set aside.

Called under the work's row lock inside an act's transaction, by `reviews.actions` and, through `InReviews`, from below.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Exists, F, FilteredRelation, IntegerField, OuterRef, Q, Subquery, UUIDField
from django.db.models.functions import Coalesce
from django.utils import timezone

from records import engine
from records.models import Dump, Record, Work
from records.prepared import Given, Prepared, PreparedUpdate
from reviews import carried, following, giving, handing_out, interests
from reviews import outcome as thought
from reviews.models import (
    Adjudication,
    Allocation,
    BulkWork,
    Decision,
    Experience,
    Interest,
    Later,
    Outcome,
    Report,
    Retrieval,
    Review,
    RoundWork,
    Stage,
    StageName,
    State,
    Study,
)

BULK = BulkWork.objects.filter(review=Given("review"), work=Given("work"), stage=Given("stage"), current=True)
BARRED = Interest.objects.filter(review=Given("review"), member=Given("member"), work=Given("work"), lifted_at=None)
OF_ROUND = RoundWork.objects.filter(review=Given("review"), round=OuterRef("calibrating"), work=Given("work"))
RULING = Adjudication.objects.filter(review=Given("review"), work=Given("work"), stage=Given("stage"), current=True)
REPORT = Report.objects.filter(review=Given("review"), work=Given("work"))
LATER = Later.objects.filter(review=Given("review"), work=Given("work"), stage=Given("stage"), member=Given("member"))
KEPT = Prepared(
    lambda: (
        Stage.objects.filter(review=Given("review"), name=Given("stage"))
        .annotate(
            kept=FilteredRelation(
                "review__outcomes",
                condition=Q(review__outcomes__work=Given("work"), review__outcomes__stage=Given("stage")),
            ),
            ruled=Subquery(RULING.values("verdict")[:1]),
            ruled_because=Subquery(RULING.values(counts=Coalesce("reason__merged_into", "reason"))[:1]),
            bulk=Subquery(BULK.values("bulk__verdict")[:1]),
            bulk_because=Subquery(BULK.values(counts=Coalesce("bulk__reason__merged_into", "bulk__reason"))[:1]),
            retrieval=Subquery(REPORT.values("retrieval")[:1]),
            put_off=Exists(LATER),
            barred=Exists(BARRED),
            in_round=Exists(OF_ROUND),
            round_open=Q(calibrating__closed_at=None, calibrating__called_off_at=None),
        )
        .select_related("kept")
    )
)
SAID = Prepared(
    lambda: (
        Decision.objects.filter(review=Given("review"))
        .filter(
            Q(work=Given("work"), stage=Given("stage"), current=True)
            | Q(member=Given("member"), key=Given("key", UUIDField()))
        )
        .select_related("reason__merged_into")
        .annotate(experience=F("member__experience"))
        .order_by("pk")
    )
)
MOVES = ("state", "decided", "only_member_id", "reason_id", "aside", "rank", "at")  # of an outcome, when it is settled
KEEP = PreparedUpdate(
    lambda: Outcome.objects.filter(pk=Given("outcome")),
    **{name.removesuffix("_id"): Given(name, DateTimeField() if name == "at" else None) for name in MOVES},
)
COUNT = PreparedUpdate(
    lambda: Stage.objects.filter(review=Given("review"), name=Given("stage")),
    **{state: F(state) + Given(state, IntegerField()) for state in State.values},
)


@dataclass(slots=True)
class Standing:
    """How a work stands at a stage, read in two statements under its lock: what the act that holds the lock goes by.

    `stage` is the rule, with the counters; `kept` the stored outcome; `said` the current decisions, oldest first; `repeat`
    the decision that the member made with the same key before.
    """

    stage: Stage
    kept: Outcome | None
    said: list[Decision]
    ruled: str  # the verdict of the adjudication that counts, else empty
    ruled_because: int | None
    bulk: str  # the verdict of an act on many works; it counts where nobody decided
    bulk_because: int | None
    retrieval: str  # of the work's report; empty where none is sought
    put_off: bool
    barred: bool  # the member has an interest in the work
    in_round: bool  # of the calibration that the stage waits for
    round_open: bool
    repeat: Decision | None

    def add(self, decision: Decision) -> None:
        """A decision that the act made, or that counts again."""
        decision.experience = decision.member.experience  # type: ignore[attr-defined]  # as those that are read have it
        self.said.append(decision)

    @property
    def closed(self) -> bool:
        """Whether the work is not screened, is settled by a ruling or an act on many works, or its stage is closed."""
        settled = bool(self.ruled) or (bool(self.bulk) and not self.said)
        return self.kept is None or self.kept.aside or settled or self.stage.closed_at is not None

    @property
    def in_open_round(self) -> bool:
        """Whether members decide on the work in a calibration round, so that nobody may see a conflict on it yet."""
        return self.stage.calibrating_id is not None and self.round_open and self.in_round

    @property
    def outside(self) -> bool:
        """Whether the stage waits for a calibration round that is over or has other works."""
        return self.stage.calibrating_id is not None and not (self.round_open and self.in_round)


def standing(
    review_id: int, work_id: int, stage: str, *, member_id: int | None = None, key: UUID | None = None
) -> Standing:
    """What is stored about a work at a stage, and about one member's press on its card."""
    asked = {"review": review_id, "work": work_id, "stage": stage, "member": member_id}
    found: Any = KEPT.first(**asked)
    said = SAID.all(**asked, key=key)
    return Standing(
        stage=found,
        kept=getattr(found, "kept", None),  # a relation that is filtered leaves nothing where it finds nothing
        said=[each for each in said if each.current and each.work_id == work_id and each.stage == stage],
        ruled=found.ruled or "",
        ruled_because=found.ruled_because,
        bulk=found.bulk or "",
        bulk_because=found.bulk_because,
        retrieval=found.retrieval or "",
        put_off=bool(found.put_off),
        barred=bool(found.barred),
        in_round=bool(found.in_round),
        round_open=bool(found.round_open),
        repeat=next((each for each in said if key and each.member_id == member_id and each.key == key), None),
    )


def settle(*, review: Review, work: Work, stage: str, now: Standing | None = None) -> Outcome:
    """Work out the outcome from the current decisions and store it; under the work's lock, inside the act's transaction.

    `now` is how the work stands, where the act has read it already and put its own decision in.
    """
    now = now or standing(review.pk, work.pk, stage)
    before = now.kept and not now.kept.aside and now.kept.state
    row = now.kept or Outcome(review=review, work=work, stage=stage)
    row.state = _state(now, review)
    row.decided, row.at = len(now.said), timezone.now()
    row.only_member_id = now.said[0].member_id if len(now.said) == 1 else None
    row.reason_id = _reason(row.state, now)
    row.aside = work.aside or work.empty or (stage == StageName.FULL_TEXT and now.retrieval != Retrieval.RETRIEVED)
    row.rank = work.rank
    if now.kept:
        KEEP(outcome=row.pk, **{name: getattr(row, name) for name in MOVES})
    else:
        row.save(force_insert=True)
    tally(review.pk, stage, {before: -1}, {not row.aside and row.state: 1})
    if now.stage.allocation == Allocation.FIXED:
        deciders = [each.member_id for each in now.said]
        waits = row.state in giving.OPEN and not row.aside
        giving.KEEP(review=review.pk, work=work.pk, stage=stage, open=waits, deciders=deciders)
    if stage == StageName.TITLE_ABSTRACT:
        if row.state == State.INCLUDED and not now.retrieval:  # sought; once no longer included it counts nowhere
            Report.objects.create(review=review, work=work, record_id=work.lead_id)
    elif row.state == State.INCLUDED and not row.aside:
        to_study(review, work)
    return row


def _state(now: Standing, review: Review) -> str:
    return thought.outcome(
        [each.verdict for each in now.said],
        now.stage.rule_in(review),
        adjudicated=now.ruled,
        bulk=now.bulk,
        expert=any(getattr(each, "experience", "") == Experience.EXPERT for each in now.said),
        reasons=[each.reason.counting.pk for each in now.said if each.reason],
    )


def _reason(state: str, now: Standing) -> int | None:
    """The reason that counts: the adjudicator's, else the first in the protocol's order among the decisions', else that of an
    act on many works."""
    if state != State.EXCLUDED:
        return None
    if now.ruled:
        return now.ruled_because
    if not now.said:
        return now.bulk_because
    reason = thought.counting_reason([each.reason and each.reason.counting for each in now.said])
    return reason.pk if reason else None


def tally(review_id: int, stage: str, *changes: dict) -> None:
    """Keep the stage's counters: each change names states and by how much; what is no state (None, False) is not counted."""
    sums: dict[str, int] = {}
    for change in changes:
        for state, by in change.items():
            if state:
                sums[state] = sums.get(state, 0) + by
    if any(sums.values()):
        COUNT(review=review_id, stage=stage, **(dict.fromkeys(State.values, 0) | sums))


def _report_is_here(review: Review, work: Work) -> bool:
    return Report.objects.filter(review=review, work=work, retrieval=Retrieval.RETRIEVED).exists()


def to_study(review: Review, work: Work) -> None:
    """An included report describes a study; until a person says otherwise, one of its own."""
    report = Report.objects.filter(review=review, work=work).first()
    if report and report.study_id is None:
        report.study = Study.objects.create(review=review, label=work.title)
        report.save(update_fields=["study"])


TELLS = (Retrieval.AWAITED, Retrieval.NOT_RETRIEVED, Retrieval.RETRIEVED)  # each tells more than the one before
OF_OUTCOME = ("review_id", "stage", "state", "decided", "at", "work_id", "rank", "aside")


class InReviews:
    """What records/ tells this floor (see records.works.Upstairs): outcomes are made and settled with the works."""

    def decided(self, work_ids: set[int]) -> set[int]:
        """Works with a current decision, or settled by an act on many works."""
        decided = Decision.objects.filter(work__in=work_ids, current=True).values_list("work", flat=True)
        return set(decided) | set(
            BulkWork.objects.filter(work__in=work_ids, current=True).values_list("work", flat=True)
        )

    def made(self, library_id: int, works: list[Work]) -> None:
        """Every new work starts pending at title and abstract."""
        stage, at = str(StageName.TITLE_ABSTRACT), engine.moment(timezone.now())
        pending = (library_id, stage, str(State.PENDING), 0, at)
        rows = [(*pending, work.pk, work.rank, work.aside or work.empty) for work in works]
        engine.insert("reviews_outcome", OF_OUTCOME, rows)
        fresh = sum(not (w.aside or w.empty) for w in works)
        tally(library_id, StageName.TITLE_ABSTRACT, {State.PENDING: fresh})
        interests.found_in(library_id, [work.pk for work in works])

    def read(self, dump: Dump) -> None:
        """A dump was read to its end: decisions that it carries are counted, and taken over where that was said before."""
        carried.note_down(dump)
        interests.found_in_dump(dump)
        handing_out.wanted(dump.library_id)

    def moved(self, library_id: int, record_ids: list[int], work_ids: set[int]) -> None:
        """Decisions follow the record they were made on; then every touched outcome is settled anew."""
        review = Review.objects.get(pk=library_id)
        if not record_ids:
            _set_aside(review, work_ids)
            handing_out.wanted(library_id)
            return
        here = dict(Record.objects.filter(pk__in=record_ids).values_list("pk", "work_id"))
        _place_reports(review, work_ids)
        following.follow(review, here)
        giving.follow(review, record_ids, work_ids)
        for work in Work.objects.filter(library=library_id, pk__in=work_ids).order_by("pk"):
            stages = set(Outcome.objects.filter(review=review, work=work).values_list("stage", flat=True))
            read = {StageName.FULL_TEXT} if _report_is_here(review, work) else set()  # a report that came is read there
            for stage in sorted(stages | read | {StageName.TITLE_ABSTRACT}):
                following.one_current_each(review, work, stage)
                settle(review=review, work=work, stage=stage)
        interests.found_in(library_id, work_ids)
        handing_out.wanted(library_id)


def _set_aside(review: Review, work_ids: set[int]) -> None:
    """A search was set aside or brought back: no decision changes, only whether the works are in the queue."""
    rows = Outcome.objects.filter(review=review, work__in=work_ids, stage=StageName.TITLE_ABSTRACT)
    for aside, sign in ((True, -1), (False, 1)):
        turning = rows.filter(aside=not aside).filter(
            Q(work__aside=True) | Q(work__empty=True) if aside else Q(work__aside=False, work__empty=False)
        )
        states = Counter(turning.values_list("state", flat=True))
        turning.update(aside=aside)
        tally(review.pk, StageName.TITLE_ABSTRACT, {state: sign * n for state, n in states.items()})
    giving.placed(review_id=review.pk, stage=StageName.TITLE_ABSTRACT, works=work_ids)
    for row in Outcome.objects.filter(review=review, work__in=work_ids, stage=StageName.FULL_TEXT).select_related(
        "work"
    ):
        settle(review=review, work=row.work, stage=row.stage)


def _place_reports(review: Review, work_ids: set[int]) -> None:
    """A report stands at its record's work; of several that came together the one that tells most, of equals the oldest.

    The others wait at empty works, where they count nowhere; parted again, each has its own work back.
    """
    rows = Report.objects.filter(review=review, record__work__in=work_ids).select_related("record")
    best: dict[int, Report] = {}
    for report in rows.order_by("pk"):
        known = best.setdefault(report.record.work_id, report)
        if TELLS.index(report.retrieval) > TELLS.index(known.retrieval):
            best[report.record.work_id] = report
    for home, report in sorted(best.items()):
        left = Report.objects.values_list("work", flat=True).get(pk=report.pk)
        if left == home:
            continue
        other = Report.objects.filter(review=review, work=home).first()
        if other:  # no work may hold two, not even for a moment; keys are looked up when the transaction ends
            Report.objects.filter(pk=other.pk).update(work=-other.pk)
        Report.objects.filter(pk=report.pk).update(work=home)
        if other:
            Report.objects.filter(pk=other.pk).update(work=left)
    astray = Report.objects.filter(review=review, work__in=work_ids, work__empty=False).exclude(record__work=F("work"))
    if waiting := list(astray.order_by("pk")):
        free = Work.objects.filter(library=review.pk, empty=True, reports=None).order_by("pk")
        for report, work in zip(waiting, free[: len(waiting)], strict=False):
            Report.objects.filter(pk=report.pk).update(work=work)
