"""Damaged files through every reader: `make fuzz`. Nothing may raise, hang, or lose a line.

Each input is made from a sample by one to four kinds of damage; its number and the seed make it again, so any failure can
be replayed: it is written to FOLDER as the bytes that went in and what came of them. A reading that takes more than two
seconds of CPU, or five a megabyte, counts as a hang. What "lose a line" means is said in `bench/accounting.py`.

    python -m bench.fuzz --count 200000 --seed 1 [--data FOLDER] [--out FOLDER] [--only NUMBER]
"""

import argparse
import collections
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType

from bench.accounting import unaccounted
from records import clean
from records.readers import Draft, Notice, Source, read, sniff

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests" / "records" / "dumps"
LARGEST_SEED = 20_000  # bytes
LARGEST = 400_000  # bytes of a damaged file, but for a repetition
BATCH = 100
STUCK = 120  # seconds without any batch, after which the run gives up and says where it stood
TAGS = [b"TY  - ", b"ER  - ", b"PMID- ", b"PT J\n", b"ER\n", b"EF\n", b"FN ", b"@article{", b"}", b"{", b'"', b",", b"%0 ", b"RT ",
        b"<record>", b"</record>", b"<!--", b"]]>", b"&", b"[1]", b"DOI:", b"<1. >", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\xc2\x85",
        b"[", b"]", b"null", b"\\u0000", b"\xed\xa0\x80", b"title,authors,year\n"]  # fmt: skip


class Hang(BaseException):
    """A reading takes too long. No Exception: nobody may catch it on the way."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one damaged file: which reader took it, what went wrong ("" for nothing), seconds, size."""

    number: int
    reader: str
    fault: str
    seconds: float
    size: int


def samples(data: Path | None = None) -> list[bytes]:
    """The files that are damaged: the project's own, and the small ones of a folder of real ones."""
    paths = sorted(path for path in SAMPLES.glob("*/*") if not path.name.endswith(".expected.json"))
    if data:
        paths += sorted(path for path in data.glob("import/*/*") if not path.name.endswith("expected.json"))
    return [path.read_bytes() for path in paths if path.stat().st_size <= LARGEST_SEED]


# Kinds of damage. Each takes bytes, chance and all samples, and gives bytes.


def flip(data: bytes, chance: Random, _all: list[bytes]) -> bytes:
    """Single bits."""
    changed = bytearray(data)
    for _n in range(chance.choice((1, 1, 3, 20))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def delete(data: bytes, chance: Random, _all: list[bytes]) -> bytes:
    """A stretch of bytes."""
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.choice((1, 1, 2, 10, 200, 2000)) :]


def insert(data: bytes, chance: Random, _all: list[bytes]) -> bytes:
    """Random bytes, or one that means something somewhere."""
    start = chance.randrange(len(data) + 1)
    return (
        data[:start]
        + (chance.choice(TAGS) if chance.random() < 0.7 else chance.randbytes(chance.randint(1, 20)))
        + data[start:]
    )


def cut(data: bytes, chance: Random, _all: list[bytes]) -> bytes:
    """The beginning or the end only."""
    place = chance.randrange(len(data))
    return data[place:] if chance.random() < 0.3 else data[:place]


def swap_lines(data: bytes, chance: Random, _all: list[bytes]) -> bytes:
    """Two lines for each other."""
    lines = data.split(b"\n")
    for _n in range(chance.randint(1, 5)):
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def double_lines(data: bytes, chance: Random, _all: list[bytes]) -> bytes:
    """Lines once more, in place or elsewhere."""
    lines = data.split(b"\n")
    start = chance.randrange(len(lines))
    again = lines[start : start + chance.randint(1, 30)]
    place = start if chance.random() < 0.5 else chance.randrange(len(lines))
    return b"\n".join(lines[:place] + again + lines[place:])


def drop_lines(data: bytes, chance: Random, _all: list[bytes]) -> bytes:
    """Every so-many-th line is missing."""
    every = chance.choice((2, 3, 7, 20))
    lines = data.split(b"\n")
    return b"\n".join(line for n, line in enumerate(lines) if n % every)


