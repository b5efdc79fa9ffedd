"""The page behind an invitation's link: who is asked to which review, and one button to join, with or without an account."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions import EmailTaken, create_account
from accounts.forms import NewAccount
from reviews import team
from reviews.models import Invitation, Member

PAGE = "reviews/invitation.html"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link offers; a POST joins the review, making an account first where there is none."""
    if limited := ratelimit.consume_or_429(request, action="signup"):
        return limited
    try:
        invited = team.open_invitation(token)
        if request.user.is_authenticated:
            return _as_member(request, invited, token)
        return _as_newcomer(request, invited, token)
    except team.InvitationSpent:
        return _spent(request, token)


def _as_member(request: HttpRequest, invited: Invitation, token: str) -> HttpResponse:
    """Somebody with an account: one button, unless the link is for another address."""
    if invited.email and invited.email != request.user.email:
        return render(request, PAGE, {"invitation": invited, "elsewhere": True}, status=403)
    if request.method == "POST":
        return _welcome(request, team.accept(user=request.user, token=token))
    return render(request, PAGE, {"invitation": invited})


def _as_newcomer(request: HttpRequest, invited: Invitation, token: str) -> HttpResponse:
    """Somebody who is not signed in: account and membership come about together, or not at all."""
    form = NewAccount(request.POST or None, fixed_email=invited.email)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                user = create_account(**form.cleaned_data)
                member = team.accept(user=user, token=token)
        except EmailTaken:
            form.add_error("email", _("This address has an account already. Sign in with it, then join."))
        else:
            login(request, user)
            return _welcome(request, member)
    return render(request, PAGE, {"invitation": invited, "form": form})


def _welcome(request: HttpRequest, member: Member) -> HttpResponse:
    messages.success(request, _("You are in the team now. Your role: %s.") % member.get_role_display())
    return redirect("reviews:overview", member.review_id)


def _spent(request: HttpRequest, token: str) -> HttpResponse:
    """The link lets nobody in any more; whoever joined by it is shown the review. All other cases look alike."""
    if request.user.is_authenticated:
        used = Invitation.objects.filter(token_hash=team.token_hash(token), used_by=request.user).first()
        if used:
            return redirect("reviews:overview", used.review_id)
    return render(request, PAGE, {"invitation": None}, status=404)
