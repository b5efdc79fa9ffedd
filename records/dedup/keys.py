"""Block keys: two records are compared only if they share one. Redundant on purpose; each is a signed 64-bit hash."""

import hashlib
from collections.abc import Iterator

from records.dedup.normalise import Normal

STOP = {
    "the",
    "and",
    "for",
    "with",
    "from",
    "among",
    "its",
    "are",
    "was",
    "into",
    "und",
    "der",
    "die",
    "des",
    "les",
    "los",
    "del",
}
MASK = (1 << 64) - 1
SECOND = 0x9E3779B97F4A7C15


def keys(normal: Normal) -> list[int]:
    """The record's keys, each once. Keys with a missing part are not made."""
    return sorted({_hash(kind, value) for kind, value in _named(normal)})


def doi_key(doi: str) -> int:
    """The key that every record with this normalised DOI has."""
    return _hash("d", doi)


def pmid_key(pmid: str) -> int:
    """The key that every record with this PubMed number has."""
    return _hash("i", pmid)


def _named(n: Normal) -> Iterator[tuple[str, str]]:
    for compact, title in [(n.compact, n.title), *((alt.replace(" ", ""), alt) for alt in n.alts)]:
        if len(compact) >= 8 or (len(compact) >= 4 and not compact.isascii()):
            yield "p", compact[:18]
            yield "s", compact[-18:]
            yield from _words(title)
    author = n.surnames[0] if n.surnames else ""
    if author and len(n.compact) >= 8:
        yield "a", author + "|" + n.compact[:7]
    if n.volume and n.first and author:
        yield "v", f"{n.volume}|{n.first}|{author[:4]}"
    if n.year and n.first and author:
        yield "y", f"{n.year}|{n.first}|{author[:4]}"
    if n.year and n.volume and n.first:
        yield "z", f"{n.year}|{n.volume}|{n.first}"
    if author and n.year and n.volume and n.issue:
        yield "q", f"{author}|{n.year}|{n.volume}|{n.issue}"
    if n.doi:
        yield "d", n.doi
    if n.pmid:
        yield "i", n.pmid


def _words(title: str) -> Iterator[tuple[str, str]]:
    """Keys of the title's words; character trigrams serve scripts without spaces."""
    found = {word for word in title.split() if len(word) > 2 and word not in STOP}
    if not title.isascii() and len(found) < 3:
        joined = title.replace(" ", "")
        found = {joined[n : n + 3] for n in range(len(joined) - 2)}
    if len(found) < 3:
        return
    first = sorted((_hash("w", word) & MASK, word) for word in found)
    second = sorted(((_hash("w", word) & MASK) * SECOND & MASK, word) for word in found)
    yield "m", "|".join(word for _h, word in first[:3])
    yield "x", "|".join(word for _h, word in first[-3:])
    yield "n", "|".join(word for _h, word in second[:2])
    yield "o", "|".join(word for _h, word in second[-2:])
    yield "l", "|".join(sorted(sorted(found, key=lambda word: (-len(word), word))[:3]))


def _hash(kind: str, value: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{kind}{value}".encode(), digest_size=8).digest(), "big", signed=True)
