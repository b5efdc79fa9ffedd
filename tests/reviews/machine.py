"""A whole review as chance would have it: people import, join, split, decide, take back, settle, come and go, change rules.

Hypothesis draws the acts and shortens what it finds. Each act is one that the person may do on the pages (`access.may`);
refusals by name are part of life and change nothing. After each step every promise of `invariants.py` must hold.
"""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from records import actions as found
from records import mending
from records.models import Answer, Dump, Job, JobState, Match, Record, Search, Work
from reviews import (
    access,
    actions,
    allocation,
    bulk,
    calibration,
    discussing,
    interests,
    leases,
    marking,
    queries,
    reasons,
    rules,
    ruling,
    setup,
    studies,
    team,
    voiding,
)  # fmt: skip
from reviews.models import (
    Bulk,
    Decision,
    ExclusionReason,
    Interest,
    Invitation,
    Member,
    Outcome,
    Report,
    Retrieval,
    Review,
    Role,
    SendingBack,
    StageName,
    State,
)
from reviews.settling import InReviews
from tests import world as worlds
from tests.reviews.invariants import Seen, agreement_differs, broken

UP = {"upstairs": InReviews()}
TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT
ONE_OF = st.integers(0, 99)  # which of the rows that there are, counted round
VERDICTS = st.sampled_from(["include", "exclude", "maybe"])
STAGES = st.sampled_from([TITLE, TITLE, TITLE, FULL])
PEOPLE = ("ann", "bo", "cy", "di", "flo")
DEAR = 9  # after so many steps the dear promises are asked too
MOST_RECORDS = 24
REFUSED = (
    actions.CardChanged, actions.NotDecided, actions.NoConflict, actions.OwnConflict, actions.ReasonMissing, team.LastOwner,
    team.InvitationSpent, team.NotThere, reasons.NotMergeable, found.NothingToUndo, mending.StillRead, mending.NothingToTakeBack,
    mending.CameAgain, marking.TooMany, studies.TooFew, studies.SaidApart, studies.SaidOne, actions.Barred, bulk.StageClosed,
    bulk.NothingLeft, bulk.AlreadyBack, bulk.ReasonMissing, calibration.RoundGoesOn, calibration.NoRound, calibration.NotBlind,
    calibration.StageClosed, calibration.NothingToRead, discussing.Nothing, interests.NotYours, ruling.NotTogether,
    voiding.Busy, voiding.NotNow,
)  # fmt: skip


def pick(rows: Any, n: int) -> Any:
    """One of some rows by number, None where there is none."""
    rows = list(rows)
    return rows[n % len(rows)] if rows else None


def none(wrong: list[str]) -> None:
    """Nothing is wrong; else all of it is told."""
    if wrong:
        raise AssertionError("\n".join(wrong))


