"""Reads real files and writes them again in the same format: does every tag and every value come out?

    .venv/bin/python tools/conformance_round_trips.py FOLDER

FOLDER holds files with a `FILE.expected.json` beside each that names its format. The file and what Winnow writes of it are
taken apart by the tokenizers below, which know nothing of Winnow's readers, and compared entry by entry: every (tag, value)
must be there as often. Line ends, encoding and blanks at the ends of lines do not count. Then the written file is read by
Winnow's reader, which must find the same fields. Exit status 1 when anything is missing.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from records import readers, writers

Pairs = list[tuple[str, str]]
LISTED = 40  # misses that are printed


def _flat(value: str) -> str:
    """A value without blanks at the ends of its lines and without empty lines."""
    return "\n".join(row.strip() for row in value.split("\n") if row.strip())


def ris(text: str) -> Iterator[Pairs]:
    """The entries of a RIS file as tags with their values."""
    pairs: Pairs | None = None
    for line in text.split("\n"):
        found = re.match(r"^\s{0,3}([A-Z][A-Z0-9]{1,4})(?:\s{1,3}-(?:\s(.*))?|-\s(.*))$", line)
        if re.match(r"^\s{0,3}ER\s*-?\s*$", line):
            if pairs:
                yield pairs
            pairs = None
        elif found and found.group(1) == "TY":
            if pairs:
                yield pairs
            pairs = [("TY", found.group(2) or found.group(3) or "")]
        elif found and pairs is not None:
            pairs.append((found.group(1), found.group(2) or found.group(3) or ""))
        elif pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]}\n{line}")
    if pairs:
        yield pairs


def nbib(text: str) -> Iterator[Pairs]:
    """The entries of a MEDLINE file as tags with their values; PMID, or OWN where there is none, begins one."""
    pairs: Pairs = []
    blank = True
    for line in text.split("\n"):
        found = re.match(r"^([A-Z][A-Z0-9]{0,3})\s{0,3}-(?:\s+(.*))?$", line)
        tag = found.group(1) if found else ""
        if tag in ("PMID", "OWN") and pairs and (blank or tag in dict(pairs)):
            yield pairs
            pairs = []
        if found:
            pairs.append((tag, found.group(2) or ""))
        elif pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]}\n{line}")
        blank = not line.strip()
    if pairs:
        yield pairs


def bibtex(text: str) -> Iterator[Pairs]:
    """The entries of a BibTeX file: type, key, and fields with their values without what they stand in."""
    place = 0
    opening = re.compile(r"@\s*([A-Za-z][\w.:+-]*)\s*([{(])")
    while found := opening.search(text, place):
        line = text.rfind("\n", 0, found.start()) + 1
        if text[line : found.start()].strip(" \t\ufeff,;})"):  # prose, or an address
            place = found.end()
            continue
        end = _closing(text, found.end(), found.group(2))
        kind, place = found.group(1).lower(), end + 1
        if kind not in ("comment", "preamble", "string"):
            yield [("@", kind), *_fields(text[found.end() : end])]


def _closing(text: str, at: int, opened: str) -> int:
    """Where the brace or parenthesis closes an entry; where a line begins another entry, if it never does."""
    depth = 0
    another = re.compile(r"\n[ \t]*@[A-Za-z]+\s*\{[^{}\"=\n]*(?:,|\n)")
    limit = found.start() if (found := another.search(text, at)) else len(text)
    for place in range(at, limit):
        character = text[place]
        if depth == 0 and character == ("}" if opened == "{" else ")"):
            after = re.match(r"\s*,?\s*[\w -]+=\s*[{\"]", text[place + 1 : place + 200])
            if not after:
                return place
        depth += (character == "{") - (character == "}" and depth > 0)
    return limit


def _fields(body: str) -> Iterator[tuple[str, str]]:
    name = r"[^\s=,{}\"#%()'\\@][^=,{}\"#\n\\@]{0,60}?"
    first = re.search(rf",\s*(?={name}\s*=)|,\s*$|,[ \t]*\n", body)
    start = re.match(rf"\s*{name}\s*=", body)
    yield "@key", "" if start else (body[: first.start()] if first else body)
    at = 0 if start else (first.end() if first else len(body))
    while found := re.compile(rf"[\s,;}}]*({name})\s*=\s*").match(body, at):
        pieces: list[str] = []
        at = found.end()
        while at < len(body):
            piece, at = _piece(body, at)
            pieces.append(piece)
            joined = re.compile(r"\s*#\s*").match(body, at)
            if not joined:
                break
            at = joined.end()
        yield found.group(1), " # ".join(pieces)
        following = re.compile(rf"(?:^|[,\n]\s*)(?={name}\s*=\s*[{{\"\w])").search(body, at)
        at = following.end() if following else len(body)


def _piece(body: str, at: int) -> tuple[str, int]:
    """One value: in braces, in quotation marks, or bare."""
    if body[at] == "{":
        depth = 0
        for place in range(at, len(body)):
            depth += (body[place] == "{") - (body[place] == "}")
            if depth == 0:
                return body[at + 1 : place], place + 1
        return body[at + 1 :], len(body)
    if body[at] == '"':
        depth = 0
        for place in range(at + 1, len(body)):
            depth += (body[place] == "{") - (body[place] == "}")
            if (
                body[place] == '"'
                and depth == 0
                and re.match(r"\s*(?:,?\s*$|,\s*[^\s=]+\s*=|#|,?\s*\n\s*[\w-]+\s*=)", body[place + 1 :])
            ):
                return body[at + 1 : place], place + 1
        return body[at + 1 :], len(body)
    found = re.compile(r"[^,#\n}]*").match(body, at)
    assert found
    return found.group(0), found.end()


def endnote_xml(text: str) -> Iterator[Pairs]:
    """The records of an EndNote XML file: each element's path with its own text, and its attributes; styles are no elements."""
    text = re.sub(r"<\?xml[^>]*\?>|<!DOCTYPE[^>]*>", "", text, flags=re.I)
    root = etree.fromstring(text.encode(), etree.XMLParser(recover=True, resolve_entities=False, huge_tree=True))
    for record in root.iter("record"):
        pairs = list(_texts(record, ""))
        if any(path.rpartition("/")[2] in ("title", "author", "abstract") for path, _value in pairs):
            yield pairs  # one that a cut left without all of these is no record; its stretch is named at the intake


