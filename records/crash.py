"""Where a worker may be made to die, to show that nothing is lost: `WINNOW_DIE_AT=3` kills it, as kill -9 does, at the third point.

Nothing happens without the variable. `make soak` and its slice in the tests use it.
"""

import os
import signal

_points = {"left": int(os.environ.get("WINNOW_DIE_AT", "0"))}


def point() -> None:
    """A moment when all rows of a transaction are written and not committed, or right after the commit."""
    if _points["left"]:
        _points["left"] -= 1
        if not _points["left"]:
            os.kill(os.getpid(), signal.SIGKILL)
