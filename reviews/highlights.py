"""Where the words of a review's highlight lists stand in a text. Pure thought: lists and texts in, runs out.

A term is taken word for word; `word*` is a beginning. Case, accents, width and kinds of dash do not matter. All terms are
sought in one walk over the text (Aho and Corasick), so that no term, however odd, makes a text slow: users write no patterns.
"""

import unicodedata
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

MOST_MARKED = 1000  # hits of one list that are marked in one text; the others are only counted
ACCENTS = range(0x0300, 0x0370)  # marks of other scripts (a Japanese sound mark, a vowel of Hindi) make another letter
AS_PLAIN = {**dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("‘’ʼ`´", "'"), **dict.fromkeys("“”„«»", '"'), "\u00ad": ""}
# Scripts written without a space between words: there a term is found anywhere.
UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x31F0, 0x31FF),
            (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))  # fmt: skip


@dataclass(frozen=True, slots=True)
class TermList:
    """One list: what it is called, how it is underlined, and its terms as they were written."""

    name: str
    style: int
    terms: tuple[str, ...]
    whole_words: bool = True


Run = tuple[str, tuple[TermList, ...]]


@lru_cache(maxsize=8192)
def _plain(char: str) -> str:
    """A character without what does not matter: case, accent, width, the kind of a dash; white space is one space."""
    if char.isspace():
        return " "
    if char in AS_PLAIN:
        return AS_PLAIN[char]
    apart = unicodedata.normalize("NFKD", char)
    kept = "".join(each for each in apart if ord(each) not in ACCENTS)
    return unicodedata.normalize("NFC", kept).casefold()


@lru_cache(maxsize=8192)
def _in_word(char: str) -> bool:
    """Whether a character holds to its neighbours, so that no word ends between them."""
    if any(first <= ord(char) <= last for first, last in UNSPACED):
        return False
    return char.isalnum() or char == "_" or unicodedata.category(char).startswith("M")


def fold(text: str) -> tuple[str, list[int]]:
    """The text made plain, and of each of its characters where it came from; one more offset for the end."""
    folded: list[str] = []
    offsets: list[int] = []
    for at, char in enumerate(text):
        for each in _plain(char):
            if each == " " and folded and folded[-1] == " ":
                continue
            folded.append(each)
            offsets.append(at)
    return "".join(folded), [*offsets, len(text)]


@dataclass(frozen=True, slots=True)
class _Term:
    """A term as it is sought, and at which of its ends a word must end too."""

    of: int  # its list's place
    length: int
    left: bool
    right: bool
    prefix: bool


_NONE = _Term(-1, 0, False, False, False)


def _sorted(terms: tuple[_Term, ...]) -> tuple[_Term, ...]:
    """Terms that end at one place: first those that may begin inside a word, of like ones the longest only; then the others."""
    free: dict[tuple[int, bool, bool], _Term] = {}
    for term in terms:
        if not term.left and term.length > free.get((term.of, term.right, term.prefix), _NONE).length:
            free[term.of, term.right, term.prefix] = term
    bound = sorted((term for term in terms if term.left), key=lambda term: -term.length)
    return (*free.values(), *bound)


@dataclass(slots=True)
class _Machine:
    """The states of the walk: where each character leads, where to fall back to, and which terms end there."""

    edges: list[dict[str, int]] = field(default_factory=lambda: [{}])
    back: list[int] = field(default_factory=lambda: [0])
    ends: list[tuple[_Term, ...]] = field(default_factory=lambda: [()])

    def add(self, word: str, term: _Term) -> None:
        state = 0
        for char in word:
            if char not in self.edges[state]:
                self.edges[state][char] = len(self.edges)
                self.edges.append({})
                self.back.append(0)
                self.ends.append(())
            state = self.edges[state][char]
        if term not in self.ends[state]:
            self.ends[state] += (term,)

    def link(self) -> None:
        """Where to go on when no edge fits; a term that ends another one ends there too."""
        queue = deque(self.edges[0].values())
        while queue:
            state = queue.popleft()
            for char, to in self.edges[state].items():
                fall = self.back[state]
                while fall and char not in self.edges[fall]:
                    fall = self.back[fall]
                self.back[to] = self.edges[fall].get(char, 0)
                self.ends[to] = _sorted((*self.ends[to], *self.ends[self.back[to]]))
                queue.append(to)


