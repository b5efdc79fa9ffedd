"""Settings of highlight lists and labels; what they look like while one reads is the card's affair."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config import errors
from reviews import access, marking, marks
from reviews.marking_forms import LabelSettings, ListForm
from reviews.models import HighlightList, Member, Style
from reviews.views import number

STEPS = {"up": -1, "down": 1}


def sections(member: Member) -> dict[str, Any]:
    """What the two sections of the settings page need; two queries."""
    lists = list(HighlightList.objects.filter(review=member.review))
    had = {each.name for each in lists}
    return {
        "lists": [(each, _form(each)) for each in lists],
        "new_list": ListForm(
            auto_id="new-list-%s", initial={"style": marking.free_style(each.style for each in lists)}
        ),
        "list_presets": [
            (key, name, ", ".join(terms))
            for key, (name, _kind, _style, terms) in marking.PRESETS.items()
            if str(name) not in had
        ],
        "room_for_lists": len(lists) < marking.MOST_LISTS,
        "labels": [tag for _pk, tag in marks.tags(member)],
        "styles": Style.choices,
    }


def _form(each: HighlightList) -> ListForm:
    return ListForm(auto_id=f"list-{each.pk}-%s", initial={name: getattr(each, name) for name in marking.FIELDS})


@require_POST
@access.member("settings")
def highlights(request: HttpRequest, member: Member) -> HttpResponse:
    """Add a list (its fields, or the key of one on offer), or change, move or delete the one whose id is posted."""
    back = redirect("reviews:settings", member.review_id)
    back["Location"] += "#highlights"
    asked = request.POST.get("list")
    each = get_object_or_404(HighlightList, review=member.review, pk=number(asked)) if asked else None
    act = request.POST.get("act", "")
    try:
        if each is not None and act in STEPS:
            marking.move_list(member=member, each=each, by=STEPS[act])
        elif each is not None and act == "delete":
            marking.delete_list(member=member, each=each)
            messages.success(request, _("“%s” was deleted. The history keeps its words.") % each.name)
        elif request.POST.get("preset") in marking.PRESETS:
            marking.add_preset(member=member, key=request.POST["preset"])
        else:
            _keep(request, member, each)
    except marking.TooMany:
        messages.error(request, _("There are %s lists already, and no room for another one.") % marking.MOST_LISTS)
    return back


def _keep(request: HttpRequest, member: Member, each: HighlightList | None) -> None:
    form = ListForm(request.POST)
    if not form.is_valid():
        said = _("Nothing was saved. A list needs a name and some words, %s characters of words at most.")
        messages.error(request, said % marking.MOST_TERMS)
    elif each is None:
        marking.add_list(member=member, **form.cleaned_data)
        messages.success(request, _("List added."))
    else:
        marking.change_list(member=member, each=each, **form.cleaned_data)
        messages.success(request, _("List saved."))


@require_POST
@access.member("settings")
def labels(request: HttpRequest, member: Member) -> HttpResponse:
    """Add a label, or rename, merge, restyle, retire or bring back the one that `label` names.

    Labels go by name and not by id: the ids that are missing would tell how many others made.
    """
    form = LabelSettings({"style": Style.SOLID, **request.POST.dict()})
    if not form.is_valid():
        return errors.bad_request(request)
    name = form.cleaned_data["name"]
    asked = request.POST.get("label")
    try:
        if not asked:
            marking.add_label(member=member, name=name)
            messages.success(request, _("Label added."))
        else:
            label = marks.label_named(member, asked)
            if label is None:
                raise Http404
            style, retired = form.cleaned_data["style"], form.cleaned_data["retired"]
            marking.change_label(member=member, label=label, name=name, style=style, retired=retired)
            messages.success(request, _("Label saved."))
    except marking.TooMany:
        messages.error(request, _("There are %s labels already, and no room for another one.") % marking.MOST_LABELS)
    back = redirect("reviews:settings", member.review_id)
    back["Location"] += "#labels"
    return back
