"""Export of any list, in constant memory: the records, and the decisions, outcomes and notes that the member may see.

What may not be seen is never fetched. Writing a format is `records.writers`' work.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from records import queries as found
from records.models import Record, Work
from records.readers import ris as ris_reader
from records.writers import csv_table, ris
from reviews import access, lists
from reviews.models import Decision, Member, Outcome, Report, Retrieval, StageName, State, Verdict

BATCH = 500  # rows of a list that are in memory at a time


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the list: what it shows by field name, its RIS lines word for word, and its judgements by column."""

    fields: dict[str, Any]
    raw: list
    filled: tuple[str, ...]
    judged: dict[str, str]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its name in words, its content type, and what makes text of columns and items."""

    label: str
    content_type: str
    write: Callable[[list[str], Iterable[Item]], Iterator[str]]


@dataclass(slots=True)
class Judgements:
    """Columns of what people said, in the order in which they stand in a table, and how to fill them for a batch.

    `spoken` is (stage, member) by column; `totals` the stages whose outcome is open to the member.
    """

    member: Member
    spoken: dict[tuple[str, int], str] = field(default_factory=dict)
    totals: list[str] = field(default_factory=list)
    others: bool = False

    @classmethod
    def open_to(cls, member: Member) -> "Judgements":
        """The columns for this member; two members of one name are told apart by their number."""
        shown = access.decisions_shown_to(member).order_by("stage", "member").distinct()
        names: dict[tuple[str, int], str] = {}
        for stage, who, name in shown.values_list("stage", "member", "member__user__name"):
            column = f"{_stage(stage)}: {name or who}"
            names[stage, who] = f"{column} ({who})" if column in names.values() else column
        totals = [stage for stage in StageName.values if access.sees_totals(member, stage)]
        return cls(member, names, totals, all(access.sees_all(member, stage) for stage in StageName.values))

    @property
    def columns(self) -> list[str]:
        """Every column's name: decisions with their reasons, outcomes with theirs, retrieval, notes."""
        names = [*self.spoken.values(), *(_outcome(stage) for stage in self.totals)]
        columns = [column for name in names for column in (name, _because(name))]
        return [*columns, *([_("Retrieval")] if StageName.TITLE_ABSTRACT in self.totals else []), _("Notes")]

    def of(self, works: list[int]) -> dict[int, dict[str, str]]:
        """For each of these works the filled columns; a query for each kind of judgement, however many works."""
        judged: dict[int, dict[str, str]] = {work: {} for work in works}
        decisions = access.decisions_shown_to(self.member).filter(work__in=works).select_related("reason")
        for row in decisions.order_by("pk"):
            if column := self.spoken.get((row.stage, row.member_id)):
                _say(judged[row.work_id], column, Verdict(row.verdict).label, row)
        outcomes = Outcome.objects.filter(review=self.member.review_id, work__in=works, stage__in=self.totals)
        for each in outcomes.select_related("reason"):
            _say(judged[each.work_id], _outcome(each.stage), State(each.state).label, each)
        if StageName.TITLE_ABSTRACT in self.totals:
            included = {"work__outcomes__stage": StageName.TITLE_ABSTRACT, "work__outcomes__state": State.INCLUDED}
            reports = Report.objects.filter(review=self.member.review_id, work__in=works, **included)
            for work, retrieval in reports.values_list("work", "retrieval"):
                judged[work][_("Retrieval")] = str(Retrieval(retrieval).label)
        self._notes(works, judged)
        return judged

    def _notes(self, works: list[int], judged: dict[int, dict[str, str]]) -> None:
        """Own notes; everybody's, with the writer's name, once no stage is blinded."""
        notes = access.notes_shown_to(self.member).filter(record__work__in=works).order_by("pk")
        for work, name, text in notes.values_list("record__work", "member__user__name", "text"):
            said = f"{name}: {text}" if self.others else text
            before = judged[work].get(_("Notes"))
            judged[work][_("Notes")] = f"{before}\n{said}" if before else said


