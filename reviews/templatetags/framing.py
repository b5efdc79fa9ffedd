"""For templates: a card that comes next. What stands around its text is the same for all cards but for a few blanks, and is
rendered once for as long as it is made of the same things; the text is rendered for each."""

import re
import secrets
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from reviews.cards import Shown

register = template.Library()
# What stands where a blank is: numbers, since an address takes nothing else, and such as nobody who writes a text can know.
BLANKS = {
    name: SafeString(10**17 + secrets.randbelow(10**17))
    for name in ("text", "work", "revision", "key", "note", "token")
}
NAMES: dict[str, str] = {str(blank): name for name, blank in BLANKS.items()}
BLANK = re.compile(f"({'|'.join(BLANKS.values())})")
HEAD = SafeString('<p class="screen-head"></p>')  # the script puts the newest one there when it shows the card
OF_TEXT = ("review", "stage", "grouped", "highlights", "hide_people")


class _Blank:
    """Stands for a work where only its key and its revision are asked for."""

    pk, revision = BLANKS["work"], BLANKS["revision"]


@lru_cache(maxsize=256)
def _frame(language: str, review: int, stage: str, reasons: tuple, criteria: tuple, labels: tuple) -> list[str]:
    """What stands around a card's text, in pieces: every second one names a blank."""
    context = {
        "card": {"work": _Blank()},
        "review": {"pk": review},
        "stage": stage,
        "reasons": [{"pk": pk, "text": text} for pk, text in reasons],
        "criteria": [{"element": element, "text": text} for element, text in criteria],
        "labels": labels,
        "can_undo": True,
        "head": HEAD,
        **{name: BLANKS[name] for name in ("text", "key", "note")},
        "csrf_token": BLANKS["token"],
    }
    pieces = BLANK.split(get_template("reviews/_card.html").render(context))
    return [NAMES.get(piece, piece) for piece in pieces]


@register.simple_tag(takes_context=True)
def coming(context: Any, each: Shown) -> SafeString:
    """A card as `reviews/_card.html` shows it to a member who may take something back."""
    pieces = _frame(
        get_language() or "",
        context["review"].pk,
        context["stage"],
        tuple((reason.pk, reason.text) for reason in context["reasons"]),
        tuple((criterion.element, criterion.text) for criterion in context["criteria"]),
        tuple(each.labels),
    )
    work = each.card.work
    blanks = {
        "text": _text(context, each),
        "work": str(work.pk),
        "revision": str(work.revision),
        "key": str(each.key),
        "note": escape(each.note),
        "token": str(context.get("csrf_token", "")),
    }
    return mark_safe("".join(blanks[piece] if n % 2 else piece for n, piece in enumerate(pieces)))  # noqa: S308


def _text(context: Any, each: Shown) -> str:
    here = {name: context[name] for name in OF_TEXT}
    here |= {"card": each.card, "related": each.related, "own": each.own, "again": each.again}
    return get_template("reviews/_card_text.html").render(here)
