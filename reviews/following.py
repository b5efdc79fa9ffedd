"""What people said follows the record it was said on, when records are joined and split; in the transaction that moves them."""

from typing import Any

from records.models import Work
from reviews.models import Adjudication, BulkWork, Decision, Interest, Message, Review, RoundWork, SendingBack

ONE_CURRENT = (Decision, Adjudication, BulkWork)  # of these only some count; which ones is worked out after the move
FREELY = (Interest, RoundWork, Message, SendingBack)


def follow(review: Review, here: dict[int, int]) -> None:
    """Move all that hangs on records to the works that these stand in now (`here`: record to work)."""
    for kind in ONE_CURRENT:
        moving = _astray(kind, review, here)
        kind.objects.filter(pk__in=[row.pk for row in moving]).update(current=False)
        _move(kind, moving, here)
    for free in FREELY:
        _move(free, _astray(free, review, here), here)


def _astray(kind: Any, review: Review, here: dict[int, int]) -> list[Any]:
    rows = kind.objects.filter(review=review, record__in=here).order_by("pk").only("work", "record")
    return [row for row in rows if row.work_id != here[row.record_id]]


def _move(kind: Any, rows: list[Any], here: dict[int, int]) -> None:
    for row in rows:
        kind.objects.filter(pk=row.pk).update(work=here[row.record_id])


def one_current_each(review: Review, work: Work, stage: str) -> None:
    """Where a member decided on two records now joined, the newest is current and the other is remembered.

    One made elsewhere (`imported_from`) gives way to one made here; what was taken back or ended counts no more. Of rulings and
    of acts on many works the newest counts.
    """
    newest: dict[int, int] = {}
    rows = Decision.objects.filter(review=review, work=work, stage=stage)
    standing = rows.filter(undone_at=None, ended="")
    for row in sorted(standing, key=lambda row: (row.imported_from_id is None, row.pk)):
        newest[row.member_id] = row.pk
    rows.exclude(pk__in=newest.values()).update(current=False)
    rows.filter(pk__in=newest.values()).update(current=True)
    of_work = {"review": review, "work": work, "stage": stage}
    _last_is_current(Adjudication.objects.filter(**of_work, undone_at=None))
    _last_is_current(BulkWork.objects.filter(**of_work, bulk__undone_at=None))


def _last_is_current(rows: Any) -> None:
    last = rows.order_by("-pk").values_list("pk", flat=True).first()
    if last:
        rows.exclude(pk=last).update(current=False)
        rows.filter(pk=last).update(current=True)
