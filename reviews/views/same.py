""" "Same as …": find the other work that one may be, by likeness or by words, and put the question."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from records import asking, full_text
from records import queries as found
from records.models import Work
from reviews import access
from reviews.models import Member, StageName
from reviews.views import number, work_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("compare")
def same(request: HttpRequest, member: Member) -> HttpResponse:
    """Choose two works (`work` is the first); with both posted, the question is put to whoever may answer it."""
    given = request.POST if request.method == "POST" else request.GET
    one, other = (_named(member, given.get(name, "")) for name in ("work", "other"))
    came_from = given.get("from", "")
    if request.method == "POST" and one and other:
        return _ask(request, member, one, other, came_from)
    words = given.get("q", "").strip()[:200]
    hits = Work.objects.filter(library=member.review_id, empty=False).order_by("rank").select_related("lead")
    hits = hits.filter(pk__in=full_text.search(member.review_id, words).values("work")) if words else hits.none()
    context = {
        "one": one,
        "likely": asking.likely(one) if one else [],
        "hits": [each for each in hits[: found.PAGE] if one is None or each.pk != one.pk],
        "q": words,
        "from": came_from if came_from in StageName.values else "",
    }
    section = "duplicates" if "dedup" in access.may(member) else "library"
    return access.page(request, member, "reviews/same.html", context, section=section)


def _named(member: Member, text: str) -> Work | None:
    named = number(text)
    return work_or_404(member, named) if named is not None else None


def _ask(request: HttpRequest, member: Member, one: Work, other: Work, came_from: str) -> HttpResponse:
    try:
        match = asking.ask_about(by=member.user, library=member.review.library, one=one, other=other)
    except asking.OneAlready:
        messages.info(request, _("These two are one work already."))
        return redirect("reviews:work", member.review_id, one.pk)
    if "dedup" in access.may(member):
        response = redirect("reviews:duplicates", member.review_id)
        response["Location"] += f"?pair={match.pk}"
        return response
    if match.answer:
        answer = match.get_answer_display()
        messages.info(
            request, _("%(who)s said of these two: %(answer)s.") % {"who": match.answered_by, "answer": answer}
        )
    else:
        messages.success(request, _("Asked. An owner or librarian will look at the two; go on meanwhile."))
    if came_from in StageName.values:
        response = redirect("reviews:screen", member.review_id, came_from)
        response["Location"] += f"?work={one.pk}"
        return response
    return redirect("reviews:work", member.review_id, one.pk)
