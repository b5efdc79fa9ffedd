"""The line under a progress bar: records a second and time left, or nothing where nothing can be said."""

import pytest

from records.pace import Pace, pace

CASES = [
    # records, done, total, seconds -> a second, left
    (0, 0, 100, 10.0, None, None),
    (50, 0, 100, 10.0, None, None),
    (500, 50, 100, 1.0, None, None),  # too early to say
    (500, 50, 100, 10.0, 50.0, 10.0),
    (500, 100, 100, 10.0, 50.0, 0.0),
    (500, 120, 100, 10.0, 50.0, 0.0),  # the file grew in counting: never less than nothing
]


@pytest.mark.parametrize(("records", "done", "total", "seconds", "rate", "left"), CASES)
def test_pace_follows_from_what_is_done(records, done, total, seconds, rate, left):
    assert pace(records=records, done=done, total=total, seconds=seconds) == Pace(rate, left)


@pytest.mark.parametrize(
    ("left", "minutes", "seconds"),
    [(None, None, None), (0.0, None, 5), (11.2, None, 15), (89.0, None, 90), (90.0, 2, None), (3600.5, 61, None)],
)
def test_time_left_is_said_in_fives_of_seconds_or_in_minutes(left, minutes, seconds):
    each = Pace(1.0, left)
    assert (each.minutes, each.seconds) == (minutes, seconds)
