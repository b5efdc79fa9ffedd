"""The pages of the middle floor: HTTP only. Every child is looked up inside the member's own review."""

from django.shortcuts import get_object_or_404

from records.models import Work
from reviews.models import Member

MOST_DIGITS = 18  # what a row's key can have


def number(text: str) -> int | None:
    """The number of a row as an address or a form names it; None for anything that cannot be one."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def work_or_404(member: Member, work_id: int) -> Work:
    """A work of the member's own review; another review's id finds nothing."""
    return get_object_or_404(Work, library=member.review_id, pk=work_id)
