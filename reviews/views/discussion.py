"""What is said of one work at a stage, and its conflict settled by those who decided. The thread stands on the page of conflicts
and, once others' decisions are open, on the work's page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config import errors
from records.models import Work
from reviews import access, actions, discussing, disputes, ruling
from reviews.conflict_forms import MessageForm, TogetherForm
from reviews.models import Member
from reviews.views import conflicts, number, work_or_404


@require_POST
@access.member("screened")
def discussion(request: HttpRequest, member: Member, work_id: int, stage: str) -> HttpResponse:
    """Say something of a work, or take an own message back."""
    work = work_or_404(member, work_id)
    if not disputes.may_discuss(member, work, stage):
        raise PermissionDenied
    if "back" in request.POST:
        message = number(request.POST["back"])
        if message is None:
            return errors.bad_request(request)
        try:
            discussing.take_back(member=member, work_id=work.pk, stage=stage, message_id=message)
        except discussing.Nothing:
            return errors.not_found(request)
        return _back(request, member, work, stage, _("Taken back."))
    form = MessageForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    discussing.say(member=member, work_id=work.pk, stage=stage, **form.cleaned_data)
    return _back(request, member, work, stage, _("Said."))


def _back(request: HttpRequest, member: Member, work: Work, stage: str, told: str) -> HttpResponse:
    """Where the form stood: the page of conflicts names itself."""
    if request.POST.get("from") == "conflicts":
        return conflicts.back_to(request, member, stage, told, work=work.pk)
    response = redirect("reviews:work", member.review_id, work.pk)
    response["Location"] += f"#talk-{stage}"
    return response


@require_POST
@access.member("decide")
def together(request: HttpRequest, member: Member, work_id: int, stage: str) -> HttpResponse:
    """The members who decided settled it among themselves; whoever said so may take it back."""
    work = work_or_404(member, work_id)
    if not access.sees_all(member, stage):
        raise PermissionDenied
    try:
        if "back" in request.POST:
            actions.take_ruling_back(member=member, stage=stage, pk=number(request.POST["back"]) or 0)
            told = _("Taken back. The conflict is open again.")
        else:
            form = TogetherForm(request.POST, member=member)
            if not form.is_valid() or form.cleaned_data["work"] != work.pk:
                return errors.bad_request(request)
            ruling.settle_together(member=member, stage=stage, **form.act)
            told = _("Settled together.")
    except (ruling.NotTogether, actions.OwnConflict, actions.Barred):
        raise PermissionDenied from None
    except (actions.ReasonMissing, actions.CardChanged, actions.NoConflict) as fault:
        messages.error(request, conflicts.refusal(fault)[0])
    except actions.NotDecided:
        messages.error(request, _("There is nothing to take back."))
    else:
        messages.success(request, told)
    return redirect("reviews:work", member.review_id, work.pk)
