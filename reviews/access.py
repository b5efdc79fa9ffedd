"""One door for "may I?": who a person is in a review, what the role allows, and whose decisions may be fetched.

Strangers get 404, members whose role does not include the act get 403, people who are not signed in go to sign-in.
Templates ask `may` what to show; the wall is here.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import signed_in
from accounts.access import staff_only as staff  # noqa: F401 - one door for views
from records.models import Notice
from records.prepared import Given, Prepared
from reviews.models import Decision, Labelling, Member, Note, Review, Role, Round, RoundWork, StageName

LARGEST_KEY = 2**63 - 1  # an address can name a larger number; no database can look for it

# What each role may do (design: "Who may"). "adjudicate" of an owner hangs on a setting of the review.
ACTS: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset(
        {
            "view",
            "settings",
            "team",
            "import",
            "dedup",
            "compare",
            "retrieve",
            "upload",
            "decide",
            "code",
            "adjudicate",
            "screened",
            "agreement",
        }
    ),
    Role.LIBRARIAN: frozenset({"view", "import", "dedup", "compare", "retrieve", "upload"}),
    Role.REVIEWER: frozenset({"view", "upload", "compare", "decide", "code", "screened", "agreement"}),
    Role.ADJUDICATOR: frozenset({"view", "upload", "compare", "decide", "code", "adjudicate", "screened", "agreement"}),
    Role.OBSERVER: frozenset({"view", "agreement"}),
}

DECIDING = sorted(role for role, acts in ACTS.items() if "decide" in acts)

MEMBER = Prepared(
    lambda: (
        Member.objects.select_related("review", "user")
        .filter(review=Given("review"), user=Given("user"), removed_at=None)
        .annotate(noticed=Exists(Notice.objects.filter(library=OuterRef("review"))))
    )  # so that most pages need not ask
)


def may(member: Member) -> frozenset[str]:
    """The acts open to a member."""
    acts = ACTS[member.role]
    if member.role == Role.OWNER and not member.review.owner_adjudicates:
        acts -= {"adjudicate"}
    return acts


def member_or_404(request: HttpRequest, review_id: int) -> Member:
    """The signed-in person's active membership of a review; a stranger learns nothing."""
    if review_id > LARGEST_KEY:
        raise Http404
    found = MEMBER.first(review=review_id, user=request.user.pk)
    if found is None or ended(found):
        raise Http404
    return found


def ended(member: Member) -> bool:
    """Whether a guest's last day, of the site's time zone, is over."""
    return member.until is not None and member.until < timezone.localdate()


def member(act: str = "view") -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorator for views under `/reviews/<review_id>/`: the view gets the member instead of the id."""

    def door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @signed_in
        @wraps(view)
        def guarded(request: HttpRequest, review_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
            who = member_or_404(request, review_id)
            if act not in may(who):
                raise PermissionDenied
            return view(request, who, *args, **kwargs)

        return guarded

    return door


def sees_all(member: Member, stage: str = StageName.TITLE_ABSTRACT) -> bool:
    """Whether others' decisions at a stage are open to this member: after unblinding, for those who screen."""
    return not member.review.blinded(stage) and "screened" in may(member)


def sees_totals(member: Member, stage: str = StageName.TITLE_ABSTRACT) -> bool:
    """Whether numbers made of everybody's decisions at a stage are open: after unblinding, for every role."""
    return not member.review.blinded(stage)


def sees_everything(member: Member) -> bool:
    """Whether what belongs to no stage, such as notes and labels, is open: once no stage is blinded, for those who screen."""
    return all(sees_all(member, stage) for stage in StageName.values)


def decisions_shown_to(member: Member) -> QuerySet[Decision]:
    """The current decisions that may be fetched for this member: what may not be seen is never fetched."""
    open_stages = [stage for stage in StageName.values if sees_all(member, stage)]
    shown = Decision.objects.filter(review=member.review_id, current=True)
    return shown.filter(Q(member=member) | Q(stage__in=open_stages))


def notes_shown_to(member: Member) -> QuerySet[Note]:
    """A member's own notes; everybody's once no stage is blinded."""
    notes = Note.objects.filter(review=member.review_id)
    return notes if sees_everything(member) else notes.filter(member=member)


def sees_round(member: Member, round_: Round) -> bool:
    """Whether what everybody said in a calibration round is open: once it is closed, for those who screen. What they say
    afterwards, on its works too, is not opened by it."""
    return round_.closed_at is not None and "screened" in may(member)


def works_of_open_round(review_id: int, stage: str) -> QuerySet[RoundWork]:
    """The works on which members decide in a calibration round, blind to each other: nobody may see a conflict on them yet."""
    return RoundWork.objects.filter(
        round__review=review_id, round__stage=stage, round__closed_at=None, round__called_off_at=None
    )


def decisions_of_round(member: Member, round_: Round) -> QuerySet[Decision]:
    """What was said in a calibration round, as it stood when it was closed; until then the member's own."""
    said = Decision.objects.filter(review=member.review_id, round=round_)
    if not sees_round(member, round_):
        return said.filter(member=member, current=True)
    return said.filter(Q(undone_at=None) | Q(undone_at__gte=round_.closed_at), at__lt=round_.closed_at)


def notes_of_round(member: Member, round_: Round) -> QuerySet[Note]:
    """The notes on a calibration round's works that were written before it was closed; until then the member's own."""
    notes = Note.objects.filter(review=member.review_id, record__work__in=round_.works.values("work"))
    return notes.filter(at__lt=round_.closed_at) if sees_round(member, round_) else notes.filter(member=member)


def labellings_shown_to(member: Member) -> QuerySet[Labelling]:
    """The labels that a member put on works; everybody's once no stage is blinded."""
    labellings = Labelling.objects.filter(review=member.review_id)
    return labellings if sees_everything(member) else labellings.filter(member=member)


def active_members(review: Review) -> QuerySet[Member]:
    """Members who have not left."""
    return Member.objects.filter(Q(removed_at=None), review=review).select_related("user").order_by("joined_at", "pk")


def deciding(review_id: int) -> QuerySet[Member]:
    """Members who may decide now: in the team with a role that does, and no guest whose time is over."""
    here = Q(until=None) | Q(until__gte=timezone.localdate())
    return Member.objects.filter(here, review=review_id, removed_at=None, role__in=DECIDING)


def page(
    request: HttpRequest,
    member: Member,
    template: str,
    context: dict[str, Any],
    *,
    section: str,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page of a review, or one of its parts where htmx asked and the view names one."""
    name = template + "#" + part if part and request.htmx else template  # type: ignore[attr-defined]
    stage = context.get("stage", "")  # of a card; authors and journal may stay off it while it is decided on blindly
    hidden = bool(stage) and member.review.hide_people and member.review.blinded(stage)
    shared = {"review": member.review, "member": member, "may": may(member), "section": section, "hide_people": hidden}
    return render(request, name, {**shared, **context}, status=status)