def _say(row: dict[str, str], column: str, words: Any, judgement: Decision | Outcome) -> None:
    row[column] = str(words)
    if judgement.reason:
        row[_because(column)] = judgement.reason.text


def _stage(stage: str) -> str:
    return str(capfirst(StageName(stage).label))


def _outcome(stage: str) -> str:
    return _("%s: outcome") % _stage(stage)


def _because(column: str) -> str:
    return _("%s, reason") % column


def items(member: Member, named: lists.NamedList, judgements: Judgements) -> Iterator[Item]:
    """The rows of a list, as it stood at the beginning, in batches with a constant number of queries each."""
    keys = list(lists.rows_of(named, member).values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        if named.of == "records":
            yield from _records(batch, judgements)
        else:
            yield from _works(batch, named.of, judgements)


def _records(keys: list[int], judgements: Judgements) -> Iterator[Item]:
    records = Record.objects.select_related("search", "dump").in_bulk(keys)
    judged = judgements.of(list({record.work_id for record in records.values()}))
    for record in (records[key] for key in keys if key in records):
        yield _item(record, record, [record], {}, judged[record.work_id])


def _works(keys: list[int], of: str, judgements: Judgements) -> Iterator[Item]:
    if of == "reports":
        held = Report.objects.select_related("work").in_bulk(keys)
        works = [held[key].work for key in keys if key in held]
    else:
        rows = Work.objects.in_bulk(keys)
        works = [rows[key] for key in keys if key in rows]
    judged = judgements.of([work.pk for work in works])
    for card in found.cards(works):
        yield _item(card, card.record, card.records, card.filled, judged[card.work.pk])


# Our fields in a table's order, with the names that our own reader and most tools understand.
COLUMNS = {
    "title": "Title", "authors": "Authors", "year": "Year", "journal": "Journal", "volume": "Volume", "issue": "Issue",
    "pages": "Pages", "doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "issn": "ISSN", "accession": "Accession number",
    "abstract": "Abstract", "keywords": "Keywords", "language": "Language", "type": "Type", "publisher": "Publisher",
    "urls": "URL", "trial_registrations": "Trial registrations",
}  # fmt: skip
OWN_COLUMNS = {"sources": "Found in", "work": "Work in Winnow", "record": "Record in Winnow"}
NAMES = COLUMNS | OWN_COLUMNS


def _item(shown: Any, lead: Record, records: list[Record], filled: dict[str, Any], judged: dict[str, str]) -> Item:
    """One row from a record or a card: the lead's fields, those it lacks from the work's other records."""
    extra = lead.extra
    values = {name: extra[name] if name in extra else getattr(shown, name, None) for name in (*COLUMNS, "editors")}
    values["sources"] = list(dict.fromkeys(record.search.source for record in records))
    values["work"], values["record"] = lead.work_id, lead.pk
    raw = lead.raw if lead.dump.format == ris_reader.NAME else []
    return Item(values, raw, tuple(filled), judged)


def _csv(columns: list[str], rows: Iterable[Item]) -> Iterator[str]:
    table = ({**{NAMES[name]: item.fields[name] for name in NAMES}, **item.judged} for item in rows)
    return csv_table.write([*NAMES.values(), *columns], table)


def _ris(columns: list[str], rows: Iterable[Item]) -> Iterator[str]:
    def entry(item: Item) -> dict[str, Any]:
        notes = [f"{column}: {item.judged[column]}" for column in columns if column in item.judged]
        return {**item.fields, "raw": item.raw, "filled": item.filled, "notes": notes}

    return ris.write(entry(item) for item in rows)


FORMATS = {
    "csv": Format(csv_table.LABEL, csv_table.CONTENT_TYPE, _csv),
    "ris": Format(ris.LABEL, ris.CONTENT_TYPE, _ris),
}


def export(*, member: Member, named: lists.NamedList, file_format: str) -> Iterator[str]:
    """A list as a file in pieces: `named` from `lists.named`, `file_format` a key of FORMATS."""
    judgements = Judgements.open_to(member)
    return FORMATS[file_format].write(judgements.columns, items(member, named, judgements))
