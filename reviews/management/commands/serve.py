"""`manage.py serve`: one supervisor for web server and task worker; Ctrl-C stops both.

Every few seconds it also queues again the jobs whose worker died.
"""

import os
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from records import jobs, uploads
from records.child import dismiss

TICK = 5.0
GRACE = 15.0
HOUR = 3600.0


class Command(BaseCommand):
    swept = 0.0  # when uploads left lying were looked for last

    help = "Serve the site and read dumps: web server and task worker in one terminal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", default=os.environ.get("PORT", "8000"))
        parser.add_argument(
            "--first", nargs="+", default=[], metavar="COMMAND", help="commands to run before, such as migrate"
        )
        parser.add_argument("--web-only", action="store_true", help="only the web server")
        parser.add_argument("--worker-only", action="store_true", help="only the task worker")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in options["first"]:  # in this process: starting Python three times more costs seconds
            call_command(name, **({} if name == "demo" else {"verbosity": 0, "interactive": False}))
        dismiss()  # the demo was read by one
        wanted: dict[str, list[str]] = {}
        if not options["worker_only"]:
            wanted["web"] = web_command(options["host"], options["port"])
        if not options["web_only"]:
            worker = [sys.executable, "manage.py", "db_worker", "--interval", "0.3", "-v", "0"]
            wanted["worker"] = ["nice", "-n", "10", *worker]  # who screens meanwhile comes first
        sys.exit(supervise(wanted, tick=None if options["web_only"] else self.tick))

    def tick(self) -> None:
        """Take up jobs that died, and sweep away uploads that nobody finished. A database that is away for a moment is no reason to stop serving."""
        close_old_connections()
        try:
            jobs.take_up_stale()
            if time.monotonic() - self.swept > HOUR:
                self.swept = time.monotonic()
                uploads.sweep()
        except Exception as fault:
            self.stderr.write(f"stale jobs and uploads could not be looked at: {fault}")


def web_command(host: str, port: str) -> list[str]:
    """The web server: two processes of four threads, measured best on two cores."""
    granian = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--log-level",
        "warning",
        "--host",
        host,
        "--port",
        str(port),
    ]
    return [*granian, "--workers", "2", "--blocking-threads", "4", "--no-ws", "config.wsgi:application"]


def supervise(commands: dict[str, list[str]], tick: Any = None) -> int:
    """Run commands until one is told to stop; a child that dies is started again, five times at most in a minute."""
    running = {name: start(command) for name, command in commands.items()}
    deaths: dict[str, list[float]] = {name: [] for name in commands}
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    last = 0.0
    code = 0
    while not stopping:
        for name, child in list(running.items()):
            if child.poll() is None or stopping:
                continue
            deaths[name] = [t for t in deaths[name] if t > time.monotonic() - 60] + [time.monotonic()]
            if len(deaths[name]) > 5:
                print(f"{name} keeps stopping; giving up", file=sys.stderr)
                stopping, code = True, 1
                break
            running[name] = start(commands[name])
        if tick and time.monotonic() - last > TICK:
            last = time.monotonic()
            tick()
        time.sleep(0.2)
    end(running)
    return code


def start(command: list[str]) -> subprocess.Popen:
    """A child in a session of its own, so that Ctrl-C reaches the supervisor alone and children end in order."""
    return subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)


def end(running: dict[str, subprocess.Popen]) -> None:
    """Ask all children to stop, wait, then insist."""
    for child in running.values():
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    for child in running.values():
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
