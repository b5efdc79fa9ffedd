"""Duplicates: pairs to look at, most likely first, side by side with the evidence; join, part, take back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from config import errors
from records import actions, difference
from records import queries as found
from records.models import Answer, Match, Record
from reviews import access
from reviews.models import Member
from reviews.settling import InReviews
from reviews.views import number

LISTS = {
    "questions": found.questions, "joined": found.joined_by_rules, "related": found.related_by_rules, "answered": found.answered,
}  # fmt: skip
SAID = {
    Answer.SAME: gettext_lazy("Joined: one work."),
    Answer.DIFFERENT: gettext_lazy("Kept apart."),
    Answer.RELATED: gettext_lazy("Linked as related; two works."),
}


@require_safe
@access.member("dedup")
def duplicates(request: HttpRequest, member: Member) -> HttpResponse:
    """The pair to look at next, or a list of what was joined, linked as related, or answered."""
    shown = request.GET.get("list", "questions")
    rows = LISTS.get(shown, found.questions)(member.review.library)
    asked = number(request.GET.get("pair", ""))
    match = found.pairs(member.review.library).filter(pk=asked).first() if asked is not None else None
    return _show(request, member, match or rows.first(), shown if shown in LISTS else "questions")


def _show(
    request: HttpRequest,
    member: Member,
    match: Match | None,
    shown: str = "questions",
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    library = member.review.library
    library.refresh_from_db()
    context = {
        "match": match,
        "fields": difference.fields(match.record_a, match.record_b) if match else [],
        "together": match and match.record_a.work_id == match.record_b.work_id,
        "shown": shown,
        "rows": LISTS[shown](library)[: found.PAGE],
        "library": library,
        "joined": found.joined_by_rules(library).count(),
        "related": found.related_by_rules(library).count(),
        "answered": found.answered(library).count(),
        "told": told,
    }
    return access.page(
        request, member, "reviews/duplicates.html", context, section="duplicates", part="pair", status=status
    )


@require_POST
@access.member("dedup")
def pair(request: HttpRequest, member: Member, match_id: int) -> HttpResponse:
    """A person's answer about one pair: same, different or related."""
    match = get_object_or_404(Match, library=member.review_id, pk=match_id)
    answer = request.POST.get("answer", "")
    if answer not in Answer.values:
        return errors.bad_request(request)
    actions.answer(by=member.user, match=match, answer=answer, upstairs=InReviews())
    if not request.htmx:
        return redirect("reviews:duplicates", member.review_id)
    library = member.review.library
    told = _("%s Z undoes.") % SAID[Answer(answer)]
    return _show(request, member, found.questions(library).first(), told=told)


@require_POST
@access.member("dedup")
def undo(request: HttpRequest, member: Member) -> HttpResponse:
    """Take the own last answer back; the pair is a question again."""
    last = found.answered(member.review.library).filter(answered_by=member.user).first()
    told = _("There is nothing to take back.")
    if last:
        actions.reopen(by=member.user, match=last, upstairs=InReviews())
        last = found.pairs(member.review.library).get(pk=last.pk)
        told = _("Taken back.")
    if not request.htmx:
        return redirect("reviews:duplicates", member.review_id)
    return _show(request, member, last or found.questions(member.review.library).first(), told=told)


@require_POST
@access.member("dedup")
def split(request: HttpRequest, member: Member, record_id: int) -> HttpResponse:
    """Give a record a work of its own again."""
    record = get_object_or_404(Record, library=member.review_id, pk=record_id)
    actions.split(by=member.user, library=member.review.library, record=record, upstairs=InReviews())
    record.refresh_from_db()
    messages.success(request, _("Split off. The two are remembered as different."))
    return redirect("reviews:work", member.review_id, record.work_id)
