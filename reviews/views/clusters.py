"""Works of several records, each as a whole: all its records side by side, confirmed or taken apart; and acts taken back."""

from uuid import UUID

from django.contrib import messages
from django.db.models import F, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import errors
from records import actions, asking, composing, difference, parting
from records import queries as found
from records.models import Band, Work
from reviews import access
from reviews.models import Member
from reviews.settling import InReviews
from reviews.views import number, work_or_404

MOST = 20  # records side by side; more are counted
NONE = Value(2.0)  # where no pair was joined by the rules: behind every probability


@require_safe
@access.member("dedup")
def clusters(request: HttpRequest, member: Member) -> HttpResponse:
    """Works of several records, those that hang together least first."""
    rows = found.of_several(member.review.library)
    start = number(request.GET.get("from", "")) or 0
    page = list(rows[start : start + found.PAGE + 1])
    context = {
        "shown": "clusters",
        "library": member.review.library,
        "rows": page[: found.PAGE],
        "total": rows.count(),
        "start": start,
        "next": start + found.PAGE if len(page) > found.PAGE else None,
    }
    return access.page(request, member, "reviews/clusters.html", context, section="duplicates")


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("dedup")
def cluster(request: HttpRequest, member: Member, work_id: int) -> HttpResponse:
    """One of them: its records, its pairs with their reasons; confirm it, or take it apart."""
    work, library = work_or_404(member, work_id), member.review.library
    if request.method == "POST":
        return _act(request, member, work)
    records = composing.records_of(work)
    if not records:
        return errors.not_found(request)
    context = {
        "shown": "clusters",
        "library": library,
        "work": work,
        "records": records[:MOST],
        "more": len(records) - MOST,
        "table": difference.table(records[:MOST]),
        "pairs": found.pairs(library)
        .filter(record_a__work=work, record_b__work=work)
        .order_by("answer", "probability")[:MOST],
        "after": _after(member, work),
    }
    return access.page(request, member, "reviews/cluster.html", context, section="duplicates")


def _act(request: HttpRequest, member: Member, work: Work) -> HttpResponse:
    library, act = member.review.library, request.POST.get("act")
    seen = number(request.POST.get("revision", ""))
    if act not in ("confirm", "apart") or seen is None:
        return errors.bad_request(request)
    after = _after(member, work)
    try:
        if act == "confirm":
            asking.confirm(by=member.user, library=library, work=work, revision=seen)
            messages.success(request, _("Confirmed: one publication. No later run parts it."))
        else:
            parting.take_apart(by=member.user, library=library, work=work, revision=seen, upstairs=InReviews())
            messages.success(request, _("Taken apart. Its pairs are questions now; “By hand” takes it back."))
    except asking.Changed:
        messages.error(request, _("This work changed while you looked at it. Nothing was stored; please look again."))
        if work.empty:
            return redirect("reviews:clusters", member.review_id)
        return redirect("reviews:cluster", member.review_id, work.pk)
    if after:
        return redirect("reviews:cluster", member.review_id, after.pk)
    return redirect("reviews:clusters", member.review_id)


def _after(member: Member, work: Work) -> Work | None:
    """The next work behind this one in the list's order that nobody has confirmed."""
    library = member.review.library
    own = found.pairs(library).filter(band=Band.JOINED, record_a__work=work, record_b__work=work)
    weakest = own.order_by("probability").values("probability")[:1]
    left = found.of_several(library).filter(confirmed=False).exclude(pk=work.pk)
    left = left.annotate(place=Coalesce("weakest", NONE), here=Coalesce(Subquery(weakest), NONE))
    return left.filter(Q(place__gt=F("here")) | Q(place=F("here"), rank__gt=work.rank)).first()


@require_safe
@access.member("dedup")
def acts(request: HttpRequest, member: Member) -> HttpResponse:
    """What people joined and parted lately, each with the way back."""
    context = {"shown": "acts", "library": member.review.library, "acts": found.acts(member.review.library)}
    return access.page(request, member, "reviews/acts.html", context, section="duplicates")


@require_POST
@access.member("dedup")
def take_back(request: HttpRequest, member: Member) -> HttpResponse:
    """Send the records of one act back to where they came from."""
    try:
        act = UUID(request.POST.get("act", ""))
    except ValueError:
        return errors.bad_request(request)
    try:
        library = member.review.library
        done = parting.take_back_or_queue(by=member.user, library=library, act=act, upstairs=InReviews())
        messages.success(request, _("Taken back.") if done else _("It is being taken back; that takes a while."))
    except parting.StillGoing:
        messages.error(request, _("It is still being done. Take it back once it has come to its end."))
    except actions.NothingToUndo:
        messages.error(
            request,
            _(
                "It was taken back already, or its records were joined or parted again since; then take that back first."
            ),
        )
    return redirect("reviews:acts", member.review_id)
