"""The board: codes, themes, codes put into themes, and the works to code. GET shows, POST acts and then shows."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from config import errors
from reviews import access
from reviews.models import Member
from themes import actions, queries
from themes.forms import CodeForm, PutForm, ThemeForm
from themes.models import Code, Theme


@require_safe
@access.member("code")
def themes(request: HttpRequest, member: Member) -> HttpResponse:
    """Codes and themes of the review, and the works to code from behind `after`."""
    return _page(request, member)


def _page(request: HttpRequest, member: Member, *, status: int = 200, part: str = "", **more: Any) -> HttpResponse:
    after = request.GET.get("after", "")
    after = after if after.isdecimal() and len(after) < 19 else ""
    rows = queries.works_to_code(member, after=int(after or -1), limit=queries.PAGE + 1)
    context = {
        "board": queries.board(member),
        "progress": queries.progress(member),
        "next": queries.next_to_code(member),
        "rows": rows[: queries.PAGE],
        "more": rows[queries.PAGE - 1].work.rank if len(rows) > queries.PAGE else None,
        "after": after,
        "others_shown": queries.open_to(member),
        "code_form": CodeForm(auto_id="new-code-%s"),
        "theme_form": ThemeForm(auto_id="new-theme-%s"),
        "told": "",
        **more,
    }
    return access.page(request, member, "themes/themes.html", context, section="themes", part=part, status=status)


def _try(act: Callable[..., Any], **fields: Any) -> tuple[Any, str]:
    """What an act made, or what was wrong with the name, in words."""
    try:
        return act(**fields), ""
    except actions.NameTaken:
        return None, _("This name is in use already.")
    except actions.NameMissing:
        return None, _("Please write a name.")


def _at(member: Member, row: Code | Theme) -> HttpResponse:
    """To the board, where the row stands."""
    kind = "theme" if isinstance(row, Theme) else "code"
    return redirect(reverse("themes:themes", args=[member.review_id]) + f"#{kind}-{row.pk}")


def _new(request: HttpRequest, member: Member, name: str, form: Any, act: Callable[..., Any]) -> HttpResponse:
    """Make what a form says; a form with faults comes back with them."""
    if form.is_valid():
        row, fault = _try(act, member=member, **form.cleaned_data)
        if row:
            return _at(member, row)
        form.add_error("name", fault)
    return _page(request, member, status=400, **{name: form})


@require_POST
@access.member("code")
def new_code(request: HttpRequest, member: Member) -> HttpResponse:
    """A code before its first use."""
    form = CodeForm(request.POST, auto_id="new-code-%s")
    return _new(request, member, "code_form", form, actions.create_code)


@require_POST
@access.member("code")
def new_theme(request: HttpRequest, member: Member) -> HttpResponse:
    """A theme to gather codes in."""
    form = ThemeForm(request.POST, auto_id="new-theme-%s")
    return _new(request, member, "theme_form", form, actions.create_theme)


@require_POST
@access.member("code")
def change_code(request: HttpRequest, member: Member, code_id: Any) -> HttpResponse:
    """Another name or definition; or no longer offered, or offered again."""
    code = get_object_or_404(Code, review=member.review_id, pk=code_id)
    if "retire" in request.POST:
        actions.retire_code(member=member, code=code)
        messages.success(request, _("“%s” is no longer offered. Its codings stay.") % code.name)
        return redirect("themes:themes", member.review_id)
    act = {"member": member, "code": code}
    if "revive" in request.POST:
        return _changed(request, member, code, _try(actions.revive_code, **act)[1])
    form = CodeForm(request.POST)
    fault = _try(actions.change_code, **act, **form.cleaned_data)[1] if form.is_valid() else _("Please write a name.")
    return _changed(request, member, code, fault)


@require_POST
@access.member("code")
def change_theme(request: HttpRequest, member: Member, theme_id: Any) -> HttpResponse:
    """Another name, statement or level; or off the board, or back on it."""
    theme = get_object_or_404(Theme, review=member.review_id, pk=theme_id)
    if "retire" in request.POST:
        actions.retire_theme(member=member, theme=theme)
        messages.success(request, _("“%s” is off the board. It keeps its codes and can be brought back.") % theme.name)
        return redirect("themes:themes", member.review_id)
    act = {"member": member, "theme": theme}
    if "revive" in request.POST:
        return _changed(request, member, theme, _try(actions.revive_theme, **act)[1])
    form = ThemeForm(request.POST)
    fault = _try(actions.change_theme, **act, **form.cleaned_data)[1] if form.is_valid() else _("Please write a name.")
    return _changed(request, member, theme, fault)


def _changed(request: HttpRequest, member: Member, row: Code | Theme, fault: str) -> HttpResponse:
    if fault:
        messages.error(request, fault + " " + _("Nothing was changed."))
    else:
        messages.success(request, _("Saved."))
    return _at(member, row)


@require_POST
@access.member("code")
def theme_codes(request: HttpRequest, member: Member, theme_id: Any) -> HttpResponse:
    """Put codes into a theme, or take one out of it."""
    theme = get_object_or_404(Theme, review=member.review_id, pk=theme_id)
    form = PutForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    take, ids = form.cleaned_data["take"], form.cleaned_data["codes"]
    if take:
        code = get_object_or_404(Code, review=member.review_id, pk=take)
        actions.take_code(member=member, theme=theme, code=code)
        return _told(request, member, _("Taken out of “%s”.") % theme.name, target="cards")
    codes = [get_object_or_404(Code, review=member.review_id, pk=each) for each in sorted(ids)]
    if not codes:
        return _told(request, member, _("Tick at least one code first."), status=400)
    try:
        actions.put_codes(member=member, theme=theme, codes=codes, rationale=form.cleaned_data["rationale"])
    except actions.CodeRetired:
        told = _("One of these codes is no longer offered. Nothing was changed.")
        return _told(request, member, told, status=409)
    return _told(request, member, _("Put into “%s”.") % theme.name)


def _told(request: HttpRequest, member: Member, told: str, *, status: int = 200, target: str = "loose") -> HttpResponse:
    """For htmx the parts that changed, `target` being the one it asked for; else back to the board."""
    if not request.htmx and status == 200:
        return redirect("themes:themes", member.review_id)
    more = {"target": target} if request.htmx else {}
    return _page(request, member, status=status, part="answer", told=told, **more)
