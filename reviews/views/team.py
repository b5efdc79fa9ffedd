"""The team: members, invitations, deadlines, who waits for whom; and a page for each member with all that can be done."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config import errors
from reviews import access, deadlines, handing_out, letters, queries, voiding
from reviews import team as verbs
from reviews.models import Invitation, Member, Role, StageName
from reviews.team_forms import ChangeMember, Deadlines, Invite
from reviews.views import number


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("team")
def team(request: HttpRequest, member: Member) -> HttpResponse:
    """Who is in the team; a POST makes invitations and shows their links once."""
    place = {"succeeds": number(request.GET.get("succeeds", ""))}
    form, links = Invite(request.POST or None, member=member, initial=place), []
    if request.method == "POST" and form.is_valid():
        try:
            links = _invite(request, member, form)
            form = Invite(member=member)
        except verbs.LastOwner:
            form.add_error("succeeds", _("Only an owner can take the place of the only owner."))
    return _page(request, member, form=form, links=links)


def _invite(request: HttpRequest, member: Member, form: Invite) -> list[dict[str, Any]]:
    said = {name: form.cleaned_data[name] for name in ("role", "until", "succeeds")}
    links = []
    for email in form.cleaned_data["email"] or [""]:
        invitation, token = verbs.invite(member=member, email=email, **said)
        url = request.build_absolute_uri(reverse("reviews:invitation", args=[token]))
        links.append({"url": url, "email": email, "sent": letters.send_invitation(invitation, url)})
    return links


def _page(request: HttpRequest, member: Member, **more: Any) -> HttpResponse:
    review = member.review
    everybody = list(Member.objects.filter(review=review).select_related("user").order_by("joined_at", "pk"))
    stages = list(review.stages.order_by("pk"))
    open_ones = Invitation.objects.filter(review=review, used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
    context = {
        "members": [each for each in everybody if each.removed_at is None],
        "left": [each for each in everybody if each.removed_at is not None],
        "ended": [each.pk for each in everybody if access.ended(each)],
        "invitations": open_ones.select_related("succeeds__user").order_by("-pk"),
        "mail": settings.MAIL_WORKS,
        "stages": stages,
        "stuck": [(stage, n) for stage, n in _stuck(member, stages) if n],
        "astray": handing_out.astray(review.pk),
        "how_far": deadlines.how_far(member),
        "deadlines_form": Deadlines(stages=stages, initial={"progress_open": review.progress_open}),
        "at_work": handing_out.at_work(review.pk),
        **more,
    }
    return access.page(request, member, "reviews/team.html", context, section="team")


def _stuck(member: Member, stages: list[Any]) -> list[tuple[Any, int]]:
    """How many works at each stage wait for somebody who is not there."""
    return [
        (stage, queries.stuck(review=member.review, stage=stage.name).count())
        for stage in stages
        if stage.name != StageName.FULL_TEXT or member.review.full_texts_open
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("team")
def change(request: HttpRequest, member: Member, member_id: int) -> HttpResponse:
    """One member, with all that can be done; a POST does one of it. Decisions stay whatever it is."""
    of = get_object_or_404(Member.objects.select_related("user", "review"), review=member.review, pk=member_id)
    if request.method != "POST":
        return _member_page(request, member, of)
    form = ChangeMember(request.POST, member=member)
    if of.removed_at and "back" not in request.POST:
        raise Http404
    if not form.is_valid():
        if "until" in form.errors:
            messages.error(request, form.errors["until"][0])
            return redirect("reviews:member", member.review_id, of.pk)
        return errors.bad_request(request)
    try:
        if words := _done(member, of, form.cleaned_data):
            messages.success(request, words)
    except verbs.LastOwner:
        messages.error(request, _("A review needs an owner. Make somebody else owner first."))
    except verbs.NotThere:
        messages.error(request, _("That member is not in the team any more."))
    return _from(member, of)


def _done(member: Member, of: Member, said: dict[str, Any]) -> str:
    """Do what was asked for; what to say about it."""
    if said["back"]:
        if of.removed_at is None:
            return ""
        verbs.bring_back(member=member, of=of)
        return _("%s is in the team again.") % of
    if said["remove"]:
        verbs.remove(member=member, of=of)
        return _("%s left the team. Decisions made so far stay.") % of
    if said["to"] and of.pk == member.pk:
        verbs.hand_over(member=of, to=said["to"], role=said["role"])
        return _("The review is handed over to %s.") % said["to"]
    if said["by"]:
        verbs.take_place(member=member, of=of, by=said["by"])
        return _("%(new)s has taken the place of %(old)s.") % {"new": said["by"], "old": of}
    if said["guest"]:
        verbs.set_guest(member=member, of=of, until=said["until"])
        return _("Saved.")
    if said["role"]:
        verbs.change_role(member=member, of=of, role=said["role"])
        return _("%s has another role now.") % of
    return ""


def _from(member: Member, of: Member) -> HttpResponse:
    """Where to go after an act: who left or is no owner any more finds the team page nowhere."""
    now = Member.objects.get(pk=member.pk)
    if now.removed_at:
        return redirect("reviews:home")
    if now.role != Role.OWNER or (of.pk == member.pk and of.role != Role.OWNER):
        return redirect("reviews:overview", member.review_id)
    return redirect("reviews:team", member.review_id)


def _member_page(request: HttpRequest, member: Member, of: Member) -> HttpResponse:
    context = {
        "of": of,
        "ended": access.ended(of),
        "roles": Role.choices,
        "others": [each for each in access.active_members(member.review) if each.pk != of.pk],
        "successors": list(Member.objects.filter(review=member.review, succeeds=of).select_related("user")),
        "busy": voiding.busy(of),
        "until": ChangeMember(member=member, initial={"until": of.until})["until"],
    }
    return access.page(request, member, "reviews/member.html", context, section="team")


@require_POST
@access.member("team")
def withdraw(request: HttpRequest, member: Member, invitation_id: int) -> HttpResponse:
    """Make a link useless."""
    verbs.withdraw(member=member, invitation=get_object_or_404(Invitation, review=member.review, pk=invitation_id))
    messages.success(request, _("The link no longer works."))
    return redirect("reviews:team", member.review_id)


@require_POST
@access.member("team")
def set_deadlines(request: HttpRequest, member: Member) -> HttpResponse:
    """The last day of each stage and whether numbers are open; or (`hand`) works of those who are not there go to others."""
    if "hand" in request.POST:
        handing_out.wanted(member.review_id, member.user_id)
        messages.success(request, _("Works given to members who are not there go to others in the background."))
        return redirect("reviews:team", member.review_id)
    form = Deadlines(request.POST, stages=member.review.stages.order_by("pk"))
    if not form.is_valid():
        return _page(request, member, form=Invite(member=member), links=[], deadlines_form=form)
    deadlines.set_deadlines(member=member, due=form.due, progress_open=form.cleaned_data["progress_open"])
    messages.success(request, _("Saved."))
    return redirect("reviews:team", member.review_id)
