"""Reading in a process of its own: the same entries, and a worker that survives whatever a dump does to its reader."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from records import child
from records.child import Limits, Opened, Wanted
from records.entries import Batch
from tests.world import ris

LIMITS = Limits(memory=512, seconds=20, silence=20)
SAMPLES = sorted(path for path in (Path(__file__).parent / "dumps").glob("*/*") if not path.name.endswith(".json"))


@pytest.fixture(autouse=True)
def _no_child_stays():
    yield
    child.dismiss()


@contextmanager
def reading(tmp_path, text, **wanted):
    path = tmp_path / "dump"
    path.write_text(text, encoding="utf-8")
    yield Wanted(str(path), **wanted)


def told(answers):
    """Everything that was said, as plain values."""
    out = []
    for each in answers:
        if isinstance(each, Opened):
            out.append((each.format, each.encoding))
        else:
            out += [("entry", one.cells, one.keys, one.normal.to_json(), one.fullness) for one in each.entries]
            out += [("rejected", one.lines, one.reason) for one in each.rejected]
            out += [("notice", one.line, one.text) for one in each.notices]
    return out


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_child_says_what_reading_here_says(path):
    wanted = Wanted(str(path), size=3)
    assert told(child.elsewhere(wanted, LIMITS)) == told(child.here(wanted))


def test_one_child_reads_dump_after_dump(tmp_path):
    with reading(tmp_path, ris("alpha", "bravo")) as wanted:
        first = told(child.elsewhere(wanted, LIMITS))
        number = child._local.child.process.pid
        assert told(child.elsewhere(wanted, LIMITS)) == first
        assert child._local.child.process.pid == number


def test_what_is_skipped_is_not_told_again(tmp_path):
    with reading(tmp_path, ris("alpha", "bravo", "charlie"), skip=2) as wanted:
        (entry,) = [each for each in told(child.elsewhere(wanted, LIMITS)) if each[0] == "entry"]
        assert entry[1]["title"] == told(child.here(Wanted(wanted.path)))[3][1]["title"]


def test_a_reading_that_is_left_halfway_leaves_no_process_behind(tmp_path):
    with reading(tmp_path, ris("alpha") * 500, size=1) as wanted:
        answers = child.elsewhere(wanted, LIMITS)
        next(answers), next(answers)
        answers.close()
        assert child._local.child is None
        assert not _children()


def _children():
    found = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True).stdout
    return [line for line in found.splitlines() if "child.main" in line]


# --- what a dump may do --------------------------------------------------------------------------------------------
PLANTED = """
import sys
sys.path.insert(0, {root!r})
from records import child, readers
from records.readers import ris
def read(source):
    yield from {first}
    {act}
real = ris.read
ris.read = read
child.main()
"""


def dies_of(monkeypatch, act, first="()"):
    """The next child's RIS reader yields what `first` says and then does something dreadful."""
    code = PLANTED.format(root=str(Path(child.__file__).resolve().parents[1]), act=act, first=first)
    real = subprocess.Popen

    def planted(command, **more):
        return real([command[0], "-c", code, command[-1]], **more)

    monkeypatch.setattr(child.subprocess, "Popen", planted)


DREADFUL = [
    ("rows = []\n    while True: rows.append(bytearray(1 << 20))", "it needed more than 64 MB of memory"),
    ("while True: pass", "it took more than 1 seconds"),
    ("import time\n    time.sleep(60)", "nothing came for 2 seconds"),
    ("raise ValueError('unforeseen')", "the reader stumbled (ValueError)"),
    ("f = lambda n: f(n + 1)\n    f(0)", "it is nested too deeply"),
    ("import os\n    os.kill(os.getpid(), 11)", "memory"),
]


@pytest.mark.parametrize(("act", "why"), DREADFUL, ids=["memory", "time", "silence", "fault", "depth", "crash"])
def test_a_dump_that_breaks_its_reader_is_named_as_not_read_from_there_on(tmp_path, monkeypatch, act, why):
    dies_of(monkeypatch, act, first="real(source)")
    with reading(tmp_path, ris("alpha", "bravo"), size=1) as wanted:
        lines = Path(wanted.path).read_text().count("\n") + 1
        limits = Limits(memory=64, seconds=1, silence=2 if "sleep" in act else 60)
        answers = list(child.elsewhere(wanted, limits))
    batches = [each for each in answers if isinstance(each, Batch)]
    assert [len(each.entries) for each in batches] == [1, 1, 0]
    last = batches[1].entries[0].cells["last_line"]
    (rejected,) = batches[2].rejected
    assert rejected.lines == (last + 1, lines)
    assert rejected.reason.startswith("reading was stopped here: ")
    assert why in rejected.reason


@pytest.mark.parametrize("act", [
    "import socket\n    socket.create_connection(('127.0.0.1', 9), 1)",
    "import subprocess\n    subprocess.run(['true'])",
    "import os\n    os.system('true')",
])  # fmt: skip
def test_a_reader_opens_no_connection_and_starts_no_program(tmp_path, monkeypatch, act):
    dies_of(monkeypatch, act)
    with reading(tmp_path, ris("alpha")) as wanted:
        *_rest, last = child.elsewhere(wanted, LIMITS)
    assert last.rejected[0].reason == "reading was stopped here: the reader stumbled (PermissionError)"


def test_after_a_dead_child_the_next_dump_is_read_by_a_new_one(tmp_path):
    with reading(tmp_path, ris("alpha", "bravo")) as wanted:
        first = told(child.elsewhere(wanted, LIMITS))
        os.kill(child._local.child.process.pid, signal.SIGKILL)
        child._local.child.process.wait()
        assert told(child.elsewhere(wanted, LIMITS)) == first


def test_the_child_ends_with_its_worker(tmp_path):
    code = (
        "import sys, os; from records import child\n"
        "answers = child.elsewhere(child.Wanted(sys.argv[1]), child.Limits()); list(answers)\n"
        "print(child._local.child.process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    with reading(tmp_path, ris("alpha")) as wanted:
        root = Path(child.__file__).resolve().parents[1]
        run = subprocess.run([sys.executable, "-c", code, wanted.path], cwd=root, capture_output=True, text=True)
    number = int(run.stdout)
    for _try in range(100):
        if not Path(f"/proc/{number}").exists() or "Z" in Path(f"/proc/{number}/stat").read_text().split()[2]:
            break
        import time

        time.sleep(0.05)
    else:
        raise AssertionError("the child lives on")
