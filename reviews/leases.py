"""Leases: which cards members have before them just now, so that two do not read the same one needlessly.

Hints to the queue, apart from the history: they hang on nobody's verdict, lapse by themselves, and never refuse a decision.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from records import engine
from reviews.models import Lease, Member

LASTS = timedelta(minutes=10)
MOST = 3  # works: the card, and the two behind it


def keep(*, member: Member, stage: str, works: Sequence[int]) -> None:
    """Let the first of some works be the member's to read for a while; in one statement, also where some are leased already.

    What is no work of the stage is passed over.
    """
    wanted, given = engine.among("work_id", list(works)[:MOST])
    sql = (
        'INSERT INTO "reviews_lease" (review_id, member_id, work_id, stage, until)'  # noqa: S608
        " SELECT review_id, %s, work_id, stage, %s FROM reviews_outcome"
        f" WHERE review_id = %s AND stage = %s AND {wanted} ORDER BY work_id"
        " ON CONFLICT (review_id, work_id, stage, member_id) DO UPDATE SET until = excluded.until"
    )
    until = engine.moment(timezone.now() + LASTS)
    with connection.cursor() as cursor:
        cursor.execute(sql, [member.pk, until, member.review_id, stage, given])


def renew(*, member: Member, stage: str, works: Sequence[int]) -> None:
    """The same where a page is opened anew; what has lapsed is swept away. Without a database to write to the page comes all
    the same."""
    try:
        with transaction.atomic():
            Lease.objects.filter(member=member, stage=stage, until__lt=timezone.now()).delete()
            keep(member=member, stage=stage, works=works)
    except OperationalError:
        pass
