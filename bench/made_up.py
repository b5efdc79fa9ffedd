"""Records of nonsense, for measuring: RIS entries with the lengths and the variety of real ones."""

import uuid
from collections.abc import Iterator
from itertools import accumulate
from random import Random

CHANCE = Random(7)
WORDS = [uuid.UUID(int=CHANCE.getrandbits(128)).hex[: CHANCE.randint(4, 9)] for _ in range(20_000)]
# Words are as frequent as in a language: the n-th 1 / (n + 2.7) as often as the first (Mandelbrot, 1953).
OFTEN = list(accumulate(1 / (n + 2.7) for n in range(len(WORDS))))


def entries(count: int, again: float = 0.2) -> Iterator[str]:
    """RIS entries of nonsense, about 1,800 characters each; one in five says again what an earlier one said, otherwise."""
    earlier: list[dict[str, list[str]]] = []
    for n in range(count):
        if earlier and CHANCE.random() < again:
            entry = dict(CHANCE.choice(earlier))
            entry["TI"] = [entry["TI"][0].upper()]
            if CHANCE.random() < 0.3:
                entry.pop("DO", None)
        else:
            entry = _entry(n)
            earlier.append(entry)
        yield (
            "TY  - JOUR\n"
            + "".join(f"{tag}  - {each}\n" for tag, values in entry.items() for each in values)
            + "ER  - \n\n"
        )


def _entry(n: int) -> dict[str, list[str]]:
    first = CHANCE.randint(1, 2500)
    return {
        "TI": [" ".join(CHANCE.choices(WORDS, cum_weights=OFTEN, k=12)).capitalize()],
        "AU": [f"{CHANCE.choice(WORDS[:6000]).title()}, A." for _ in range(4)],
        "PY": [str(CHANCE.randint(1985, 2026))],
        "JO": [f"Journal of {CHANCE.choice(WORDS[:1500])}"],
        "VL": [str(CHANCE.randint(1, 120))],
        "IS": [str(CHANCE.randint(1, 12))],
        "SP": [str(first)],
        "EP": [str(first + CHANCE.randint(3, 15))],
        "DO": [f"10.5555/bench.{n}"],
        "KW": CHANCE.choices(WORDS, k=5),
        "AB": [" ".join(CHANCE.choices(WORDS, cum_weights=OFTEN, k=200))],
    }
