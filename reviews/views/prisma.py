"""The PRISMA 2020 flow: as a page whose numbers are doors, and as a file to print."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reviews import access, drawing, flow, noticed
from reviews import prisma as thought
from reviews.models import Member, StageName


@require_safe
@access.member()
def prisma(request: HttpRequest, member: Member) -> HttpResponse:
    """The flow as this member may see it: figure, table, and whether the numbers add up."""
    found = flow.gather(member)
    identities = thought.identities(found, _)
    failing = [each for each in identities if each.holds is False]
    context = {
        "identities": identities,
        "failing": [each for each in failing if not each.notice],
        "noticed": [each for each in failing if each.notice],
        "final": thought.final(found),
        "unread": found.unread,
        "own_only": found.own_only,
        "own_from_full_text": access.sees_totals(member, StageName.TITLE_ABSTRACT),
        "columns": _columns(found),
        "retractions": noticed.beside_flow(member),
        **_figure(member, found, failing),
    }
    return access.page(request, member, "reviews/prisma.html", context, section="prisma")


@require_safe
@access.member()
def figure(request: HttpRequest, member: Member) -> HttpResponse:
    """The same figure as a file that stands alone, in its own colours and without links."""
    found = flow.gather(member)
    context = {**_figure(member, found, []), "review": member.review, "alone": True}
    response = render(request, "reviews/_flow.svg", context, content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="winnow-prisma-{member.review_id}.svg"'
    return response


def _headings() -> dict[str, str]:
    return {
        thought.DATABASES: _("Identification of studies via databases and registers"),
        thought.OTHER: _("Identification of studies via other methods"),
        "": _("Included"),
    }


def _columns(found: thought.Flow) -> list[tuple[str, list[thought.Box]]]:
    """The boxes under the heading of their column, for the table behind the figure."""
    boxes = thought.boxes(found, _)
    arms = list(dict.fromkeys(box.arm for box in boxes))
    return [(_headings()[arm], [box for box in boxes if box.arm == arm]) for arm in arms]


def _figure(member: Member, found: thought.Flow, failing: list[thought.Identity]) -> dict[str, Any]:
    """What `reviews/_flow.svg` needs."""
    told = {"records": found.records, "studies": found.studies, "reports": found.reports}
    description = _("Records: %(records)s; included studies: %(studies)s; their reports: %(reports)s.") % told
    if found.own_only:
        description += " " + _("Made of one member's own decisions: the review is blinded.")
    return {
        "drawing": drawing.draw(
            thought.boxes(found, _),
            headings=_headings(),
            stages=(_("Identification"), _("Screening"), _("Included")),
            fails=[name for each in failing for name in each.boxes],
        ),
        "two": len(found.columns) > 1,
        "title": _("PRISMA 2020 flow diagram: %s") % member.review.title,
        "description": description,
    }
