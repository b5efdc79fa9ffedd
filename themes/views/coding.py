"""The coding page: choose words of an included work, give them a code. GET shows, POST acts and then shows."""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from records import composing
from records.actions import text_of
from records.models import TextVersion, Work
from reviews import access
from reviews.models import Member
from reviews.queries import included_works
from reviews.views import work_or_404
from themes import actions, queries
from themes.forms import ChosenForm, SpanForm
from themes.marked import stretches
from themes.models import Code, Coding, Excerpt
from themes.runs import Span

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # others are words, and no browser takes them


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("code")
def code(request: HttpRequest, member: Member, work_id: int) -> HttpResponse:
    """Show a work's text with its marks; give chosen words a code."""
    work = work_or_404(member, work_id)
    if request.method != "POST":
        return _page(request, member, work, chosen=_chosen(request.GET))
    form = SpanForm(request.POST)
    if not form.is_valid():
        return _page(request, member, work, told=_("Choose some words first."), status=400)
    data = form.cleaned_data
    text = _text_or_404(member, work, data.pop("text"))
    asked = data.pop("code")
    named = get_object_or_404(Code, review=member.review_id, pk=asked) if asked else None
    chosen = (data["start"], data["end"])
    try:
        coding = actions.code_span(member=member, text=text, code=named, **data)
    except actions.NameMissing:
        told = _("Choose a code, or write the name of a new one.")
        return _page(request, member, work, chosen=chosen, told=told, status=400)
    except actions.CodeRetired:
        told = _("This code is no longer offered. Nothing was stored.")
        return _page(request, member, work, chosen=chosen, told=told, status=409)
    except actions.QuoteDiffers:
        told = _("These words do not stand at this place of the text. Nothing was stored; please choose them again.")
        return _page(request, member, work, told=told, status=409)
    except actions.NotIncluded:
        told = _("This work is not included now. Nothing was stored.")
        return _page(request, member, work, told=told, status=409)
    if not request.htmx:
        return redirect(_place(member, work, chosen))
    return _page(request, member, work, chosen=chosen, told=_("Coded: %s. Z undoes.") % coding.code.name)


def _text_or_404(member: Member, work: Work, key: UUID) -> TextVersion:
    """The text whose words were chosen: the one the page shows, stored now if need be, or an older version of this work's."""
    shown = queries.text_to_code(composing.card(work))
    if shown and shown.pk == key:
        return text_of(shown.record)
    return get_object_or_404(TextVersion, library=member.review_id, record__work=work, pk=key)


@require_POST
@access.member("code")
def uncode(request: HttpRequest, member: Member, coding_id: Any) -> HttpResponse:
    """Take one of the own codings back."""
    shown = queries.codings_shown_to(member).select_related("excerpt__text__record__work", "code")
    coding: Coding = get_object_or_404(shown, pk=coding_id)
    try:
        actions.uncode(member=member, coding=coding)
    except actions.NotYours:
        raise PermissionDenied from None
    return _after(request, member, coding, _("Taken back: %s.") % coding.code.name)


@require_POST
@access.member("code")
def undo(request: HttpRequest, member: Member) -> HttpResponse:
    """Take the own last coding back and show its words again, in whatever work they stand."""
    try:
        coding = actions.undo(member=member)
    except actions.NothingToUndo:
        return redirect("themes:themes", member.review_id)
    work = coding.excerpt.text.record.work
    if request.htmx and request.POST.get("work") != str(work.pk):
        return HttpResponseClientRedirect(_place(member, work, _span(coding.excerpt)))
    return _after(request, member, coding, _("Taken back: %s.") % coding.code.name)


def _after(request: HttpRequest, member: Member, coding: Coding, told: str) -> HttpResponse:
    work, chosen = coding.excerpt.text.record.work, _span(coding.excerpt)
    if not request.htmx:
        return redirect(_place(member, work, chosen))
    return _page(request, member, work, chosen=chosen, told=told)


def _span(excerpt: Excerpt) -> tuple[int, int]:
    return excerpt.start, excerpt.end


def _place(member: Member, work: Work, chosen: tuple[int, int]) -> str:
    """The address of a work's coding page with words chosen."""
    query = urlencode({"start": chosen[0], "end": chosen[1]})
    return reverse("themes:code", args=[member.review_id, work.pk]) + "?" + query


def _chosen(query: Any) -> tuple[int, int] | None:
    form = ChosenForm(query)
    return (form.cleaned_data["start"], form.cleaned_data["end"]) if form.is_valid() else None


def _page(
    request: HttpRequest,
    member: Member,
    work: Work,
    *,
    chosen: tuple[int, int] | None = None,
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    included = included_works(member).filter(pk=work.pk).exists()
    card = composing.card(work) if included else None
    text = queries.text_to_code(card) if card else None
    context: dict[str, Any] = {"work": work, "card": card, "text": text, "told": told}
    if included:
        context["place"] = queries.place(member, work)
    if text:
        context |= _marked(member, work, text, chosen)
    return access.page(request, member, "themes/coding.html", context, section="themes", part="answer", status=status)


def _marked(member: Member, work: Work, text: TextVersion, chosen: tuple[int, int] | None) -> dict[str, Any]:
    """The text with its marks, the palette, the codings, and the words that are chosen."""
    codings = queries.codings_of_work(member, work)
    here = [coding for coding in codings if coding.excerpt.text_id == text.pk]
    # One line for a code on a span, however many coders gave it.
    spans = [Span((c.code_id, *_span(c.excerpt)), *_span(c.excerpt)) for c in here]
    looks = {span.id: (c.code.name, c.code.colour) for span, c in zip(spans, here, strict=True)}
    start, end = chosen or (0, 0)
    valid = 0 <= start < end <= len(text.body)
    return {
        "lang": text.language if LANGUAGE.fullmatch(text.language) else "",
        "stretches": stretches(text.body, spans, looks),
        "codings": codings,
        "others_shown": queries.open_to(member),
        "codes": [each for each in queries.codes(member) if not each.retired],
        "chosen": {"start": start, "end": end, "quote": text.body[start:end]} if valid else None,
        "can_undo": member.codings.filter(removed_at=None).exists(),
    }