def splice(data: bytes, chance: Random, everything: list[bytes]) -> bytes:
    """Two formats in one file."""
    other = chance.choice(everything)
    if chance.random() < 0.3:
        return data + b"\n" + other
    start, end = chance.randrange(len(data)), chance.randrange(len(other) + 1)
    return data[:start] + other[end:] if chance.random() < 0.5 else data[:start] + other[end : end + 500] + data[start:]


def encode(data: bytes, chance: Random, _all: list[bytes]) -> bytes:
    """Another encoding, sometimes of a part only."""
    name = chance.choice(
        (
            "utf-16",
            "utf-16-le",
            "utf-16-be",
            "utf-32",
            "cp1252",
            "latin-1",
            "gb18030",
            "shift_jis",
            "utf-8-sig",
            "utf-7",
        )
    )
    start = chance.randrange(len(data)) if chance.random() < 0.2 else 0
    return data[:start] + data[start:].decode("utf-8", "replace").encode(name, "replace")


def nul(data: bytes, chance: Random, _all: list[bytes]) -> bytes:
    """NUL bytes, alone or many."""
    start = chance.randrange(len(data) + 1)
    return data[:start] + b"\0" * chance.choice((1, 1, 7, 1000)) + data[start:]


def line_ends(data: bytes, chance: Random, _all: list[bytes]) -> bytes:
    """Other line ends, or several kinds in one file."""
    ends = chance.choice(
        ((b"\r\n",), (b"\r",), (b"\r\n", b"\n", b"\r"), (b"\n\n",), (b" ",), (b"\r\r\n",), (b"\xe2\x80\xa8",))
    )
    return b"".join(line + chance.choice(ends) for line in data.replace(b"\r\n", b"\n").split(b"\n"))


def damage_tag(data: bytes, chance: Random, _all: list[bytes]) -> bytes:
    """The first characters of lines: gone, doubled, in small letters, behind blanks, with another dash."""
    lines = data.split(b"\n")
    for _n in range(chance.randint(1, 6)):
        at = chance.randrange(len(lines))
        line, kind = lines[at], chance.randrange(6)
        lines[at] = (line[2:], line[:4] + line, line[:6].lower() + line[6:], b" " * chance.randint(1, 8) + line,
                     line.replace(b" - ", b" \xe2\x80\x93 ", 1), line.replace(b"  - ", b"-", 1))[kind]  # fmt: skip
    return b"\n".join(lines)


