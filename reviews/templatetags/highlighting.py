"""For templates: a card's title, abstract and keywords with the words of the review's highlight lists marked."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from reviews.highlights import Marked, Run, TermList, of_work

register = template.Library()
MOST_TITLE = 2000


@register.filter
def highlighted(card: Any, lists: Sequence[TermList] | str) -> Marked:
    """What is read of a card in runs; a page without `highlights` has none."""
    title = card.title
    return of_work(
        title if len(title) <= MOST_TITLE else Truncator(title).chars(MOST_TITLE),
        card.paragraphs,
        card.keywords_shown,
        () if isinstance(lists, str) else lists,
    )


@register.filter
def in_marks(runs: Sequence[Run]) -> SafeString:
    """Runs as HTML, everything escaped; where several lists have a word, their marks stand in each other."""
    return mark_safe("".join(_in_marks(text, lists) for text, lists in runs))  # noqa: S308 - each is escaped below


def _in_marks(text: str, lists: Sequence[TermList]) -> SafeString:
    inner = escape(text)
    for each in reversed(lists):
        inner = format_html('<mark class="hl s{}" title="{}">{}</mark>', each.style, each.name, inner)
    return inner
