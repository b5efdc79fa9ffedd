"""Every number on the overview that is a door opens a list of exactly that length."""

import re

import pytest

from reviews import actions, lists
from reviews.models import StageName

DOOR = re.compile(r'class="stat" href="[^"]+\?list=([\w-]+)"><span class="stat-number">([\d,]+)</span>')


@pytest.mark.django_db
@pytest.mark.parametrize("unblinded", [False, True])
@pytest.mark.parametrize("who", ["ann", "bo", "lib", "obs"])
def test_each_door_opens_a_list_of_that_length(world, as_, who, unblinded):
    if unblinded:
        actions.unblind(member=world.members["ann"], stage=StageName.TITLE_ABSTRACT)
    page = as_(world, who).get(f"/reviews/{world.review.pk}/").content.decode()
    doors = DOOR.findall(page)
    assert len(doors) >= (7 if unblinded else 2)
    member = world.members[who]
    member.refresh_from_db()
    for name, number in doors:
        assert lists.rows_of(lists.named(name, member), member).count() == int(number.replace(",", "")), name
