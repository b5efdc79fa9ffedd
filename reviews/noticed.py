"""Retracted and corrected publications as the pages of a review show them: on cards, in lists, beside the flow."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from records import retractions
from records.composing import Card
from records.models import Nature, Work
from reviews import queries
from reviews.models import Member

LISTS = {
    "noticed": _("Works that a notice of retraction or correction is about"),
    Nature.RETRACTED: _("Retracted works"),
    Nature.CONCERN: _("Works with an expression of concern"),
    Nature.CORRECTED: _("Corrected works"),
    Nature.REINSTATED: _("Works that were retracted and reinstated"),
}


def on_cards(member: Member, cards: Iterable[Card]) -> None:
    """Let cards say that their work was retracted or corrected: one question, and none where the library has no notice."""
    if getattr(member, "noticed", True):
        cards = list(cards)
        found = retractions.of_records(member.review_id, [record for card in cards for record in card.records])
        for card in cards:
            card.noticed = found.get(card.work.pk)


def on_card(member: Member, card: Card) -> Card:
    """The same for one card."""
    on_cards(member, [card])
    return card


def works_with(nature: str) -> Callable[[Member], QuerySet[Work]]:
    """The works in use of which this holds, as a list's rows."""

    def rows(member: Member) -> QuerySet[Work]:
        found = retractions.works_with(member.review_id, "any" if nature == "noticed" else nature)
        return Work.objects.filter(library=member.review_id, empty=False, aside=False, pk__in=found)

    return rows


def retracted_and_included(member: Member) -> QuerySet[Work]:
    """Retracted works among those included so far; a blinded member's are those of own decisions."""
    found = retractions.works_with(member.review_id, Nature.RETRACTED)
    return queries.included_works(member).filter(pk__in=found)


@dataclass(frozen=True, slots=True)
class BesideFlow:
    """What must be looked at before the flow is final."""

    freshness: retractions.Freshness
    included: bool  # whether any work is, by what this member may see
    retracted: int  # of the included ones

    @property
    def warns(self) -> bool:
        return bool(self.retracted) or (self.included and self.freshness.stale)


def beside_flow(member: Member) -> BesideFlow:
    """How fresh the lists are, and how many included works are retracted now."""
    any_notice = getattr(member, "noticed", True)
    retracted = retracted_and_included(member).count() if any_notice else 0
    included = bool(retracted) or queries.included_works(member).exists()
    return BesideFlow(retractions.freshness(member.review_id), included, retracted)
