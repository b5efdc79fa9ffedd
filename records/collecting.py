"""Python's search for cycles of garbage costs a fifth of an import's time and finds nothing: here it searches seldom."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (100_000, 20, 20)


@contextmanager
def seldom() -> Iterator[None]:
    """While this lasts, what was there before is not searched, and what is new only now and then."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
