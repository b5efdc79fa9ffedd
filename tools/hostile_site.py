"""The running site as the hostile files see it: started on a folder and port of its own, asked over HTTP, its processes watched.

Every process of the site reports through Python's audit hooks what it connects to and what it writes outside its folder.
"""

import http.cookiejar
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENDED = ("read", "not_understood", "known", "failed", "undone")
MEGABYTE = 1 << 20
# Every process of the site says what it does by writing to a file that is open from the start.
REPORTER = """
import os, sys
_log = os.open(os.environ["HOSTILE_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
_inside = tuple(os.environ["HOSTILE_INSIDE"].split(os.pathsep))
def _say(*words):
    os.write(_log, (" ".join(map(ascii, words)) + "\\n").encode())
def _hook(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "os.system"):
        _say(event, *args[1:] if event.startswith("socket.c") else args)
    elif event == "open":
        path, mode, flags = args
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if isinstance(path, str) and flags and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            if not os.path.abspath(path).startswith(_inside):
                _say(event, path)
    elif event in ("os.rename", "os.symlink", "os.link", "os.mkdir"):
        path = args[1] if event != "os.mkdir" else args[0]
        if isinstance(path, str) and not os.path.abspath(path).startswith(_inside):
            _say(event, path)
sys.addaudithook(_hook)
"""


@dataclass
class Answer:
    """A page as it came."""

    status: int
    text: str
    headers: Message
    body: bytes = b""


@dataclass
class Site:
    """The running site, and a signed-in owner's browser without a screen."""

    folder: Path
    root: Path = ROOT
    bad: list[str] = field(default_factory=list)  # answers of 500 and tracebacks, since the last file

    def __post_init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.data, self.log = self.folder / "data", self.folder / "log.txt"
        for name in ("data", "tmp", "site"):
            (self.folder / name).mkdir()
        (self.folder / "site" / "sitecustomize.py").write_text(REPORTER)
        kept = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        }
        env = kept | {
            "DATA_DIR": str(self.data), "PORT": str(self.port), "SITE_URL": self.base, "TMPDIR": str(self.folder / "tmp"),
            "PYTHONPATH": str(self.folder / "site"), "PYTHONDONTWRITEBYTECODE": "1", "HOSTILE_LOG": str(self.log),
            "HOSTILE_INSIDE": os.pathsep.join((str(self.data), str(self.folder / "tmp"), "/dev/null", "/dev/shm", "/proc/self")),
        }  # fmt: skip
        self.said = (self.folder / "said.txt").open("w+")
        command = [sys.executable, "manage.py", "serve", "--first", "migrate", "collectstatic", "demo"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=self.said, stderr=self.said, start_new_session=True
        )
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, place: str) -> Answer:
        """A page; answers of 500 and tracebacks are remembered."""
        return self.ask(urllib.request.Request(self.base + place))  # noqa: S310

    def ask(self, asked: urllib.request.Request) -> Answer:
        """Any answer, whatever its status."""
        try:
            with self.browser.open(asked, timeout=120) as came:
                body = came.read()
                answer = Answer(came.status, body.decode("utf-8", "replace"), came.headers, body)
        except urllib.error.HTTPError as fault:
            body = fault.read()
            answer = Answer(fault.code, body.decode("utf-8", "replace"), fault.headers, body)
        if answer.status >= 500:
            self.bad.append(f"{answer.status} from {asked.full_url}")
        if "Traceback (most recent" in answer.text:
            self.bad.append(f"a traceback in {asked.full_url}")
        return answer

    def post(self, place: str, fields: dict[str, str], file: tuple[str, bytes] | None = None) -> Answer:
        """A form as a browser sends it, with a file or without; line ends and quotation marks of names are escaped."""
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', self.get(place).text)
        fields = {"csrfmiddlewaretoken": token[1] if token else "", **fields}
        mark = "----hostile" + os.urandom(8).hex()
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        if file:
            name = (
                file[0].replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22").encode("utf-8", "surrogatepass")
            )
            head = (
                b'Content-Disposition: form-data; name="files"; filename="'
                + name
                + b'"\r\nContent-Type: application/octet-stream\r\n\r\n'
            )
            parts.append(f"--{mark}\r\n".encode() + head + file[1] + b"\r\n")
        body = b"".join(parts) + f"--{mark}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}", "Referer": self.base + place}
        return self.ask(urllib.request.Request(self.base + place, body, headers))  # noqa: S310

    def rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        """Rows of the site's database, read only."""
        with sqlite3.connect(f"file:{self.data}/winnow.sqlite3?mode=ro", uri=True, timeout=30) as database:
            database.row_factory = sqlite3.Row
            asked = " AND ".join(f"{name} = ?" for name in where)
            order = " ORDER BY id" if table != "reviews_review" else " ORDER BY library_id"
            return [
                dict(row)
                for row in database.execute(f"SELECT * FROM {table} WHERE {asked or '1'}{order}", (*where.values(),))
            ]

    def new_review(self, title: str) -> int:
        """A fresh review of the signed-in owner."""
        self.post("/reviews/new/", {"title": title})
        return self.rows("reviews_review")[-1]["library_id"]

    def upload(
        self, review: int, name: str, data: bytes, watch: Any = None, most: float = 60
    ) -> tuple[dict | None, str, float]:
        """Import a file and wait for its end: the dump's row (None where none came to be), the answer, seconds."""
        start = time.monotonic()
        answer = self.post(f"/reviews/{review}/import/", {"source": "Hostile", "kind": "database"}, (name, data))
        while dumps := self.rows("records_dump", library_id=review):
            waiting = any(job["state"] in ("waiting", "running") for job in self.rows("records_job", library_id=review))
            if (dumps[-1]["state"] in ENDED and not waiting) or time.monotonic() - start > most:
                return dumps[-1], answer.text, time.monotonic() - start
            if watch:
                watch()
            time.sleep(0.03)
        return None, answer.text, time.monotonic() - start

    def tree(self) -> dict[int, tuple[int, str]]:
        """The processes of the site: number -> (parent, command)."""
        found: dict[int, tuple[int, str]] = {}
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, TypeError):
                parent = int(re.search(r"PPid:\s+(\d+)", (place / "status").read_text())[1])
                found[int(place.name)] = (parent, (place / "cmdline").read_text().replace("\0", " "))
        ours, grown = {self.process.pid}, True
        while grown:
            more = {pid for pid, (parent, _line) in found.items() if parent in ours} - ours
            ours |= more
            grown = bool(more)
        return {pid: found[pid] for pid in ours if pid in found}

    def workers(self) -> list[int]:
        """The worker's process, then those that it started."""
        tree = self.tree()
        found = [
            pid for pid, (_parent, line) in tree.items() if "db_worker" in line and tree[pid][0] == self.process.pid
        ]
        for pid in found:
            found.extend(each for each, (parent, _line) in tree.items() if parent == pid and each not in found)
        return found

    def stop(self) -> None:
        """End the site and whatever it started."""
        started = list(self.tree())
        self.process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        for pid in started:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.said.close()


