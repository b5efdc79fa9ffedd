"""What ZIP archives and Excel files share: a look inside that no bomb survives, and members opened with a limit."""

import struct
import zipfile
import zlib
from io import BufferedIOBase
from typing import IO, BinaryIO

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
MOST_MEMBERS = 10_000
MOST_UNPACKED = 4 << 30  # bytes of all members together
MOST_RATIO = 200  # unpacked to packed; text packs to a fifth, zeros to a thousandth
SMALL = 10 << 20  # below this any ratio is harmless
FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    ValueError,
    MemoryError,
    struct.error,
)


class Refused(Exception):
    """An archive or member is not opened; the text says why, in a plain sentence."""


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """The archive in a file. Raises Refused where it is damaged or unpacks to more than it should."""
    try:
        file.seek(0)
        archive = zipfile.ZipFile(file)
    except FAULTS as fault:
        raise Refused(f"the archive is damaged or cut off ({fault})") from None
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise Refused(f"the archive holds {len(members)} files; more than {MOST_MEMBERS} are not opened")
    total = sum(member.file_size for member in members)
    if total > MOST_UNPACKED:
        raise Refused(f"the archive would unpack to {total:,} bytes; more than {MOST_UNPACKED:,} are not opened")
    return archive


def swells(member: zipfile.ZipInfo) -> bool:
    """Whether a member says that it unpacks to far more than any text does."""
    return member.file_size > SMALL and member.file_size > MOST_RATIO * max(1, member.compress_size)


class Limited(BufferedIOBase):
    """A member's bytes, never more than it says it has; what the archive says may be a lie."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        super().__init__()
        self.stream = stream
        self.left = most

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.stream.close()
        super().close()

    def read(self, size: int | None = -1) -> bytes:
        wanted = self.left + 1 if size is None or size < 0 else min(size, self.left + 1)
        data = self.stream.read(wanted)
        self.left -= len(data)
        if self.left < 0:
            raise Refused("a file in the archive is larger than the archive says")
        return data


def member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Limited:
    """A member opened for reading. Raises Refused where it swells, is locked or is damaged."""
    if info.flag_bits & 1:
        raise Refused("it is locked with a password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("it is packed in a way that is not read here")
    if swells(info):
        raise Refused(f"it would swell from {info.compress_size:,} to {info.file_size:,} bytes")
    try:
        return Limited(archive.open(info), info.file_size)
    except FAULTS as fault:
        raise Refused(f"it is damaged ({fault})") from None
