"""What the tests of coding share: words of a work given a code in one line, and pages without their tokens."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from records import composing
from records.actions import text_of as stored
from reviews import actions as decisions
from reviews.models import Member, StageName
from tests.world import World
from themes import actions, queries

TOKENS = re.compile(r'(name="csrfmiddlewaretoken" value|"x-csrftoken":) ?=?"[^"]+"|"x-csrftoken": "[^"]+"')


def text_of(world: World, work: str) -> Any:
    """The text version that a work shows, stored."""
    world.works[work].refresh_from_db()
    return stored(queries.text_to_code(composing.card(world.works[work])).record)


def span_of(world: World, work: str, words: str) -> dict[str, Any]:
    """Text, start, end and quote of words in a work's abstract."""
    text = text_of(world, work)
    start = text.body.index(words)
    return {"text": text, "start": start, "end": start + len(words), "quote": words}


def posted(world: World, work: str, words: str, **more: Any) -> dict[str, Any]:
    """The same as a form sends it."""
    span = span_of(world, work, words)
    return {**span, "text": str(span["text"].pk), **more}


def masked(response: Any) -> str:
    """A page without its tokens."""
    return TOKENS.sub("token", response.content.decode())


@pytest.fixture
def coded(world: World) -> Callable[..., Any]:
    """`coded("ann", "alpha", "being heard", "Voice")`: through the same door that the page uses."""

    def give(who: str, work: str, words: str, name: str) -> Any:
        return actions.code_span(member=world.members[who], name=name, **span_of(world, work, words))

    return give


@pytest.fixture
def unblinded(world: World) -> World:
    """The same world after both stages were opened."""
    for stage in StageName.values:
        decisions.unblind(member=world.members["ann"], stage=stage)
    for name in world.members:
        world.members[name] = Member.objects.select_related("review", "user").get(pk=world.members[name].pk)
    world.review.refresh_from_db()
    return world