def repeat(data: bytes, chance: Random, _all: list[bytes]) -> bytes:
    """A stretch over and over: a long line, a deep nesting, many entries. Large ones are rare, since they take long."""
    start = chance.randrange(len(data))
    piece = data[start : start + chance.choice((1, 1, 2, 10, 100, 2000))]
    times = min(chance.choice((20, 200, 2000)), (1_000_000 if chance.random() < 0.02 else 30_000) // len(piece))
    return data[:start] + piece * times + data[start:]


KINDS: list[Callable[[bytes, Random, list[bytes]], bytes]] = [
    *(
        flip,
        delete,
        insert,
        cut,
        swap_lines,
        double_lines,
        drop_lines,
        splice,
        encode,
        nul,
        line_ends,
        damage_tag,
        repeat,
    )
]


def damaged(number: int, seed: int, everything: list[bytes]) -> bytes:
    """The damaged file of a number: the same for the same seed and samples."""
    chance = Random(f"{seed}:{number}")
    data = everything[number % len(everything)]
    for _n in range(chance.choice((1, 1, 2, 4))):
        if data:
            data = chance.choice(KINDS)(data, chance, everything)
        if len(data) > LARGEST:
            break
    return data


def tried(number: int, data: bytes) -> Outcome:
    """Read one damaged file the whole way, and judge what came out."""
    start = time.process_time()
    name, fault = "?", ""
    signal.setitimer(signal.ITIMER_PROF, max(2.0, 5.0 * len(data) / 1e6))
    try:
        name = sniff(Source.of(data)).NAME
        found = list(read(Source.of(data)))
        for each in found:
            if isinstance(each, Draft):
                clean.draft(each)
        signal.setitimer(signal.ITIMER_PROF, 0)
        seconds = time.process_time() - start
        if all(isinstance(each, Notice) for each in found):
            fault = "nothing came out"
        elif lost := unaccounted(name, data, found):
            fault = "lost lines:\n" + "\n".join(f"{line}: {text[:300]}" for line, text in lost[:20])
    except Hang:
        seconds = time.process_time() - start
        fault = f"a hang: {seconds:.1f} s for {len(data):,} bytes\n{traceback.format_exc()}"
    except Exception:
        seconds = time.process_time() - start
        fault = traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return Outcome(number, name, fault, seconds, len(data))


def hung(_number: int, _frame: FrameType | None) -> None:
    raise Hang


def watched() -> None:
    """A reading that takes too long is stopped in this process from now on."""
    signal.signal(signal.SIGPROF, hung)


EVERYTHING: list[bytes] = []  # the samples, in every process


def batch(asked: tuple[int, range]) -> list[Outcome]:
    """The outcomes of some numbers; of those without fault only the slowest and the counts matter."""
    seed, numbers = asked
    return [tried(number, damaged(number, seed, EVERYTHING)) for number in numbers]


def outcomes(seed: int, count: int) -> Iterator[list[Outcome]]:
    """All batches, from as many processes as there are cores."""
    asked = [(seed, range(start, min(start + BATCH, count))) for start in range(0, count, BATCH)]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with multiprocessing.get_context("fork").Pool(cores, watched) as pool:
        done = pool.imap_unordered(batch, asked)
        for _n in asked:
            yield done.next(STUCK)


def keep(folder: Path, seed: int, outcome: Outcome) -> None:
    """Write a failing input down, with what came of it."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"seed{seed}-{outcome.number}-{outcome.reader.replace(' ', '_')}"
    place.with_suffix(".bin").write_bytes(damaged(outcome.number, seed, EVERYTHING))
    place.with_suffix(".txt").write_text(outcome.fault, errors="backslashreplace")


def kind_of(fault: str) -> str:
    """A fault in a word: what one counts."""
    first = fault.split("\n", 1)[0]
    return "exceptions" if first.startswith("Traceback") else first.split(":")[0]


def run(seed: int, count: int, folder: Path) -> int:
    """Go through all numbers and print what came of them."""
    taken, faults = collections.Counter[str](), collections.Counter[tuple[str, str]]()
    slowest: list[Outcome] = []
    size, start = 0, time.monotonic()
    try:
        for outcomes_ in outcomes(seed, count):
            for each in outcomes_:
                taken[each.reader] += 1
                size += each.size
                if each.fault:
                    faults[each.reader, kind_of(each.fault)] += 1
                    if faults[each.reader, kind_of(each.fault)] <= 20:
                        keep(folder, seed, each)
            slowest = sorted([*slowest, *outcomes_], key=lambda each: -each.seconds)[:3]
    except multiprocessing.TimeoutError:
        faults["?", "stuck"] += 1
        print(f"no batch came back within {STUCK} seconds")
    seconds = time.monotonic() - start
    done = sum(taken.values())
    print(
        f"{done:,} damaged files, {size / 1e6:,.0f} MB, from {len(EVERYTHING)} samples, seed {seed}: {done / seconds:,.0f} a second"
    )
    print("taken by: " + ", ".join(f"{name} {number:,}" for name, number in taken.most_common()))
    print(
        "slowest: "
        + "; ".join(
            f"{each.seconds:.2f} s for {each.size:,} bytes ({each.reader}, number {each.number})" for each in slowest
        )
    )
    for (name, kind), number in faults.most_common():
        print(f"  {name}: {kind}: {number:,}")
    print(f"{sum(faults.values()):,} faults" + (f", written to {folder}" if faults else ""))
    return int(bool(faults) or done < count)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=200_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--data", type=Path, help="a folder of real files, of which the small ones are damaged too")
    asked.add_argument("--out", type=Path, default=Path("fuzz-faults"), help="where failing inputs go")
    asked.add_argument("--only", type=int, help="one number, with what came of it")
    given = asked.parse_args()
    EVERYTHING.extend(samples(given.data))
    if given.only is None:
        return run(given.seed, given.count, given.out)
    watched()
    outcome = tried(given.only, damaged(given.only, given.seed, EVERYTHING))
    keep(given.out, given.seed, outcome)
    print(outcome)
    return int(bool(outcome.fault))


if __name__ == "__main__":
    sys.exit(main())
