"""Export of any list, in constant memory: the records, and the decisions, outcomes, notes and labels that the member may see.

What may not be seen is never fetched. Writing a format is `records.writers`' work; none is known by name here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from records import composing, retractions
from records.models import Record, Work
from records.writers import WRITERS, Entry
from records.writers.csv_table import COLUMNS
from reviews import access, lists, marks
from reviews.models import Decision, Member, Outcome, Report, Retrieval, StageName, State, Verdict

BATCH = 500  # rows of a list that are in memory at a time
# Fields of an entry that a table has no column for.
FURTHER = ("alt_titles", "affiliations")
# 1 and 0 as a tool that learns from decisions wants them; a maybe goes on. What is open or in conflict is neither.
INCLUDED = {State.INCLUDED: 1, State.EXCLUDED: 0, Verdict.INCLUDE: 1, Verdict.MAYBE: 1, Verdict.EXCLUDE: 0}


@dataclass(slots=True)
class Judged:
    """What people said of one work: words by column, and whether it is included at title and abstract."""

    said: dict[str, str] = field(default_factory=dict)
    included: int | None = None


@dataclass(slots=True)
class Judgements:
    """Columns of what people said, in the order in which they stand in a table, and how to fill them for a batch.

    `spoken` is (stage, member) by column; `totals` the stages whose outcome is open to the member.
    """

    member: Member
    spoken: dict[tuple[str, int], str] = field(default_factory=dict)
    totals: list[str] = field(default_factory=list)
    others: bool = False
    imported: set[str] = field(
        default_factory=set
    )  # columns with decisions made elsewhere; they have one more beside them
    noticed: dict[int, list[str]] = field(default_factory=dict)  # works that were retracted or corrected

    @classmethod
    def open_to(cls, member: Member) -> "Judgements":
        """The columns for this member; two members of one name are told apart by their number."""
        shown = access.decisions_shown_to(member).order_by("stage", "member").distinct()
        names: dict[tuple[str, int], str] = {}
        imported: set[str] = set()
        for stage, who, name, dump in shown.values_list("stage", "member", "member__user__name", "imported_from"):
            column = f"{_stage(stage)}: {name or who}"
            if (stage, who) not in names:
                names[stage, who] = f"{column} ({who})" if column in names.values() else column
            if dump:
                imported.add(names[stage, who])
        totals = [stage for stage in StageName.values if access.sees_totals(member, stage)]
        others = all(access.sees_all(member, stage) for stage in StageName.values)
        held = retractions.of_library(member.review_id) if getattr(member, "noticed", True) else {}
        return cls(member, names, totals, others, imported, held)

    @property
    def columns(self) -> list[str]:
        """Every column's name: decisions with their reasons, outcomes with theirs, retrieval, notes, labels."""
        names = [*self.spoken.values(), *(_outcome(stage) for stage in self.totals)]
        columns = [column for name in names for column in (name, _because(name), *self._from(name))]
        return [
            *columns,
            *([_("Retrieval")] if StageName.TITLE_ABSTRACT in self.totals else []),
            _("Notes"),
            _("Labels"),
            *([_("Retraction or correction")] if self.noticed else []),
        ]

    def _from(self, column: str) -> tuple[str, ...]:
        return (_imported(column),) if column in self.imported else ()

    def of(self, works: list[int]) -> dict[int, Judged]:
        """What was said of each of these works; a query for each kind of judgement, however many works."""
        judged = {work: Judged() for work in works}
        screened = StageName.TITLE_ABSTRACT
        decisions = access.decisions_shown_to(self.member).filter(work__in=works)
        decisions = decisions.select_related("reason", "imported_from")
        for row in decisions.order_by("pk"):
            if column := self.spoken.get((row.stage, row.member_id)):
                _say(judged[row.work_id].said, column, Verdict(row.verdict).label, row)
                if row.imported_from:
                    judged[row.work_id].said[_imported(column)] = row.imported_from.name
            if row.stage == screened and screened not in self.totals:  # then these are the member's own
                judged[row.work_id].included = INCLUDED.get(Verdict(row.verdict))
        outcomes = Outcome.objects.filter(review=self.member.review_id, work__in=works, stage__in=self.totals)
        for each in outcomes.select_related("reason"):
            _say(judged[each.work_id].said, _outcome(each.stage), State(each.state).label, each)
            if each.stage == screened:
                judged[each.work_id].included = INCLUDED.get(State(each.state))
        if screened in self.totals:
            included = {"work__outcomes__stage": screened, "work__outcomes__state": State.INCLUDED}
            reports = Report.objects.filter(review=self.member.review_id, work__in=works, **included)
            for work, retrieval in reports.values_list("work", "retrieval"):
                judged[work].said[_("Retrieval")] = str(Retrieval(retrieval).label)
        self._notes(works, judged)
        for work, puts in marks.put_on(self.member, works).items():
            judged[work].said[_("Labels")] = "; ".join(put.name for put in puts)
        for work in self.noticed.keys() & judged.keys():
            words = "; ".join(said for _nature, said in retractions.in_words(self.noticed[work]))
            judged[work].said[_("Retraction or correction")] = words
        return judged

    def _notes(self, works: list[int], judged: dict[int, Judged]) -> None:
        """Own notes; everybody's, with the writer's name, once no stage is blinded."""
        notes = access.notes_shown_to(self.member).filter(record__work__in=works).order_by("pk")
        for work, name, text in notes.values_list("record__work", "member__user__name", "text"):
            said = f"{name}: {text}" if self.others else text
            before = judged[work].said.get(_("Notes"))
            judged[work].said[_("Notes")] = f"{before}\n{said}" if before else said


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


