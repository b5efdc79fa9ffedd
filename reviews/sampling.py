"""A random sample that anybody can draw again. Pure thought.

Each number's place is told by the SHA-256 of the seed and the number; the sample is the first ones in that order. So the
same seed gives the same sample on every machine, and works that come later move no earlier one's place.
"""

from collections.abc import Iterable
from hashlib import sha256


def draw(seed: int, numbers: Iterable[int], size: int) -> list[int]:
    """So many of the numbers, in the order drawn; all of them where there are no more."""
    return sorted(numbers, key=lambda number: place(seed, number))[:size]


def place(seed: int, number: int) -> bytes:
    """Where a number stands under a seed."""
    return sha256(f"{seed}:{number}".encode()).digest()
