"""Works without an abstract: where to find one, a place to paste it, and what was decided on the title alone."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from records import filling
from records import queries as found
from records.actions import NothingToUndo
from records.models import Record, Work
from reviews import access, lists
from reviews.forms import AbstractForm
from reviews.models import Member
from reviews.views import number, work_or_404

PARTS = {"open": "no-abstract-open", "decided": "no-abstract-decided"}


@require_safe
@access.member("upload")
def missing(request: HttpRequest, member: Member) -> HttpResponse:
    """The works that no record gives an abstract, those not yet decided first; the decided ones are a part of their own."""
    part = request.GET.get("part", "open")
    part = part if part in PARTS else "open"
    rows = {name: lists.rows_of(lists.LISTS[named], member) for name, named in PARTS.items()}
    after = number(request.GET.get("after", ""))
    here = rows[part] if after is None else rows[part].filter(rank__gt=after)
    page = list(here.select_related("lead")[: found.PAGE + 1])
    context = {
        "part": part,
        "counts": {name: each.count() for name, each in rows.items()},
        "works": [with_links(work) for work in page[: found.PAGE]],
        "next": page[found.PAGE - 1].rank if len(page) > found.PAGE else None,
        "after": after,
        "own_only": not access.sees_totals(member),
    }
    return access.page(request, member, "reviews/missing.html", context, section="searches")


def with_links(work: Work) -> Work:
    """The work with `links`: where its abstract may stand, as (words, address)."""
    lead = work.lead
    links = []
    if lead.doi:
        links.append((f"DOI {lead.doi}", f"https://doi.org/{lead.doi}"))
    if lead.pmid:
        links.append((f"PubMed {lead.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{lead.pmid}/"))
    elif work.title:
        asked = urlencode({"term": f"{work.title}[Title]"})
        links.append((_("Title in PubMed"), f"https://pubmed.ncbi.nlm.nih.gov/?{asked}"))
    if settings.LINK_RESOLVER:
        links.append((_("Your library"), _open_url(work)))
    work.links = links
    return work


def _open_url(work: Work) -> str:
    """The address of a work at the site's link resolver, as OpenURL 1.0."""
    lead = work.lead
    said = {
        "url_ver": "Z39.88-2004", "rft_val_fmt": "info:ofi/fmt:kev:mtx:journal", "rft.atitle": work.title,
        "rft.jtitle": lead.journal, "rft.date": str(work.year or ""), "rft.volume": lead.volume, "rft.issue": lead.issue,
        "rft.pages": lead.pages, "rft_id": f"info:doi/{lead.doi}" if lead.doi else "",
    }  # fmt: skip
    mark = "&" if "?" in settings.LINK_RESOLVER else "?"
    return settings.LINK_RESOLVER + mark + urlencode({name: value for name, value in said.items() if value})


@require_POST
@access.member("upload")
def give(request: HttpRequest, member: Member, work_id: int) -> HttpResponse:
    """Give a work the abstract that was pasted."""
    work = work_or_404(member, work_id)
    form = AbstractForm(request.POST)
    told, record = _("Paste the abstract first."), None
    if form.is_valid():
        try:
            record = filling.give_abstract(
                by=member.user, library=member.review.library, work=work, text=form.cleaned_data["text"]
            )
            told = _("Abstract added.")
        except filling.NothingToFill:
            told = _("This work has an abstract already, or the text says nothing. Nothing was changed.")
    if request.htmx:
        context = {"work": work, "record": record, "told": told, "given": form.data.get("text", "")}
        status = 200 if record else 400
        return access.page(
            request, member, "reviews/missing.html", context, section="searches", part="given", status=status
        )
    (messages.success if record else messages.error)(request, told)
    return (
        redirect("reviews:work", member.review_id, work.pk) if record else redirect("reviews:missing", member.review_id)
    )


@require_POST
@access.member("upload")
def take_back(request: HttpRequest, member: Member, record_id: int) -> HttpResponse:
    """Take back what a field was filled with."""
    record = get_object_or_404(Record, library=member.review_id, pk=record_id)
    try:
        filling.take_back(by=member.user, record=record, name=request.POST.get("field", ""))
        messages.success(request, _("Taken back."))
    except NothingToUndo:
        messages.error(request, _("There is nothing to take back."))
    record.refresh_from_db()
    return redirect("reviews:work", member.review_id, record.work_id)
