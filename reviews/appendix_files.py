"""The search appendix as files: Markdown for a supplement, CSV for a table. Plain structure in, text out."""

import csv
import io
import re

from records.writers.csv_table import MARK, harmless
from reviews.appendix import Item

SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
TICKS = re.compile(r"`{3,}")


def markdown(title: str, heading: str, items: list[Item]) -> str:
    """A Markdown text: each item under its number, strategies as they were run in code blocks."""
    out = [f"# {_plain(title)}", "", heading, ""]
    for item in items:
        out += [f"## {item.number}. {item.name}", ""]
        out += [f"- {_plain(line)}" for line in item.lines]
        for name, text in item.quoted:
            fence = "`" * max(3, 1 + max(map(len, TICKS.findall(text)), default=0))
            out += ["", f"### {_plain(name)}", "", fence + "text", text.replace("\r\n", "\n"), fence]
        if item.table:
            head, *rows = item.table
            out += ["", _row(head), _row(["---"] * len(head)), *map(_row, rows)]
        out.append("")
    return "\n".join(out)


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return "| " + " | ".join(cell if cell == "---" else _plain(cell) for cell in cells) + " |"


def _plain(text: str) -> str:
    """Words that Markdown leaves as they are, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def table(items: list[Item]) -> str:
    """CSV: a row an item, a source's strategy or a row of a table under the item's number; formulas made harmless."""
    out = io.StringIO()
    out.write(MARK)
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(["Number", "Item", "About", "Text"])
    for item in items:
        for line in item.lines:
            rows.writerow(map(harmless, [item.number, item.name, "", line]))
        for name, text in item.quoted:
            rows.writerow(map(harmless, [item.number, item.name, name, text]))
        for name, *cells in item.table[1:]:
            told = "; ".join(f"{head}: {cell}" for head, cell in zip(item.table[0][1:], cells, strict=True))
            rows.writerow(map(harmless, [item.number, item.name, name, told]))
    return out.getvalue()
