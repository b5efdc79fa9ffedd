"""Reading in a process of its own, with limits on memory, time and files, and without a network.

A dump comes from anywhere, and readers of whole-file formats (XML, JSON, ZIP) can be made to eat memory or time. So the
worker only stores: it asks a child for batches of entries and survives whatever happens to it. The child lives on for the
next dump, since starting one costs a quarter of a second.

Frames on the pipe are a length of four bytes and a pickle: the child runs as the same user from the same code, and is
fenced in against accidents and bombs, not against an attacker who already runs code in it.
"""

import os
import pickle
import select
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from records import collecting
from records.entries import Batch, batches
from records.readers import Notice, Rejected, Source, sniff

ROOT = Path(__file__).resolve().parents[1]
MEGABYTE = 1 << 20
LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: megabytes of memory, seconds of one core for a dump, seconds of silence."""

    memory: int = 512
    seconds: int = 120
    silence: int = 120


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found out about a dump before its first entry: the reader's name, its name in words, the encoding."""

    format: str
    label: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read, and how: a path, an encoding and columns that a person chose, entries to skip, batch size."""

    path: str
    encoding: str | None = None
    columns: dict[str, str] | None = None
    skip: int = 0
    size: int = 200


class Died(Exception):
    """The child ended before the dump did; the words say why, as a person would."""


def here(wanted: Wanted) -> Iterator[Opened | Batch]:
    """The dump's reader, then its batches, read in this process."""
    with open(wanted.path, "rb") as file:
        source = Source(file, wanted.encoding)
        source.columns = wanted.columns
        reader = sniff(source)
        yield Opened(reader.NAME, reader.LABEL, source.encoding)
        yield from batches(source, skip=wanted.skip, size=wanted.size)


def elsewhere(wanted: Wanted, limits: Limits) -> Iterator[Opened | Batch]:
    """The same, read by a child. Where the child ends before its time, the last batch names what was not read and why."""
    child = _idle(limits)
    entries, last, done = wanted.skip, 0, False
    try:
        child.ask(wanted, limits)
        for answer in child.answers(limits):
            if isinstance(answer, Batch):
                entries += answer.size
                last = max(
                    [
                        last,
                        *(each.cells["last_line"] for each in answer.entries),
                        *(r.lines[1] for r in answer.rejected),
                    ]
                )
            yield answer
        done = True
    except Died as fault:
        yield _the_rest(wanted.path, last, str(fault))
    finally:
        if done:
            _keep(child)
        else:
            child.end()


def _the_rest(path: str, last: int, why: str) -> Batch:
    """A batch that names the lines after the last entry as not read."""
    with open(path, "rb") as file:
        lines = sum(piece.count(b"\n") for piece in iter(lambda: file.read(MEGABYTE), b"")) + 1
    first = min(last + 1, max(lines, 1))
    rejected = Rejected((first, max(lines, first)), f"reading was stopped here: {why}")
    return Batch(rejected=[rejected], notices=[Notice(f"reading was stopped after line {last}: {why}", last)], size=2)


# --- the worker's side ---------------------------------------------------------------------------------------------
class Child:
    """A running child, and the pipe to it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        environment = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "HOME") if name in os.environ}
        self.process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [sys.executable, "-c", "from records import child; child.main()", str(limits.memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # what waits in a buffer of ours would not wake `select`
            cwd=ROOT,
            env=environment,
        )

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, wanted: Wanted, limits: Limits) -> None:
        """Send what is wanted."""
        with suppress(BrokenPipeError):  # what it died of shows in the answers
            _send(self.process.stdin, (wanted, limits.seconds))

    def answers(self, limits: Limits) -> Iterator[Opened | Batch]:
        """What the child sends until it says that the dump has ended. Raises Died."""
        while True:
            if not select.select([self.process.stdout], [], [], limits.silence)[0]:  # type: ignore[type-var]
                self.process.kill()
                raise Died(f"nothing came for {limits.silence} seconds")
            answer = _receive(self.process.stdout)
            if answer is None:
                raise Died(self._cause(limits))
            if isinstance(answer, str):
                if answer:
                    raise Died(answer)
                return
            yield answer

    def _cause(self, limits: Limits) -> str:
        code = self.process.wait()
        if code in (-24, -9):  # SIGXCPU, SIGKILL
            return f"it took more than {limits.seconds} seconds"
        return (
            f"it needed more than {limits.memory} MB of memory"
            if code in (-6, -11, 1)
            else "the reader ended without a word"
        )

    def end(self) -> None:
        """Stop the child, whatever it does."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        self.process.wait()


_local = threading.local()


def _idle(limits: Limits) -> Child:
    """This thread's idle child, or a new one."""
    child = getattr(_local, "child", None)
    _local.child = None
    if child and child.alive and child.limits.memory == limits.memory:
        return child
    if child:
        child.end()
    return Child(limits)


def _keep(child: Child) -> None:
    _local.child = child


def dismiss() -> None:
    """End this thread's idle child, where no more dumps will come."""
    child = getattr(_local, "child", None)
    _local.child = None
    if child:
        child.end()


def _send(pipe: Any, what: object) -> None:
    data = pickle.dumps(what, protocol=5)
    rest = memoryview(LENGTH.pack(len(data)) + data)
    while rest:
        rest = rest[pipe.write(rest) :]
    pipe.flush()


def _receive(pipe: Any) -> Any:
    """The next frame, or None where the pipe has ended."""
    head = _exactly(pipe, LENGTH.size)
    data = _exactly(pipe, LENGTH.unpack(head)[0]) if head else None
    return pickle.loads(data) if data else None  # noqa: S301 (our own child)


def _exactly(pipe: Any, size: int) -> bytearray | None:
    data = bytearray()
    while len(data) < size:
        piece = pipe.read(min(size - len(data), MEGABYTE))
        if not piece:
            return None
        data += piece
    return data


# --- the child's side ----------------------------------------------------------------------------------------------
def main() -> None:
    """Answer requests until the worker closes the pipe."""
    fence(int(sys.argv[1]))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while (request := _receive(requests)) is not None:
        wanted, seconds = request
        _allow(seconds)
        end = ""
        try:
            with collecting.seldom():
                for each in here(wanted):
                    _say(answers, each)
        except MemoryError:
            end = f"it needed more than {sys.argv[1]} MB of memory"
        except RecursionError:
            end = "it is nested too deeply"
        except Exception as fault:  # a reader never raises; if one does, the dump says so and the worker lives
            end = f"the reader stumbled ({type(fault).__name__})"
        _say(answers, end)


def _say(answers: Any, what: object) -> None:
    """Send a frame; where the worker is gone, there is nothing left to live for."""
    try:
        _send(answers, what)
    except BrokenPipeError:
        os._exit(0)


def fence(megabytes: int) -> None:
    """Limits that hold for the child's whole life: memory, no core file, no child of its own, no network."""
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_AS, ((megabytes + 1024) * MEGABYTE,) * 2)  # libraries are mapped too
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    sys.addaudithook(_refuse)
    with suppress(OSError):
        os.nice(5)  # people come first


def _allow(seconds: int) -> None:
    """So many seconds of a core for the dump at hand."""
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


REFUSED = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
)


def _refuse(event: str, _arguments: tuple) -> None:
    if event in REFUSED:
        raise PermissionError(f"a reader must not {event}")