def _texts(element: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    yield from ((f"{path}@{name}", value) for name, value in element.attrib.items() if value.strip())
    blocks = [each for each in element if isinstance(each.tag, str) and each.tag != "style"]
    said = "".join(element.itertext()) if not blocks else element.text or ""
    if said.strip():
        yield path, said
    for each in blocks:
        yield from _texts(each, f"{path}/{each.tag}")


def csl_json(text: str) -> Iterator[Pairs]:
    """The items of a CSL-JSON file: each key with its value; a number is the same as its text."""
    for item in json.loads(text):
        yield [
            (key, value if isinstance(value, str) else json.dumps(value, sort_keys=True)) for key, value in item.items()
        ]


TOKENIZERS = {"ris": ris, "bibtex": bibtex, "nbib": nbib, "endnote_xml": endnote_xml, "csl_json": csl_json}


def written(source: readers.Source, name: str) -> tuple[str, list[readers.Draft]]:
    """A file as Winnow writes it again, and what it read."""
    drafts = [each for each in readers.read(source) if isinstance(each, readers.Draft)]
    writer = next(each for each in writers.WRITERS.values() if name == each.NAME)
    stored = json.loads(json.dumps([draft.raw for draft in drafts]))  # as a database gives it back
    return "".join(writer.write(writers.Entry(raw=raw, format=name) for raw in stored)), drafts


def compared(before: list[Pairs], after: list[Pairs]) -> tuple[int, list[str]]:
    """How many tags and values there were, and which are missing, or too many."""
    total, missed = 0, [f"{len(before)} entries came in, {len(after)} out"] if len(before) != len(after) else []
    for number, pairs in enumerate(before):
        here = Counter((tag, _flat(value)) for tag, value in pairs)
        there = Counter((tag, _flat(value)) for tag, value in after[number]) if number < len(after) else Counter()
        total += here.total()
        missed += [f"entry {number + 1} {tag}: {value[:80]!r}" for tag, value in (here - there).elements()]
        missed += [f"entry {number + 1}, too many {tag}: {value[:80]!r}" for tag, value in (there - here).elements()]
    return total, missed


def main(folder: Path) -> int:
    """Every file of these formats; 1 when anything is missing."""
    failed = 0
    for name, tokens in TOKENIZERS.items():
        files = whole = values = lost = again = 0
        said: list[str] = []
        for sidecar in sorted(folder.glob("*.expected.json")):
            path = sidecar.with_name(sidecar.name.removesuffix(".expected.json"))
            if json.loads(sidecar.read_text())["format"] != name:
                continue
            with path.open("rb") as file:
                source = readers.Source(file)
                text, drafts = written(source, name)
                total, missed = compared(list(tokens(source.text())), list(tokens(text.replace("\r\n", "\n"))))
            second = [each for each in readers.read(readers.Source.of(text)) if isinstance(each, readers.Draft)]
            same = [draft.fields for draft in drafts] == [draft.fields for draft in second]
            files, values, lost = files + 1, values + total, lost + len(missed)
            whole, again = whole + (not missed), again + same
            said += [f"  {path.name}: {each}" for each in missed]
            said += [] if same else [f"  {path.name}: what is written is read as other fields"]
        print(
            f"{name}: {whole} of {files} files whole, {values - lost} of {values} tags and values kept, {again} read the same"
        )
        for each in [*said[:LISTED], *([f"  … and {len(said) - LISTED} more"] if len(said) > LISTED else [])]:
            print(each)
        failed += whole < files or again < files
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