class WholeReview(RuleBasedStateMachine):
    """One review from its first import to its end. `world` is made by the test; what a run does is rolled back."""

    world: worlds.World

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        self.review: Review = self.world.review
        self.library = self.world.library
        self.seen, self.steps = Seen(), 0
        self.acts: list[uuid.UUID] = []
        self.undone: list[int] = []
        self.pressed: list[tuple[int, dict[str, Any]]] = []

    # --- who and what -----------------------------------------------------------------------------------------------
    def members(self, act: str) -> list[Member]:
        return [each for each in access.active_members(self.review).select_related("review") if act in access.may(each)]

    def works(self) -> list[Work]:
        return list(Work.objects.filter(library=self.library, empty=False).order_by("pk"))

    def by(self, act: str, n: int) -> Any:
        """Somebody who may do an act, as a user."""
        member = pick(self.members(act), n)
        return member and member.user

    def attempt(self, act: Callable[[], Any]) -> Any:
        """An act that may be refused by name; refused it has changed nothing."""
        try:
            with transaction.atomic():
                return act()
        except REFUSED:
            return None

    # --- steps ------------------------------------------------------------------------------------------------------
    @initialize(names=st.lists(st.sampled_from(worlds.NAMES), min_size=3, max_size=6))
    def first_import(self, names):
        self.imported(names, "First Index", "database")

    def imported(self, names, source, kind):
        text = "".join(worlds.ris_entry(name, number=n) for n, name in enumerate(names))
        worlds.import_text(self.review, self.world.people["ann"], text, source=source, kind=kind)

    @precondition(lambda self: self.steps % 4 == 0)
    @rule(
        names=st.lists(st.sampled_from(worlds.NAMES), min_size=1, max_size=3),
        kind=st.sampled_from(["database", "register", "website", "citation", "previous"]),
        n=ONE_OF,
    )
    def imports(self, names, kind, n):
        """Found again, or new; the duplicates join the works that are there."""
        if Record.objects.filter(library=self.library).count() < MOST_RECORDS:
            self.imported(names, f"Index {n % 5}", kind)

    @rule(a=ONE_OF, b=ONE_OF, who=ONE_OF)
    def joins(self, a, b, who):
        works, by = self.works(), self.by("dedup", who)
        into, other = pick(works, a), pick(works, b)
        if by and into != other:
            self.acts.append(found.join(by=by, library=self.library, into=into, others=[other], **UP))

    @rule(a=ONE_OF, who=ONE_OF)
    def splits(self, a, who):
        several = Record.objects.filter(library=self.library, work__records_count__gt=1).order_by("pk")
        record, by = pick(several, a), self.by("dedup", who)
        if by and record:
            self.acts.append(found.split(by=by, library=self.library, record=record, **UP))

    @rule(a=ONE_OF, who=ONE_OF)
    def takes_a_join_back(self, a, who):
        act, by = pick(self.acts, a), self.by("dedup", who)
        if by and act:
            self.attempt(lambda: found.undo(by=by, library=self.library, act=act, **UP))

    @rule(a=ONE_OF, said=st.sampled_from(Answer.values), who=ONE_OF)
    def answers_a_pair(self, a, said, who):
        match, by = pick(Match.objects.filter(library=self.library).order_by("pk"), a), self.by("dedup", who)
        if by and match and not match.answer:
            found.answer(by=by, match=match, answer=said, **UP)
        elif by and match:
            self.attempt(lambda: found.reopen(by=by, match=match, **UP))

    @rule(a=ONE_OF, who=ONE_OF)
    def sets_a_search_aside_or_brings_it_back(self, a, who):
        search, by = pick(Search.objects.filter(library=self.library).order_by("pk"), a), self.by("import", who)
        if by and not search.taken_back_from_id:
            found.set_aside(by=by, search=search, aside=not search.aside, **UP)

    @precondition(lambda self: self.steps % 5 == 3)
    @rule(a=ONE_OF, who=ONE_OF)
    def takes_an_import_back_or_brings_it_back(self, a, who):
        dump, by = pick(Dump.objects.filter(library=self.library).order_by("pk"), a), self.by("import", who)
        if by:
            act = mending.redo_import if dump.undone_at else mending.undo_import
            self.attempt(lambda: act(by=by, dump=dump, **UP))

    # Deciding
    def press(self, member: Member, stage: str, work: Work, verdict: str, reason: ExclusionReason | None) -> dict:
        card = {"stage": stage, "work_id": work.pk, "revision": work.revision, "key": uuid.uuid4()}
        return card | {"verdict": verdict, "reason": reason if verdict == "exclude" else None}

    def decides(self, member: Member, act: dict) -> None:
        """As the page: full texts are read once the first stage is open."""
        if act["stage"] == FULL and not member.review.full_texts_open:
            return
        self.pressed.append((member.pk, act))
        self.attempt(lambda: actions.decide(member=member, **act))
        self.undone.clear()

    def reason(self, n: int) -> ExclusionReason | None:
        rows = list(ExclusionReason.objects.filter(review=self.review, retired=False).order_by("order"))
        return pick([*rows[:3], None], n)

    @rule(who=ONE_OF, stage=STAGES, verdict=VERDICTS, because=ONE_OF)
    def decides_on_the_next_card(self, who, stage, verdict, because):
        member = pick(self.members("decide"), who)
        work = member and queries.next_work(member=member, stage=stage)
        if work:
            self.decides(member, self.press(member, stage, work, verdict, self.reason(because)))

    @rule(who=ONE_OF, stage=STAGES, verdict=VERDICTS, because=ONE_OF, which=ONE_OF)
    def decides_on_some_work(self, who, stage, verdict, because, which):
        """A change of mind, or a work opened from a list."""
        member = pick(self.members("decide"), who)
        rows = Outcome.objects.filter(review=self.review, stage=stage, aside=False).order_by("work")
        row = pick(rows.select_related("work"), which)
        if member and row:
            self.decides(member, self.press(member, stage, row.work, verdict, self.reason(because)))

    @rule(which=ONE_OF)
    def posts_a_press_again(self, which):
        """The answer was lost on the line, perhaps long ago; whoever left cannot."""
        pressed = pick(self.pressed, which)
        member = pressed and pick([each for each in self.members("decide") if each.pk == pressed[0]], 0)
        if member:
            before = Decision.objects.filter(review=self.review).count()
            stored = Decision.objects.filter(review=self.review, member=member, key=pressed[1]["key"]).exists()
            self.attempt(lambda: actions.decide(member=member, **pressed[1]))
            assert not stored or Decision.objects.filter(review=self.review).count() == before

    @rule(who=ONE_OF, stage=STAGES)
    def takes_a_decision_back(self, who, stage):
        member = pick(self.members("decide"), who)
        taken = member and self.attempt(lambda: actions.undo(member=member, stage=stage))
        if taken:
            self.undone.append(taken.pk)

    @rule()
    def does_it_again(self):
        taken = pick(Decision.objects.filter(pk__in=self.undone[-1:]).select_related("work"), 0)
        member = taken and pick([each for each in self.members("decide") if each.pk == taken.member_id], 0)
        if member and not Decision.objects.filter(work=taken.work, member=member, stage=taken.stage, current=True):
            self.decides(member, self.press(member, taken.stage, taken.work, taken.verdict, taken.reason))

    @rule(who=ONE_OF, which=ONE_OF, stage=STAGES)
    def puts_a_card_off(self, who, which, stage):
        member, work = pick(self.members("decide"), who), pick(self.works(), which)
        if member:
            self.attempt(lambda: actions.put_off(member=member, stage=stage, work_id=work.pk))

    @rule(who=ONE_OF, which=ONE_OF, text=st.sampled_from(["see p. 4", "", "ask"]))
    def writes_a_note_or_a_label(self, who, which, text):
        member, work = pick(self.members("decide"), who), pick(self.works(), which)
        if member:
            self.attempt(lambda: actions.note(member=member, work_id=work.pk, text=text))
            card = {"work_id": work.pk, "revision": work.revision}
            verb = marking.put_label if text else marking.take_label_off
            self.attempt(lambda: verb(member=member, name=text or "ask", **card))

    # Conflicts
    @rule(who=ONE_OF, which=ONE_OF, stage=STAGES, verdict=st.sampled_from(["include", "exclude"]), because=ONE_OF)
    def settles_a_conflict(self, who, which, stage, verdict, because):
        rows = Outcome.objects.filter(review=self.review, stage=stage, state=State.CONFLICT, aside=False).order_by(
            "work"
        )
        member, row = pick(self.members("adjudicate"), who), pick(rows.select_related("work"), which)
        if member and row:
            act = self.press(member, stage, row.work, verdict, self.reason(because))
            self.attempt(lambda: actions.adjudicate(member=member, **act))

    @rule(who=ONE_OF, stage=STAGES)
    def takes_a_ruling_back(self, who, stage):
        member = pick(self.members("adjudicate"), who)
        if member:
            self.attempt(lambda: actions.take_ruling_back(member=member, stage=stage))

    # The team
    @rule(name=st.sampled_from(PEOPLE[1:]), role=st.sampled_from(Role.values))
    def invites(self, name, role):
        """A link, which the person follows at once."""
        owner = pick(self.members("team"), 0)
        if owner:
            _invitation, token = team.invite(member=owner, role=role)
            self.attempt(lambda: team.accept(user=self.world.people[name], token=token))

    @rule(which=ONE_OF)
    def withdraws_a_link(self, which):
        owner, row = (
            pick(self.members("team"), 0),
            pick(Invitation.objects.filter(review=self.review).order_by("pk"), which),
        )
        if owner and row:
            team.withdraw(member=owner, invitation=row)

    @rule(which=ONE_OF, role=st.sampled_from(Role.values))
    def changes_a_role(self, which, role):
        owner, of = pick(self.members("team"), 0), pick(access.active_members(self.review), which)
        if owner:
            self.attempt(lambda: team.change_role(member=owner, of=of, role=role))

    @rule(which=ONE_OF)
    def removes_a_member(self, which):
        owner, of = pick(self.members("team"), 0), pick(access.active_members(self.review), which)
        if owner:
            self.attempt(lambda: team.remove(member=owner, of=of))

    @rule(
        which=ONE_OF,
        by=ONE_OF,
        act=st.sampled_from(["hand over", "bring back", "take place", "guest", "void", "void", "restore"]),
    )
    def changes_the_team(self, which, by, act):
        owner = pick(self.members("team"), by)
        everybody = Member.objects.filter(review=self.review).select_related("review", "user").order_by("pk")
        of, other = pick(everybody, which), pick(access.active_members(self.review), by)
        if not owner:
            return
        self.attempt({
            "hand over": lambda: team.hand_over(member=owner, to=of, role=Role.REVIEWER),
            "bring back": lambda: of.removed_at and not of.voided_at and team.bring_back(member=owner, of=of),
            "take place": lambda: team.take_place(member=owner, of=of, by=other),
            "guest": lambda: team.set_guest(member=owner, of=of, until=date(2020 if which % 3 else 2090, 1, 1) if which % 2 else None),
            "void": lambda: voiding.void(member=owner, of=of, rulings_too=bool(which % 2)),
            "restore": lambda: voiding.restore(member=owner, of=of),
        }[act])  # fmt: skip

    @rule(who=ONE_OF, which=ONE_OF, act=st.sampled_from(["declare", "declare", "lift", "again", "names"]))
    def says_of_interests(self, who, which, act):
        member, work = pick(self.members("decide"), who), pick(self.works(), which)
        if not member:
            return
        row = pick(Interest.objects.filter(review=self.review, member=member).order_by("pk"), which)
        if act == "declare":
            interests.declare(member=member, work_id=work.pk, why="wrote it")
        elif act == "names":
            names = [f"{pick(worlds.NAMES, which).title()}son, Rae"] if which % 2 else []
            interests.set_names(member=member, names=names)
        elif row:
            self.attempt(lambda: interests.lift(member=member, interest=row, again=act == "again"))

    @rule(stage=STAGES, how=st.sampled_from(["shared", "shares", "shares", "back"]), which=ONE_OF)
    def gives_works_out(self, stage, how, which):
        owner, of = pick(self.members("team"), 0), pick(access.active_members(self.review), which)
        if owner and how == "back":
            allocation.take_back(member=owner, stage=stage)
        elif owner:
            wish = allocation.Wish(how, {of.pk: 1 + which % 3}, {of.pk: pick(["", "expert", "novice"], which)})
            allocation.set_allocation(member=owner, stage=stage, wish=wish)

    @rule(who=ONE_OF, stage=STAGES)
    def opens_a_page(self, who, stage):
        """What a member has on the screen is leased for a while."""
        if member := pick(self.members("decide"), who):
            works = queries.ahead(member=member, stage=stage, count=3, without=set())
            leases.keep(member=member, stage=stage, works=[work.pk for work in works])

    # Calibration, acts on many works, conflicts in other ways
    @rule(stage=STAGES, size=st.integers(1, 4), counts=st.booleans(), seed=ONE_OF)
    def opens_a_round(self, stage, size, counts, seed):
        if owner := pick(self.members("settings"), 0):
            self.attempt(lambda: calibration.open_round(member=owner, stage=stage, size=size, seed=seed, counts=counts))

    @rule(
        stage=STAGES,
        act=st.sampled_from(["close_round", "release", "release", "hold", "call_off", "bring_back", "let_count"]),
        counts=st.booleans(),
    )
    def goes_on_with_a_round(self, stage, act, counts):
        if owner := pick(self.members("settings"), 0):
            more = {"counts": counts} if act == "let_count" else {}
            self.attempt(lambda: getattr(calibration, act)(member=owner, stage=stage, **more))

    @rule(
        stage=STAGES,
        verdict=st.sampled_from(["include", "exclude"]),
        because=ONE_OF,
        first=ONE_OF,
        how=st.sampled_from(["read", "filtered", "tool"]),
    )
    def decides_on_many(self, stage, verdict, because, first, how):
        owner, works = pick(self.members("settings"), 0), self.works()
        some = Work.objects.filter(pk__in=[each.pk for each in works[first % len(works) :][:3]]) if works else None
        if owner and some is not None:
            reason = self.reason(because) if verdict == "exclude" else None
            act = {"member": owner, "stage": stage, "works": some, "verdict": verdict, "how": how, "reason": reason}
            tool = "Sieve 1" if how == "tool" else ""
            self.attempt(lambda: bulk.act(**act, key=uuid.uuid4(), tool=tool, filters=["year"]))

    @rule(which=ONE_OF)
    def takes_many_back(self, which):
        owner, row = (
            pick(self.members("settings"), 0),
            pick(Bulk.objects.filter(review=self.review).order_by("pk"), which),
        )
        if owner and row:
            self.attempt(lambda: bulk.take_back(member=owner, bulk=row))

    @rule(who=ONE_OF, which=ONE_OF, stage=STAGES, act=st.sampled_from(["send", "send", "call", "say", "together"]))
    def talks_a_conflict_over(self, who, which, stage, act):
        rows = Outcome.objects.filter(review=self.review, stage=stage, state=State.CONFLICT, aside=False).order_by(
            "work"
        )
        member, row = pick(self.members("adjudicate"), who), pick(rows.select_related("work"), which)
        sent = member and pick(SendingBack.objects.filter(member=member, stage=stage).order_by("pk"), which)
        if member and act == "call" and sent:
            self.attempt(lambda: discussing.call_back(member=member, stage=stage, sending_id=sent.pk))
        elif member and row:
            card = {"member": member, "stage": stage, "work_id": row.work_id, "key": uuid.uuid4()}
            deciders = list(
                Decision.objects.filter(work=row.work, stage=stage, current=True).values_list("member", flat=True)
            )
            seen = {"revision": row.work.revision}
            self.attempt({
                "send": lambda: discussing.send_back(**card, **seen, why="look at the setting"),
                "together": lambda: ruling.settle_together(**card, **seen, verdict="include", agreed=deciders[:2]),
            }.get(act, lambda: discussing.say(**card, text="I doubt it")))  # fmt: skip

    # Settings
    @rule(stage=STAGES, closed=st.booleans())
    def closes_a_stage_or_opens_it(self, stage, closed):
        if owner := pick(self.members("settings"), 0):
            verb = rules.close_stage if closed else rules.open_stage
            verb(member=owner, stage=stage)

    @rule(
        stage=STAGES,
        needed=st.sampled_from([1, 2, 2, 3]),
        alone=st.booleans(),
        means=st.tuples(*[st.sampled_from(["include", "conflict"])] * 3),
        enough=st.booleans(),
        expert=st.booleans(),
    )
    def changes_a_rule(self, stage, needed, alone, means, enough, expert):
        owner = pick(self.members("settings"), 0)
        if owner:
            maybe = dict(zip(("maybe_counts_as", "maybe_with_exclude", "maybe_with_maybe"), means, strict=True))
            rules.change_rule(
                member=owner, stage=stage, needed=needed, one_until_joined=alone, one_include_is_enough=enough,
                expert_with_novice=expert, **maybe,
            )  # fmt: skip

    @rule(which=ONE_OF, into=ONE_OF, act=st.sampled_from(["up", "down", "merge", "unmerge", "retire", "add"]))
    def changes_the_reasons(self, which, into, act):
        owner = pick(self.members("settings"), 0)
        rows = ExclusionReason.objects.filter(review=self.review).order_by("order")
        one, other = pick(rows, which % 4), pick(rows, into % 4)
        if not owner:
            return
        if act in ("up", "down"):
            reasons.move_reason(member=owner, reason=one, up=act == "up")
        elif act == "merge":
            self.attempt(lambda: reasons.merge_reason(member=owner, reason=one, into=other))
        elif act == "unmerge":
            reasons.unmerge_reason(member=owner, reason=one)
        elif act == "retire":
            setup.change_reason(member=owner, reason=one, text=one.text, retired=not one.retired)
        elif rows.count() < 12:
            setup.add_reason(member=owner, text=f"Another reason {rows.count()}")

    @rule(text=st.sampled_from(["adults", "children", "anybody"]))
    def changes_the_criteria(self, text):
        if owner := pick(self.members("settings"), 0):
            setup.set_criteria(member=owner, rows=[("Sample", text)])

    @rule(own=st.booleans(), owners=st.booleans())
    def says_who_adjudicates(self, own, owners):
        if owner := pick(self.members("settings"), 0):
            setup.change_settings(member=owner, adjudicate_own=own, owner_adjudicates=owners)

    @precondition(lambda self: self.steps > 12)
    @rule(stage=STAGES)
    def unblinds(self, stage):
        if owner := pick(self.members("settings"), 0):
            actions.unblind(member=owner, stage=stage)

    # Full texts
    @rule(who=ONE_OF, which=ONE_OF, retrieval=st.sampled_from([*Retrieval.values, Retrieval.RETRIEVED]))
    def retrieves(self, who, which, retrieval):
        member = pick(self.members("retrieve"), who)
        report = member and pick(queries.reports(review=member.review), which)
        if report:
            actions.set_retrieval(member=member, report=Report.objects.get(pk=report.pk), retrieval=retrieval)

    @rule()
    def the_worker_comes(self):
        worlds.read_all(self.library)

    # --- after each step --------------------------------------------------------------------------------------------
    @invariant()
    def every_promise_holds(self):
        self.steps += 1
        none([*self.seen.look(self.review), *broken(self.review, whole=self.steps % DEAR == 0)])

    def teardown(self) -> None:
        try:
            if Record.objects.filter(library=self.library).exists():
                self.in_the_end()
        finally:
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)

    def in_the_end(self) -> None:
        """The worker comes, everything is unblinded: outcomes are the rule's, the flow adds up, kappa is the oracle's."""
        worlds.read_all(self.library)
        failed = Job.objects.filter(library=self.library, state=JobState.FAILED).values_list("kind", "error")
        none([f"the job {kind} failed: {error}" for kind, error in failed])
        none(broken(self.review, whole=True))
        if owner := pick(self.members("settings"), 0):
            for stage in StageName.values:
                actions.unblind(member=owner, stage=stage)
            none(broken(self.review, whole=True))
            none(list(agreement_differs(self.review)))
