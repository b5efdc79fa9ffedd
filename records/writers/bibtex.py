"""BibTeX: what came from BibTeX goes out with its type, its key and every field word for word; other entries are
written from their fields, special characters as commands of LaTeX.

A month or another name for a text stays that name; the @string that says what it stands for is written before the
entry that needs it. In a damaged value a brace that closes or opens nothing gets a partner: it would end the entry.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from records.readers.bibtex import TYPES
from records.readers.bibtex_entry import MACRO
from records.readers.bibtex_names import SUFFIX as NAME_SUFFIX
from records.writers.base import CONTROL, Entry, in_pieces, is_whole, lines

NAME = "bibtex"
LABEL = "BibTeX"
SUFFIX = "bib"
MEDIA_TYPE = "application/x-bibtex; charset=utf-8"
PURPOSE = "For LaTeX, JabRef, Zotero and Mendeley."

# Field of ours: its field in BibTeX.
FIELDS = {
    "title": "title", "authors": "author", "editors": "editor", "year": "year", "journal": "journal", "volume": "volume",
    "issue": "number", "pages": "pages", "doi": "doi", "pmid": "pmid", "pmcid": "pmcid", "issn": "issn",
    "publisher": "publisher", "accession": "accession-number", "language": "language", "keywords": "keywords",
    "urls": "url", "affiliations": "affiliation", "abstract": "abstract",
}  # fmt: skip
TYPE = {words: kind for kind, words in reversed(TYPES.items())} | {"": "misc"}
IN_BOOKS = {"book chapter", "conference paper"}
AS_THEY_ARE = {"doi", "urls"}  # programs take them so
LONE_AND = re.compile(r"(?<![^\s,])and(?![^\s,])", re.I)
NOTES = ("annote", "annotation", "comment", "winnow")  # the first that the entry does not use holds what people said
MARKERS = {"@type", "@key", "@bare", "@string"}
SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "%": r"\%", "&": r"\&", "$": r"\$", "#": r"\#", "_": r"\_",
    "--": "-{}-", "``": "`{}`", "''": "'{}'",
}  # fmt: skip
BRACE = re.compile(r"[{}]")
TO_ESCAPE = re.compile(r"[\\{}~^%&$#_]|-(?=-)|`(?=`)|'(?=')")


def write(entries: Iterable[Entry], columns: Sequence[str] = ()) -> Iterator[str]:
    """The entries; what people said of one stands in its annote."""
    return in_pieces(_all(entries, columns))


def _all(entries: Iterable[Entry], columns: Sequence[str]) -> Iterator[str]:
    defined: dict[str, str] = {}  # names for texts, as they stand where the file has got to
    for number, entry in enumerate(entries, 1):
        if entry.came_as(NAME, "@type"):
            yield from _strings(entry, defined)
            head, rows = _verbatim(entry)
            names = [name for name in FIELDS if name in entry.filled]
        else:
            head, rows, names = f"@{_kind(entry)}{{{_key(entry, number)}", _further(entry), list(FIELDS)
        rows += [(_name(entry, name), f"{{{value}}}") for name in names if (value := _field(entry, name))]
        notes = entry.notes(columns)
        if notes:
            used = {name.casefold() for name, _value in rows}
            free = next((name for name in NOTES if name not in used), NOTES[-1])
            rows.append((free, f"{{{escaped('; '.join(notes))}}}"))
        yield f"{head},\n" + "".join(f"  {name} = {value},\n" for name, value in rows) + "}\n\n"


def _kind(entry: Entry) -> str:
    """The type of an entry; what BibTeX has no type for is an article where it stands in a journal."""
    return TYPE.get(entry.kind) or ("article" if entry.texts("journal") else "misc")


def _further(entry: Entry) -> list[tuple[str, str]]:
    """What BibTeX has no field of its own for: the kind in words, other addresses, trial registrations."""
    notes = [f"Trial registration: {each}" for each in entry.unsaid_trials()]
    notes += [f"Also at {each}" for each in entry.texts("urls")[1:]]
    rows = [("type", f"{{{escaped(entry.text('type'))}}}")] if entry.kind not in TYPE else []
    return [*rows, *([("note", f"{{{escaped('; '.join(notes))}}}")] if notes else [])]


def _strings(entry: Entry, defined: dict[str, str]) -> Iterator[str]:
    """What the entry's names stand for, where the file does not say so yet."""
    for tag, said, *_line in entry.raw:
        if tag == "@string":
            name, _is, value = said.partition(" = ")
            if defined.get(name) != value:
                defined[name] = value
                yield f"@string{{{name} = {{{balanced(value[1:-1])}}}}}\n\n"


