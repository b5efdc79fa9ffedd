"""What a member's screening card shows, for one work or for the next ones in one go: the same few queries for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from records import queries as found
from records.composing import Card, cards
from records.models import Work
from records.prepared import Given, GivenMany, Prepared
from reviews import disputes, marks, noticed
from reviews.models import Criterion, Decision, ExclusionReason, Member, Note

OWN = Prepared(
    lambda: Decision.objects.filter(
        review=Given("review"),
        member=Given("member"),
        stage=Given("stage"),
        work__among=GivenMany("works"),
        current=True,
    ).select_related("imported_from")
)
NOTES = Prepared(
    lambda: (
        Note.objects.filter(review=Given("review"), member=Given("member"), record__work__among=GivenMany("works"))
        .values_list("record__work", "text")
        .order_by("-pk")
    )
)
REASONS = Prepared(lambda: ExclusionReason.objects.filter(review=Given("review"), retired=False))
CRITERIA = Prepared(lambda: Criterion.objects.filter(review=Given("review")))


@dataclass(frozen=True, slots=True)
class Shown:
    """A card with what the member did on it so far, and the key that the press on it will carry."""

    card: Card
    related: list[found.Related]
    own: Decision | None
    note: str
    labels: list[marks.Tag]
    again: str | None = None  # what those who decided on it are told, where it was sent back
    key: UUID = field(default_factory=uuid4)


def shown(member: Member, stage: str, works: Sequence[Work], *, waiting: bool = False) -> list[Shown]:
    """The cards of some works, in their order; works without records have none.

    `waiting`: all of them wait for the member, so that no decision is looked for.
    """
    if not works:
        return []
    rows = cards(list(works), to_read=True)
    records = {card.work.pk: [each.pk for each in card.records] for card in rows}
    noticed.on_cards(member, rows)
    related = found.related_to(records)
    asked = {"review": member.review_id, "member": member.pk, "works": records}
    own = {} if waiting else {each.work_id: each for each in OWN.all(**asked, stage=stage)}
    notes = dict(NOTES.rows(**asked))
    labels = marks.tags_on(member, records)
    again = disputes.look_again(member, stage, records)
    return [
        Shown(
            card,
            related.get(card.work.pk, []),
            own.get(card.work.pk),
            notes.get(card.work.pk, ""),
            labels[card.work.pk],
            again.get(card.work.pk),
        )
        for card in rows
    ]
