"""Whole reviews drawn by chance (tests/reviews/machine.py): after each of their steps every promise of the design holds.

A slice runs here; `make soak-review` runs WINNOW_REVIEWS=1000 of WINNOW_STEPS=50 steps each. What a walk brought to light
stands below as a plain test.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import world as worlds
from tests.reviews.machine import PEOPLE, WholeReview

RUNS, STEPS = int(os.environ.get("WINNOW_REVIEWS", "6")), int(os.environ.get("WINNOW_STEPS", "25"))
SOAK = "WINNOW_REVIEWS" in os.environ
PARTS = 10 if SOAK else 1  # among which the reviews are shared out, so that two processes may run them


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_promise_holds_after_each_step_of_a_review(part):
    world = worlds.empty_world()
    for name in PEOPLE[1:]:
        world.people[name] = worlds.person(name)
    WholeReview.world = world
    run_state_machine_as_test(
        WholeReview,
        settings=settings(
            max_examples=-(-RUNS // PARTS), stateful_step_count=STEPS, deadline=None, database=None, derandomize=not SOAK,
            suppress_health_check=list(HealthCheck), print_blob=True,
        ),
    )  # fmt: skip
