"""Large files that come in pieces: begin, append, take the whole, sweep away what was left lying.

A piece is written before it is counted, so what is counted is there, and a broken line is mended by going on where the
count stands. The pieces lie in one file, MEDIA_ROOT/uploads/<id>, which is moved, not copied, when it becomes a dump.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from records.models import Library, Upload

PIECE_BYTES = 8 << 20  # most of one piece
MOST_OPEN = 100  # uploads of one person in one library that are under way
KEPT = timedelta(hours=48)  # since the last piece


class TooLarge(Exception):
    """The file, or the piece, is larger than this site allows."""


class TooMany(Exception):
    """This person has too many uploads under way."""


class WrongOffset(Exception):
    """The piece does not go on where the last one ended; `received` says where that is."""

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


class Whole(File):
    """A finished upload as a file that the storage may move to its place."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path.open("rb"), name=name)
        self.path = path

    def temporary_file_path(self) -> str:
        """Where it lies; a storage that sees this moves the file instead of copying it."""
        return str(self.path)


def place(key: UUID) -> Path:
    """Where the pieces of an upload lie; the name is made by us."""
    return Path(settings.MEDIA_ROOT) / "uploads" / key.hex


def begin(*, by: Any, library: Library, name: str, size: int) -> Upload:
    """Make room for a file that will come in pieces. Raises TooLarge, TooMany."""
    if not 0 < size <= settings.MAX_DUMP_BYTES:
        raise TooLarge
    if Upload.objects.filter(library=library, by=by).count() >= MOST_OPEN:
        raise TooMany
    upload = Upload.objects.create(library=library, by=by, name=name, size=size)
    path = place(upload.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    return upload


def append(upload: Upload, offset: int, piece: bytes) -> int:
    """Add a piece, and give how much is there now. Raises WrongOffset, TooLarge.

    The same piece sent twice is written to the same place, so two tries at once do no harm.
    """
    if offset != upload.received:
        raise WrongOffset(upload.received)
    if len(piece) > PIECE_BYTES or offset + len(piece) > upload.size:
        raise TooLarge
    with place(upload.pk).open("r+b") as file:
        file.seek(offset)
        file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    received = offset + len(piece)
    still = Upload.objects.filter(pk=upload.pk, received=offset)
    if not still.update(received=received, at=timezone.now()):
        upload.refresh_from_db()
        raise WrongOffset(upload.received)
    return received


def whole(by: Any, library: Library) -> QuerySet[Upload]:
    """This person's uploads that have come completely."""
    ready = Upload.objects.filter(library=library, by=by)
    return ready.filter(pk__in=[each.pk for each in ready if each.received == each.size and place(each.pk).exists()])


def claim(upload: Upload) -> Whole | None:
    """A whole upload as a file, once; inside a transaction. What nobody has moved away by its end is deleted then."""
    path = place(upload.pk)
    if not Upload.objects.filter(pk=upload.pk).delete()[0]:
        return None
    file = Whole(path, upload.name)

    def leave() -> None:
        file.close()
        path.unlink(missing_ok=True)

    transaction.on_commit(leave)
    return file


def sweep() -> int:
    """Take away uploads that nobody went on with, and files without an upload; gives how many."""
    stale = list(Upload.objects.filter(at__lt=timezone.now() - KEPT))
    for upload in stale:
        place(upload.pk).unlink(missing_ok=True)
    Upload.objects.filter(pk__in=[upload.pk for upload in stale]).delete()
    held = {key.hex for key in Upload.objects.values_list("pk", flat=True)}
    folder = Path(settings.MEDIA_ROOT) / "uploads"
    oldest = (timezone.now() - KEPT).timestamp()
    orphans = [path for path in folder.glob("*") if path.name not in held and path.stat().st_mtime < oldest]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(stale) + len(orphans)
