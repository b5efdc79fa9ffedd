"""What a press sends is read by hand, and refused where `DecisionForm` refuses it."""

import uuid

import pytest
from django.http import QueryDict

from reviews.forms import DecisionForm
from reviews.models import ExclusionReason
from reviews.pressed import pressed

KEY = str(uuid.uuid4())
GOOD = {"work": "7", "revision": "1", "key": KEY, "verdict": "exclude"}
CASES = {
    "good": {},
    "maybe": {"verdict": "maybe"},
    "a reason alone": {"verdict": "", "reason": "own"},
    "a reason beside another verdict": {"verdict": "include", "reason": "own"},
    "no verdict": {"verdict": ""},
    "another verdict": {"verdict": "later"},
    "no work": {"work": ""},
    "work zero": {"work": "0"},
    "a negative work": {"work": "-7"},
    "a word for a work": {"work": "seven"},
    "a work too large": {"work": "9" * 30},
    "no revision": {"revision": ""},
    "revision zero": {"revision": "0"},
    "no key": {"key": ""},
    "a bad key": {"key": "not-a-key"},
    "a foreign reason": {"reason": "foreign"},
    "a retired reason": {"reason": "retired"},
    "a reason that is none": {"reason": "x"},
    "a reason too large": {"reason": "9" * 30},
}


@pytest.mark.parametrize("case", CASES)
def test_a_press_reads_as_the_form_reads_it(world, foreign, case):
    own, retired = list(ExclusionReason.objects.filter(review=world.review))[:2]
    ExclusionReason.objects.filter(pk=retired.pk).update(retired=True)
    named = {
        "own": own.pk,
        "retired": retired.pk,
        "foreign": ExclusionReason.objects.filter(review=foreign.review)[0].pk,
    }
    sent = QueryDict(mutable=True)
    sent.update({name: str(named.get(value, value)) for name, value in (GOOD | CASES[case]).items()})
    form = DecisionForm(sent, member=world.members["bo"])
    found = pressed(sent, world.members["bo"])
    assert (found.act if found else None) == (form.act if form.is_valid() else None)