def _verbatim(entry: Entry) -> tuple[str, list[tuple[str, str]]]:
    """The entry as it was read: its head and its fields with what they stand in."""
    kind = key = ""
    bare: list[str] = []
    rows: list[tuple[str, str]] = []
    for tag, value, *_line in entry.raw:
        if tag == "@type":
            kind = value
        elif tag == "@key":
            key = value
        elif tag == "@bare":
            bare = value.split(", ")
        elif tag not in MARKERS:
            if tag in bare and _stands_alone(value):
                bare.remove(tag)
                rows.append((tag, value))
            else:
                rows.append((tag, f"{{{balanced(value)}}}"))
    return f"@{kind}{{{key}", rows


def _stands_alone(value: str) -> bool:
    """Whether a value is a name for a text, or several texts put together, and needs no braces around it."""
    whole = balanced(value) == value and value.count('"') % 2 == 0
    return whole and (MACRO.fullmatch(value) is not None or "#" in value)


def balanced(value: str) -> str:
    """A value whose braces match: one that closes or opens nothing gets a partner at the beginning or at the end."""
    depth = lowest = 0
    for brace in BRACE.findall(value):
        depth += 1 if brace == "{" else -1
        lowest = min(lowest, depth)
    return "{" * -lowest + value + "}" * (depth - lowest)


def escaped(text: str) -> str:
    """Plain text as LaTeX prints it."""
    return TO_ESCAPE.sub(lambda found: SPECIAL.get(found.group(0), found.group(0) + "{}"), CONTROL.sub("", text))


def _name(entry: Entry, name: str) -> str:
    if name == "journal" and entry.kind in IN_BOOKS:
        return "booktitle"
    if name == "issn" and len(re.sub(r"\W", "", entry.text("issn"))) > 8:
        return "isbn"
    return FIELDS[name]


def _field(entry: Entry, name: str) -> str:
    """One field as the inside of its braces."""
    values = entry.texts(name)
    if not values:
        return ""
    if name in ("authors", "editors"):
        return " and ".join(map(_person, values))
    if name == "keywords":
        return _keywords(values)
    if name == "affiliations":
        return escaped("; ".join(" ".join(each.split()) for each in values))
    if name == "pages":
        return re.sub(r"(?<=\w)-(?=\w)", "--", escaped(values[0]), count=1)
    if name in AS_THEY_ARE:
        return re.sub(r"[{}\\\s]", lambda found: f"%{ord(found.group(0)):02X}", values[0].strip())
    return escaped(
        "\n\n".join(" ".join(row.split()) for row in lines("\n".join(values)))
    )  # an empty line is TeX's line end


def _person(name: str) -> str:
    """A name as BibTeX has it: a suffix in the middle, a group in braces of its own, and so the word that parts names."""
    pieces = [piece.strip() for piece in name.split(",")]
    if len(pieces) == 3 and NAME_SUFFIX.fullmatch(pieces[2]):
        name = f"{pieces[0]}, {pieces[2]}, {pieces[1]}"
    elif (" " in name or is_whole(name)) and (len(pieces) != 2 or " and " in name or not all(pieces)):
        return f"{{{escaped(name)}}}"
    return LONE_AND.sub(r"{\g<0>}", escaped(name))


def _keywords(words: list[str]) -> str:
    """Words apart by commas, or by semicolons where one of them holds a comma; one that holds a semicolon is in braces."""
    words = [" ".join(CONTROL.sub("", word).split()) for word in words]
    between = "; " if any("," in word for word in words) else ", "
    listed = between.join(f"{{{escaped(word)}}}" if ";" in word else escaped(word) for word in words)
    return f"{listed};" if len(words) == 1 and "," in listed else listed


def _key(entry: Entry, number: int) -> str:
    """A key for an entry that has none: first author, year and its place in the file."""
    family = unicodedata.normalize("NFKD", entry.text("authors").partition(",")[0])
    return f"{re.sub('[^a-z]', '', family.lower()) or 'anonymous'}{entry.text('year')}-{number}"
