"""Each leg of the tests runs on the database it claims; a leg that silently ran on the other one proved nothing."""

import os

import pytest
from django.db import connection


def test_this_leg_runs_on_the_database_it_claims():
    claimed = "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"
    assert connection.vendor == os.environ.get("TEST_LEG", claimed) == claimed


@pytest.mark.django_db
def test_history_cannot_be_changed_even_by_sql(world):
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE records_event SET verb = 'forged'")
