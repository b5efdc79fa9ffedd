"""The order of imports decides nothing: the same records in one dump, in many, forwards or shuffled, make the same works.

The libraries are made to be hard: of each study there are records that say little, that say it otherwise, and that are
akin but not the same, so that many a record could go with two others that must not be one.
"""

import os
import random

import pytest

from records.models import Record
from reviews import setup
from reviews.models import Review
from tests import world as worlds

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("WINNOW_ORDERS", "15"))
CHANGES = {
    "as it is": {},
    "no place": {"VL": "", "SP": "", "EP": ""},
    "no place, no DOI": {"VL": "", "SP": "", "EP": "", "DO": ""},
    "bare": {"VL": "", "SP": "", "EP": "", "DO": "", "AB": "", "JO": ""},
    "no year": {"PY": ""},
    "another journal's abstract": {"JO": "Meeting of Imagined Care", "SP": "S12", "EP": "S12", "VL": "40", "DO": "10.5555/abs"},
    "another place": {"SP": "612", "EP": "620", "VL": "19", "DO": ""},
    "other DOI": {"DO": "10.5555/other"},
    "a year later": {"PY": "2024", "DO": ""},
    "shorter name": {"AU": "Golfson, R"},
    "other people": {"AU": "Unlike, Jo"},
}  # fmt: skip
BEFORE = ("", "", "", "Erratum: ", "Response to: ", "Protocol: ")
BEHIND = ("", "", "", " part 1", " part 2", ": a pilot study", " II")


def library(seed: int) -> list[str]:
    """Some entries, each with a name of its own in its accession number."""
    dice = random.Random(seed)
    entries = []
    for n in range(dice.randint(5, 9)):
        name = dice.choice(("golf", "golf", "hotel"))
        title = dice.choice(BEFORE) + worlds.SUBJECTS[name] + dice.choice(BEHIND)
        entries.append(worlds.ris_entry(name, title=title, AN=f"X{n}", **CHANGES[dice.choice(list(CHANGES))]))
    return entries


def imported(by, slices: list[list[str]], label: str) -> Review:
    review = setup.new_review(by=by, title=label)
    for n, entries in enumerate(slices):
        worlds.import_text(review, by, "".join(entries), source=f"Index {n}")
    return review


def groups(review: Review) -> set[frozenset[str]]:
    """Which entries stand in one work, by the names that they carry."""
    found: dict[int, set[str]] = {}
    for accession, work in Record.objects.filter(library=review.library).values_list("accession", "work"):
        found.setdefault(work, set()).add(accession)
    return {frozenset(group) for group in found.values()}


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_the_order_of_dumps_and_their_cutting_change_no_work(seed):
    by, entries, dice = worlds.person("ann"), library(seed), random.Random(seed)
    whole = groups(imported(by, [entries], "whole"))
    one_by_one = [[each] for each in dice.sample(entries, len(entries))]
    shuffled = dice.sample(entries, len(entries))
    cut = dice.randint(1, len(entries) - 1)
    assert groups(imported(by, one_by_one, "one by one")) == whole, seed
    assert groups(imported(by, [shuffled[:cut], shuffled[cut:]], "in two")) == whole, seed
