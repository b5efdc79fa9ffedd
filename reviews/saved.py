"""Saved views: filters of the library under a name. One member's own, or open to the team; they carry filters, never results.

As in `reviews.actions`: the acting member is in the signature, each verb is one transaction and writes its own event. A
shared view with a filter on own answers means those of whoever opens it.
"""

from django.db import transaction
from django.db.models import Q, QuerySet

from records.history import remember
from reviews import filters
from reviews.access import may
from reviews.models import Member, Review, SavedView

MOST_VIEWS = 50  # of one member
MOST_NAME = 80  # characters


class NameMissing(Exception):
    """A view needs a name."""


class NameTaken(Exception):
    """The member has a view of this name already."""


class NothingToKeep(Exception):
    """There is no filter to keep."""


class TooMany(Exception):
    """A member has room for so many views."""


class NotYours(Exception):
    """A view is changed by the member who made it; a shared one is deleted by an owner too."""


def views_of(member: Member) -> QuerySet[SavedView]:
    """The member's own views and those that others share, by name."""
    seen = SavedView.objects.filter(Q(member=member) | Q(shared=True), review=member.review_id)
    return seen.select_related("member__user").order_by("name", "pk")


def may_share(member: Member) -> bool:
    """Who only observes keeps views for themselves."""
    return "upload" in may(member)


def may_delete(member: Member, view: SavedView) -> bool:
    """Its maker, and of shared ones an owner."""
    return view.member_id == member.pk or (view.shared and "team" in may(member))


@transaction.atomic
def keep(*, member: Member, name: str, query: str, shared: bool = False) -> SavedView:
    """Keep filters under a name. Raises NameMissing, NameTaken, NothingToKeep, TooMany."""
    asked = filters.wanted(member, query)
    if not asked.query:
        raise NothingToKeep
    named = _name(member, name)
    if SavedView.objects.filter(member=member).count() >= MOST_VIEWS:
        raise TooMany
    shared = shared and may_share(member)
    view = SavedView.objects.create(
        review_id=member.review_id, member=member, name=named, query=asked.query, shared=shared
    )
    _remember(member, "shared a view" if shared else "kept a view", view, query=view.query)
    return view


@transaction.atomic
def change(*, member: Member, view: SavedView, name: str, shared: bool) -> SavedView:
    """Another name, or open to others, or no longer. Raises NotYours, NameMissing, NameTaken."""
    if view.member_id != member.pk:
        raise NotYours
    named = _name(member, name, view)
    was, was_shared = view.name, view.shared
    view.name, view.shared = named, shared and may_share(member)
    if (view.name, view.shared) != (was, was_shared):
        view.save(update_fields=["name", "shared"])
        if was_shared:
            _remember(member, "changed a shared view", view, was=was)
        elif view.shared:  # what it was called while it was nobody else's stays so
            _remember(member, "shared a view", view, query=view.query)
        else:
            _remember(member, "changed a view", view, was=was)
    return view


@transaction.atomic
def delete(*, member: Member, view: SavedView) -> None:
    """Delete a view; the history keeps its filters, and the page that follows has them applied, to be kept again. Raises NotYours."""
    if not may_delete(member, view):
        raise NotYours
    _remember(member, "deleted a shared view" if view.shared else "deleted a view", view, query=view.query)
    view.delete()


def _name(member: Member, name: str, but: SavedView | None = None) -> str:
    Review.objects.select_for_update(no_key=True).get(pk=member.review_id)  # names are handed out one by one
    named = " ".join(name.replace("\0", "").split())[:MOST_NAME]
    if not named:
        raise NameMissing
    if SavedView.objects.filter(member=member, name=named).exclude(pk=but.pk if but else None).exists():
        raise NameTaken
    return named


def _remember(member: Member, verb: str, view: SavedView, **detail: str) -> None:
    remember(library_id=member.review_id, by=member.user, verb=verb, name=view.name, **detail)
