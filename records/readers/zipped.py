"""A ZIP of dumps: each file in it is read by its own reader. Archives inside archives are named, not opened.

Line numbers count inside the file; a notice of every entry names its file, so that `raw` stays as the file has it.
"""

import tempfile
import zipfile
from collections.abc import Iterator
from copy import copy
from typing import IO, BinaryIO, cast

from records.readers import archive
from records.readers.archive import FAULTS, MAGIC, Refused
from records.readers.base import CHUNK, Draft, Notice, Rejected, Source, Yielded

NAME = "zip"
LABEL = "ZIP archive of dumps"

INSIDE = True  # lines count inside a member, not in the dump
IN_MEMORY = 8 << 20  # bytes; a longer member is unpacked to disk
FURNITURE = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini")
READ_ME = ("readme", "read_me", "read-me", "read me", "license", "licence", "copying", "changelog")
OFFICE = {
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a presentation",
    "content.xml": "an OpenDocument file",
}


def recognises(head: str) -> bool:
    """Characters tell nothing about an archive."""
    return False


def recognises_bytes(start: bytes, file: BinaryIO) -> bool:
    """The bytes every ZIP archive begins with."""
    return start.startswith(MAGIC)


def read(source: Source) -> Iterator[Yielded]:
    """What each member's reader yields; members that are not read are named with the reason."""
    try:
        opened = archive.opened(source.file)
    except Refused as refusal:
        yield Rejected((1, 1), f"the ZIP was not read: {refusal}")
        return
    names = set(opened.namelist())
    if kind := next((kind for name, kind in OFFICE.items() if name in names), ""):
        yield Rejected((1, 1), f"this is {kind}, which holds no records in a form that could be read")
        return
    any_entry = False
    for info in opened.infolist():
        if info.filename.endswith("/"):  # a folder; a damaged archive has members without a name
            continue
        for each in _member(opened, info):
            any_entry = any_entry or not isinstance(each, Notice)
            yield each
    if not any_entry:
        yield Rejected((1, 1), "the ZIP holds no file with records", "\n".join(sorted(names)))


def outside(name: str) -> bool:
    """Whether a name leads out of the folder one would unpack into."""
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or (len(parts[0]) == 2 and parts[0].endswith(":"))


def passed_over(name: str) -> bool:
    """Whether a name is an operating system's furniture or a read-me."""
    parts = [part.casefold() for part in name.replace("\\", "/").split("/")]
    hidden = any(part in FURNITURE or part.startswith("._") for part in parts)
    stem = parts[-1].partition(".")[0]
    return hidden or stem in READ_ME


def _member(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[Yielded]:
    name = shown(info.filename)
    if outside(info.filename):
        yield Notice(f"{name} was refused: its name leads out of the archive")
    elif passed_over(info.filename):
        yield Notice(f"{name} was passed over: it holds no records")
    elif info.file_size == 0:
        yield Notice(f"{name} was passed over: it is empty")
    else:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as unpacked:
            fault = _unpack(opened, info, unpacked)
            if fault and not unpacked.tell():
                yield Rejected((1, 1), f"{name} was not read: {fault}")
                return
            yield from _read(name, cast(BinaryIO, unpacked))
            if fault:
                yield Rejected((1, 1), f"{name} is damaged; what could be unpacked of it was read ({fault})")


def _unpack(opened: zipfile.ZipFile, info: zipfile.ZipInfo, to: IO[bytes]) -> str:
    """Copies a member's bytes as far as they can be unpacked; what was wrong with it, or nothing."""
    fault = _copy(opened, info, to)
    if "CRC" in fault:  # every byte is there, but some are not what they were
        unchecked = copy(info)
        del unchecked.CRC
        to.seek(0)
        to.truncate()
        _copy(opened, unchecked, to)
    return fault


def _copy(opened: zipfile.ZipFile, info: zipfile.ZipInfo, to: IO[bytes]) -> str:
    try:
        with archive.member(opened, info) as stream:
            while data := stream.read(CHUNK):
                to.write(data)
    except (Refused, *FAULTS) as fault:
        return str(fault) or type(fault).__name__
    return ""


def _read(name: str, file: BinaryIO) -> Iterator[Yielded]:
    """The entries of one member, by the reader that knows it."""
    from records import readers

    file.seek(0)
    if file.read(4) in MAGIC and not readers.xlsx.recognises_bytes(MAGIC[0], file):
        yield Rejected((1, 1), f"{name} was not read: an archive inside an archive is not opened")
        return
    source = Source(file)
    reader = readers.sniff(source)
    count = 0
    for each in readers.read(source):
        if isinstance(each, Draft):
            count += 1
            each.notices.append(f"from {name} in the archive")
        elif isinstance(each, Rejected):
            each.reason = f"in {name}: {each.reason}"
        else:
            each.text = f"{name}: {each.text}"
        yield each
    if reader is not readers.plain:
        yield Notice(f"{name} was read as {reader.LABEL}: {count} {'entry' if count == 1 else 'entries'}")


def shown(name: str) -> str:
    """A member's name for a person, whatever bytes it is made of."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name)[:200]
