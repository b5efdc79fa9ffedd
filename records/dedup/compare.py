"""Two records judged: named points, their sum, a veto, and the band that follows. Shown to people exactly as it is added here."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from rapidfuzz import fuzz

from records.dedup import evidence
from records.dedup.facts import Facts
from records.dedup.normalise import Normal
from records.dedup.vetoes import SERIES, VERSION, kin, veto

RULES = "2026-12"
JOINED, LOOK, RELATED, APART = "joined", "look", "related", "apart"
JOIN_AT, JOIN_POOR_AT, LOOK_AT = 0.90, 0.95, 0.10

Id = TypeVar("Id", int, str)


@dataclass(slots=True)
class Judged:
    """One pair: points by name, their sum, probability, veto in words (or ""), band; of related ones what kin they are."""

    a: object
    b: object
    score: float
    probability: float
    band: str
    reasons: list[tuple[str, float]] = field(default_factory=list)
    veto: str = ""
    kin: str = ""


def judge(
    normals: Mapping[Id, Normal], pairs: Iterable[tuple[Id, Id]], *, serial: Callable[[Normal], bool] | None = None,
    shared_doi: Callable[[str], bool] | None = None, join: Collection[str] = (), join_at: float = JOIN_AT,
) -> list[Judged]:  # fmt: skip
    """Judge every pair of ids. `serial` says whether a title stands in the library with three or more places;
    `shared_doi` whether a DOI is borne by so many titles that it names an issue or a proceedings, which is no evidence.
    `join` names the kin (`vetoes.KINDS`) that count as one publication; `join_at` is the probability from which a pair
    is joined without a person."""
    return list(judging(normals, pairs, serial=serial, shared_doi=shared_doi, join=join, join_at=join_at))


def judging(
    normals: Mapping[Id, Normal], pairs: Iterable[tuple[Id, Id]], *, serial: Callable[[Normal], bool] | None = None,
    shared_doi: Callable[[str], bool] | None = None, join: Collection[str] = (), join_at: float = JOIN_AT,
) -> Iterator[Judged]:  # fmt: skip
    """The same one by one, for more pairs than should be held at once."""
    for a, b in pairs:
        one, two = normals[a], normals[b]
        several = serial is not None and (serial(one) or serial(two))
        of_issue = shared_doi is not None and any(shared_doi(doi) for doi in (one.doi, two.doi) if doi)
        yield _judge_pair(a, b, one, two, several, of_issue, join, join_at)


NOTHING_IN_COMMON = ("nothing in common but a block key", -8.0)
OF_STRANGERS = [(evidence.START, evidence.INTERCEPT), NOTHING_IN_COMMON]  # shared by all such pairs, which are most


def _nothing_in_common(one: Normal, two: Normal) -> bool:
    """Whether two records share neither words of title or abstract, nor a person, page or identifier; most candidates do
    not, and all that evidence could still find would leave them far below any band."""
    if not one.title or not two.title or one.alts or two.alts:
        return False
    if any(a and a == b for a, b in ((one.first, two.first), (one.doi, two.doi), (one.pmid, two.pmid))):
        return False
    if not set(one.surnames).isdisjoint(two.surnames) or fuzz.ratio(one.compact, two.compact, score_cutoff=50):
        return False
    if fuzz.token_set_ratio(one.title, two.title, score_cutoff=65):
        return False
    return not (one.abstract and two.abstract and fuzz.ratio(one.abstract, two.abstract, score_cutoff=60))


def _judge_pair(
    a: Id, b: Id, one: Normal, two: Normal, serial: bool, doi_shared: bool, join: Collection[str], join_at: float
) -> Judged:
    if _nothing_in_common(one, two):
        return Judged(a, b, sum(value for _name, value in OF_STRANGERS), 0.0, APART, OF_STRANGERS)
    facts: Facts = Facts(one, two, doi_shared)
    return verdict(a, b, facts, [(evidence.START, evidence.INTERCEPT), *evidence.lines(facts)], serial, join, join_at)


def verdict(
    a: Id, b: Id, facts: Facts, reasons: list[tuple[str, float]], serial: bool, join: Collection[str] = (),
    join_at: float = JOIN_AT,
) -> Judged:  # fmt: skip
    """What follows from the facts about two records and the points given for them."""
    score = round(sum(value for _name, value in reasons), 3)
    probability = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
    why = veto(facts, serial)
    band, related = _settled(facts, probability, why, serial, join, join_at)
    return Judged(a, b, score, round(probability, 4), band, reasons, why, related)


def _settled(
    f: Facts, probability: float, why: str, serial: bool, join: Collection[str], join_at: float
) -> tuple[str, str]:
    """The band of a pair, and what kin the two are where they are no duplicates by the rules."""
    band = _band(f, probability, why, join_at)
    if f.doi is True and band == APART and why:
        return LOOK, ""  # one of the two has the other's DOI: somebody should know
    if band == JOINED or serial or why == SERIES:
        return band, ""
    related = kin(f)
    if related in join:
        return JOINED, related
    if related == VERSION and f.exact and (f.journal or 0) >= 80:
        return LOOK, related  # one journal rarely prints a paper twice; more often a source has its place wrong
    if related and (why or band == APART):
        return RELATED, related
    return band, related


def _band(f: Facts, probability: float, why: str, join_at: float) -> str:
    """Joined, to be looked at, or apart."""
    # A field pattern that tells little gets a stricter bar.
    poor = (f.doi is None and f.first is None and f.pmid is None) or (f.short and not f.place)
    bare = not ((f.one.surnames and f.two.surnames) or f.doi or f.pmid or f.place)
    if why:
        # What may be another piece of a series, and states another place, is one.
        hopeless = (f.title < 60 and not f.contained and not f.doi and not f.place) or (why == SERIES and f.differs)
        return LOOK if probability >= LOOK_AT and not hopeless else APART
    if probability >= (max(JOIN_POOR_AT, join_at) if poor else join_at) and not bare:
        return JOINED
    return LOOK if probability >= LOOK_AT else APART
