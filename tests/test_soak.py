"""A worker that is killed as by kill -9 at every commit point of an import loses nothing and doubles nothing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_an_import_of_a_thousand_records_survives_a_death_at_every_commit_point(tmp_path):
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    env |= {"RECORDS": "1000", "DATA_DIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-m", "bench.soak"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert (run.returncode, run.stderr.replace("\n", " ")[-2000:]) == (0, "")
    # Before and after the commit of each of three chunks (1,000 records, and 10 stretches that cannot be read), and of the end.
    assert run.stdout == "1,000 records, 8 workers killed, 1,000 taken in, 10 rejected: everything accounted for\n"