def memory(pid: int, name: str = "VmRSS") -> int:
    """Bytes of memory that a process holds, or held at most (VmHWM); 0 for one that is gone."""
    with suppress(OSError):
        found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) * 1024 if found else 0
    return 0


def sockets(pids: list[int]) -> set[str]:
    """Connections over the network that these processes hold at this moment."""
    inodes = set()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").glob("*"):
            with suppress(OSError):
                if found := re.fullmatch(r"socket:\[(\d+)\]", os.readlink(handle)):
                    inodes.add(found[1])
    held = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            cells = line.split()
            if cells[9] in inodes:
                held.add(f"{table} {cells[2]}")
    return held


class Watch:
    """What the worker and its children take, looked at while they read."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.workers = site.workers()
        for pid in self.workers:  # forget the high-water marks of earlier files
            with suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")
        self.before = {pid: memory(pid) for pid in self.workers}
        self.most: dict[int, int] = {}
        self.connections: set[str] = set()
        self.looks = 0

    def __call__(self) -> None:
        self.looks += 1
        if self.looks % 8 == 1:  # the tree costs more to look at
            self.now = self.site.workers()
            self.connections |= sockets(self.now)
        for pid in self.now:
            self.most[pid] = max(self.most.get(pid, 0), memory(pid, "VmHWM"))

    def extra(self) -> float:
        """Megabytes above what was held before, of the process that took most. A new process counts from a bare reader's 40."""
        self()
        return (
            max((most - self.before.get(pid, 40 * MEGABYTE) for pid, most in self.most.items()), default=0) / MEGABYTE
        )
