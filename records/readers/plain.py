"""What no reader knows: named as such, with its first lines. An empty success does not exist."""

from collections.abc import Iterator

from records.readers.base import Rejected, Source, Yielded

NAME = "not understood"
LABEL = "not understood"
FIRST_LINES = 20


def recognises(head: str) -> bool:
    """Takes what nobody else wants."""
    return True


def read(source: Source) -> Iterator[Yielded]:
    """One rejected stretch over the whole dump, with the first twenty lines as its text."""
    first: list[str] = []
    last = 0
    for number, line in source.lines():
        last = number
        if number <= FIRST_LINES:
            first.append(line[:500])
    reason = "not understood: no reader knows this format" if last else "the file is empty"
    stretch = Rejected((min(1, last), last), reason)
    stretch.text = "\n".join(first)[:4000]
    yield stretch
