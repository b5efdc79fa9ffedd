"""The team: members, roles, and invitations by copied link."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config import errors
from reviews import access, setup
from reviews.forms import ChangeMember, Invite
from reviews.models import Invitation, Member, Role


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("team")
def team(request: HttpRequest, member: Member) -> HttpResponse:
    """Who is in the team; a POST makes an invitation and shows its link once."""
    form, link = Invite(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _invitation, token = setup.invite(member=member, **form.cleaned_data)
        link = request.build_absolute_uri(reverse("reviews:invitation", args=[token]))
        form = Invite()
    open_ones = Invitation.objects.filter(
        review=member.review, used_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )
    context = {
        "form": form,
        "link": link,
        "members": access.active_members(member.review),
        "invitations": open_ones.order_by("-pk"),
        "roles": Role.choices,
    }
    return access.page(request, member, "reviews/team.html", context, section="team")


@require_POST
@access.member("team")
def change(request: HttpRequest, member: Member, member_id: int) -> HttpResponse:
    """Another role for a member, or removal; decisions stay."""
    of = get_object_or_404(Member, review=member.review, pk=member_id, removed_at=None)
    form = ChangeMember(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    try:
        if form.cleaned_data["remove"]:
            setup.remove(member=member, of=of)
            messages.success(request, _("%s left the team. Decisions made so far stay.") % of)
        elif form.cleaned_data["role"]:
            setup.change_role(member=member, of=of, role=form.cleaned_data["role"])
            messages.success(request, _("%s has another role now.") % of)
    except setup.LastOwner:
        messages.error(request, _("A review needs an owner. Make somebody else owner first."))
    if of.removed_at and of.pk == member.pk:
        return redirect("reviews:home")  # who left finds this review nowhere
    return redirect("reviews:team" if of.pk != member.pk else "reviews:overview", member.review_id)


@require_POST
@access.member("team")
def withdraw(request: HttpRequest, member: Member, invitation_id: int) -> HttpResponse:
    """Make a link useless."""
    setup.withdraw(member=member, invitation=get_object_or_404(Invitation, review=member.review, pk=invitation_id))
    messages.success(request, _("The link no longer works."))
    return redirect("reviews:team", member.review_id)