@lru_cache(maxsize=16)
def _machine(lists: tuple[TermList, ...]) -> _Machine:
    machine = _Machine()
    for of, each in enumerate(lists):
        for written in each.terms:
            prefix = written.rstrip().endswith("*")
            word = fold(written.strip().rstrip("*") if prefix else written)[0].strip()
            if word:
                left = each.whole_words and _in_word(word[0])
                right = each.whole_words and not prefix and _in_word(word[-1])
                machine.add(word, _Term(of, len(word), left, right, prefix))
    machine.link()
    return machine


def _hits(folded: str, machine: _Machine, count: int) -> list[list[list[int]]]:
    """Of each list its hits as [start, end) in the folded text, in order; those that overlap are one."""
    found: list[list[list[int]]] = [[] for _ in range(count)]
    edges, back, ends = machine.edges, machine.back, machine.ends
    held = {char: _in_word(char) for char in set(folded)}
    in_word = [*map(held.__getitem__, folded), False]
    state = word_end = word_start = 0
    for at, char in enumerate(folded, 1):
        if not in_word[at - 1]:
            word_start = at
        while state and char not in edges[state]:
            state = back[state]
        state = edges[state].get(char, 0)
        if not ends[state]:
            continue
        inside = in_word[at - 1] and in_word[at]  # the text's word goes on
        done = -1
        for term in ends[state]:
            start = at - term.length
            if term.left:
                if start > word_start:  # inside the word that stands here; so are all that follow, which are shorter
                    break
                if term.of == done:
                    continue
            if term.right and inside:
                continue
            if term.left:
                done = term.of
            stop = at
            if term.prefix and inside:
                if word_end < at:
                    word_end = in_word.index(False, at)
                stop = word_end
            _put(found[term.of], start, stop)
    return found


def _put(hits: list[list[int]], start: int, stop: int) -> None:
    while hits and hits[-1][1] > start:
        before = hits.pop()
        start, stop = min(start, before[0]), max(stop, before[1])
    hits.append([start, stop])


def marked(text: str, lists: Sequence[TermList]) -> tuple[list[Run], list[int]]:
    """The text in runs, each with the lists whose words lie on it, and how many hits each list has."""
    if not text or not lists:
        return ([(text, ())] if text else []), [0] * len(lists)
    folded, offsets = fold(text)
    hits = _hits(folded, _machine(tuple(lists)), len(lists))
    turns: dict[int, list[int]] = {}
    for of, each in enumerate(hits):
        for start, stop in each[:MOST_MARKED]:
            first, last = offsets[start], max(offsets[stop], offsets[stop - 1] + 1)
            turns.setdefault(first, []).append(of)
            turns.setdefault(last, []).append(of)
    return _runs(text, lists, turns), [len(each) for each in hits]


def _runs(text: str, lists: Sequence[TermList], turns: dict[int, list[int]]) -> list[Run]:
    """Cut the text where a list's hit begins or ends: `turns` names the lists that change at a place."""
    out: list[Run] = []
    on: set[int] = set()
    before = 0
    for place in sorted({*turns, len(text)}):
        if place > before:
            out.append((text[before:place], tuple(lists[of] for of in sorted(on))))
        for of in turns.get(place, ()):
            on ^= {of}
        before = place
    return out


def runs(text: str, lists: Sequence[TermList]) -> list[Run]:
    """The text as (stretch, lists whose words lie on it); the stretches join to the text exactly."""
    return marked(text, lists)[0]


def terms_of(text: str) -> tuple[str, ...]:
    """Terms as people write them, one a line; the same one twice counts once."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip().strip("*")))


@dataclass(frozen=True, slots=True)
class Marked:
    """What is read of a work, in runs, and how often each list's words stand in it."""

    title: list[Run]
    paragraphs: list[tuple[str, list[Run]]]
    keywords: list[Run]
    legend: list[tuple[TermList, int]]


def of_work(title: str, paragraphs: Iterable[tuple[str, str]], keywords: str, lists: Sequence[TermList]) -> Marked:
    """Title, abstract and keywords with their marks."""
    hits = [0] * len(lists)

    def mark(text: str) -> list[Run]:
        found, counts = marked(text, lists)
        hits[:] = [a + b for a, b in zip(hits, counts, strict=True)]
        return found

    body = [(heading, mark(text)) for heading, text in paragraphs]
    return Marked(mark(title), body, mark(keywords), list(zip(lists, hits, strict=True)))