def _imported(column: str) -> str:
    return _("%s, imported from") % column


def entries(member: Member, named: lists.NamedList, judgements: Judgements) -> Iterator[Entry]:
    """The rows of a list, as it stood at the beginning, in batches with a constant number of queries each."""
    keys = list(lists.rows_of(named, member).values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        if named.of == "records":
            yield from _records(batch, judgements)
        else:
            yield from _works(batch, named.of, judgements)


def _records(keys: list[int], judgements: Judgements) -> Iterator[Entry]:
    records = Record.objects.select_related("search", "dump").in_bulk(keys)
    judged = judgements.of(list({record.work_id for record in records.values()}))
    for record in (records[key] for key in keys if key in records):
        yield _entry(record, record, [record], (), judged[record.work_id])


def _works(keys: list[int], of: str, judgements: Judgements) -> Iterator[Entry]:
    if of == "reports":
        held = Report.objects.select_related("work").in_bulk(keys)
        works = [held[key].work for key in keys if key in held]
    else:
        rows = Work.objects.in_bulk(keys)
        works = [rows[key] for key in keys if key in rows]
    judged = judgements.of([work.pk for work in works])
    for card in composing.cards(works):
        lent = tuple(card.filled.keys() | card.chosen.keys())
        yield _entry(card, card.record, card.records, lent, judged[card.work.pk], word_for_word=not card.chosen)


def _entry(
    shown: Any,
    lead: Record,
    records: list[Record],
    lent: tuple[str, ...],
    judged: Judged,
    *,
    word_for_word: bool = True,
) -> Entry:
    """One row from a record or a card: the lead's fields, those it lacks (`lent`) from the work's other records.

    `word_for_word`: a file of the format that the lead came in repeats its lines; not where a person chose another value.
    """
    extra = lead.extra
    values = {name: extra[name] if name in extra else getattr(shown, name, None) for name in (*COLUMNS, *FURTHER)}
    values["sources"] = list(dict.fromkeys(record.search.source for record in records))
    values["work"], values["record"], values["included"] = lead.work_id, lead.pk, judged.included
    return Entry(values, lead.raw, lead.dump.format if word_for_word else "", (*lead.filled, *lent), judged.said)


def export(*, member: Member, named: lists.NamedList, suffix: str) -> Iterator[str | bytes]:
    """A list as a file in pieces: `named` from `lists.named`, `suffix` a key of `records.writers.WRITERS`."""
    judgements = Judgements.open_to(member)
    pieces: Iterator[str | bytes] = WRITERS[suffix].write(entries(member, named, judgements), judgements.columns)
    return pieces
