"""`manage.py serve` as people run it: one terminal, web and worker; a worker that is killed loses nothing; Ctrl-C ends all."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.world import ris_entry

ROOT = Path(__file__).resolve().parent.parent
RECORDS = 2400


class Site:
    """The running site, and a signed-in person's browser without a screen."""

    def __init__(self, folder: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
        env = {**kept, "DATA_DIR": str(folder), "PORT": str(port), "SITE_URL": self.base, "JOB_STALE_SECONDS": "3"}
        command = [sys.executable, "manage.py", "serve", "--first", "migrate", "collectstatic", "demo"]
        self.said = (folder / "said.txt").open("w+")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=self.said, stderr=self.said, start_new_session=True
        )
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, place: str) -> str:
        return self.browser.open(self.base + place, timeout=20).read().decode()

    def post(self, place: str, **fields: str) -> str:
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', self.get(place))[1]
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        asked = urllib.request.Request(self.base + place, data, {"Referer": self.base + place})
        return self.browser.open(asked, timeout=30).read().decode()

    def wait_for(self, true: object, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if true():
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                pass
            time.sleep(0.15)
        self.said.seek(0)
        raise AssertionError(f"not within {seconds} seconds:\n{self.said.read()[-3000:]}")

    def children(self) -> dict[int, str]:
        """Processes of this session tree by number: what the supervisor started."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int(re.search(r"PPid:\s+(\d+)", (folder / "status").read_text())[1])
                if parent == self.process.pid:
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except (FileNotFoundError, ProcessLookupError):
                continue
        return found

    def worker(self) -> int:
        return next((pid for pid, line in self.children().items() if "db_worker" in line), 0)


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    yield site
    if site.process.poll() is None:
        os.killpg(site.process.pid, signal.SIGKILL)
    for pid in site.children():
        os.kill(pid, signal.SIGKILL)
    site.said.close()


def numbers(page: str) -> tuple[int, ...]:
    """Found, taken in, already there, rejected, as the import page says."""
    said = re.search(r"Found ([\d,]+) entries = ([\d,]+) taken in \+ ([\d,]+) already there \+ ([\d,]+) rejected", page)
    return tuple(int(each.replace(",", "")) for each in said.groups())


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="looks into /proc")
def test_a_killed_worker_loses_nothing_and_ctrl_c_ends_everything(site):
    site.wait_for(lambda: "ok" in site.get("/healthz/"), 60)
    site.post("/accounts/login/", login="robin@demo.example", password="a demo for two")
    site.post("/reviews/new/", title="Killed in the middle")
    review = max(map(int, re.findall(r"/reviews/(\d+)/", site.get("/"))))
    text = "".join(
        ris_entry("alpha", title=f"Study {n:05} of the {n * 7919 % 9973:05} kind", AU=f"N{n:05}ame, A", DO=f"10.5555/s{n}", VL="", SP="", EP="")
        for n in range(RECORDS)
    )  # fmt: skip
    place = f"/reviews/{review}/import/"
    site.post(place, source="Fictional Index", kind="database", text=text)

    site.wait_for(lambda: 200 <= numbers(site.get(place))[1] < RECORDS, 30)
    first = site.worker()
    os.kill(first, signal.SIGKILL)
    site.wait_for(lambda: site.worker() not in (0, first), 15)
    site.wait_for(lambda: numbers(site.get(place))[1] == RECORDS and "Being read now" not in site.get(place), 60)
    assert numbers(site.get(place)) == (RECORDS, RECORDS, 0, 0)
    assert f"{RECORDS:,}" in site.get(f"/reviews/{review}/library/?list=records")

    web = site.children()
    assert len(web) == 2
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(timeout=30) == 0
    for pid in web:
        assert not Path(f"/proc/{pid}").exists()
