"""Decisions that a team took elsewhere, as its tool's export states them: Rayyan, ASReview, Covidence, EPPI-Reviewer, Winnow.

In come (heading, text) pairs: a column with its cell, a key with its value, or a note without a heading. Out come decisions
`{"by", "verdict", "stage", "reason", "labels"}` and labels. What says nothing plain is no decision; nothing is guessed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

TITLE_ABSTRACT, FULL_TEXT = "title-abstract", "full-text"
STAGES = (TITLE_ABSTRACT, FULL_TEXT)
VERDICTS = {
    **dict.fromkeys(("include", "included", "yes", "relevant", "accept", "accepted", "retain", "in", "eligible"), "include"),
    **dict.fromkeys(("exclude", "excluded", "no", "irrelevant", "reject", "rejected", "out", "ineligible", "not relevant"),
                    "exclude"),
    **dict.fromkeys(("maybe", "unsure", "unclear", "undecided", "uncertain", "neutral"), "maybe"),
}  # fmt: skip
FLAGS = {"1": "include", "1.0": "include", "0": "exclude", "0.0": "exclude", "true": "include", "false": "exclude"}
# Columns (as `plain` spells them) that hold a verdict: the stage, and whether 1 and 0 are verdicts there.
VERDICT_COLUMNS = {
    "asreview label": (TITLE_ABSTRACT, True), "label included": (TITLE_ABSTRACT, True), "included label": (TITLE_ABSTRACT, True),
    "included": (TITLE_ABSTRACT, True), "include": (TITLE_ABSTRACT, True), "included flag": (TITLE_ABSTRACT, True),
    "abstract included": (TITLE_ABSTRACT, True), "label abstract included": (TITLE_ABSTRACT, True),
    "label abstract screening": (TITLE_ABSTRACT, True), "final included": (FULL_TEXT, True), "included final": (FULL_TEXT, True),
    "label included final": (FULL_TEXT, True), "decision": (TITLE_ABSTRACT, False), "screening decision": (TITLE_ABSTRACT, False),
    "verdict": (TITLE_ABSTRACT, False), "screening status": (TITLE_ABSTRACT, False), "status": (TITLE_ABSTRACT, False),
    "title/abstract decision": (TITLE_ABSTRACT, False), "title and abstract decision": (TITLE_ABSTRACT, False),
    "abstract decision": (TITLE_ABSTRACT, False), "full text decision": (FULL_TEXT, False),
    "full-text decision": (FULL_TEXT, False), "full text status": (FULL_TEXT, False),
}  # fmt: skip
REASON_COLUMNS = {
    "exclusion reason",
    "exclusion reasons",
    "reason for exclusion",
    "reasons for exclusion",
    "excluded because",
}
LABEL_COLUMNS = {"labels", "asreview tags", "rayyan-labels"}
NOTE_COLUMNS = {"notes", "note", "n1", "user notes", "exported notes", "exported notes 1", "rayyan-inclusion",
                "rayyan-exclusion-reasons", "comments"}  # fmt: skip
# One of these stands in every note that states a decision.
HINTS = ("RAYYAN-", "ASReview_", "xclusion reason", "CLUDE on", "clude on", "Title and abstract: ", "Full text: ")
RAYYAN = re.compile(r"RAYYAN-(INCLUSION|LABELS|EXCLUSION-REASONS)\s*:?")
PERSON = re.compile(r'"([^"]{0,200})"\s*(?:=>|:)\s*"(\w{1,20})"')
ASREVIEW = re.compile(r"\bASReview_(relevant|irrelevant)\b")
COVIDENCE = re.compile(r"^\s*Exclusion reasons?:\s*([^;\n]{1,300})", re.M)
EPPI = re.compile(r"^[\d.\s]{0,8}(in|ex)clude[ds]?\b(?:\s+(?:on|based on|at|by)\b|\s*[-–:])\s*([^\n]{1,200})$", re.I)
OWN = re.compile(r"^(Title and abstract|Full text): ([^\n]{1,300})$")
OWN_STAGES = {"Title and abstract": TITLE_ABSTRACT, "Full text": FULL_TEXT}
OUTCOME, BECAUSE = "outcome", ", reason"
STAGE_WORDS = re.compile(
    r"^(?:the )?(?:(title(?: ?(?:&(?:amp;)?|and|/|\+) ?abstract)?|abstract|t ?& ?a|ti ?/ ?ab|title/abstract)|"
    r"(full[ -]?(?:text|report|paper)s?))(?: screening| stage)?\b[\s:–-]*(.*)$",
    re.I,
)


@dataclass(slots=True)
class Found:
    """What the pairs state: decisions by (person, stage), reasons that name no person, labels."""

    decisions: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    reasons: dict[str, list[str]] = field(default_factory=dict)  # by stage; "" for any
    labels: dict[str, None] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)  # verdicts without a person, by stage
    because: dict[str, str] = field(default_factory=dict)  # the outcome's reason by stage

    def say(self, by: str, stage: str, verdict: str, reason: str = "") -> None:
        """One decision; of two by the same person at the same stage the first counts."""
        row = {"by": by, "verdict": verdict, "stage": stage, "reason": reason, "labels": []}
        self.decisions.setdefault((by, stage), row)

    def label(self, text: str, separators: str) -> None:
        """Labels in a list."""
        for each in re.split(f"[{separators}\n]", text):
            if each := each.strip():
                self.labels[each] = None


def plain(heading: str) -> str:
    """A heading as the tables above spell it."""
    return " ".join(heading.replace("_", " ").casefold().split())


def column(heading: str) -> bool:
    """Whether a column or key of this name may state decisions or labels."""
    key = plain(heading)
    if key in VERDICT_COLUMNS or key in REASON_COLUMNS or key in LABEL_COLUMNS or key in NOTE_COLUMNS:
        return True
    return bool(OWN.match(heading.strip()) or EPPI.match(heading.strip()))


def note(text: str) -> bool:
    """Whether a note may state a decision: a quick look."""
    return any(hint in text for hint in HINTS)


def read(pairs: Iterable[Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """The decisions and the labels that these pairs state. Takes any values and never raises."""
    found = Found()
    for pair in pairs:
        if isinstance(pair, dict):
            _given(found, pair)
            continue
        heading, text = pair if isinstance(pair, tuple | list) and len(pair) == 2 else ("", pair)
        if isinstance(heading, str) and isinstance(text, str) and text.strip():
            _pair(found, heading.strip(), text.strip())
    return _together(found), list(found.labels)


def _together(found: Found) -> list[dict[str, Any]]:
    """The decisions with the reasons that name no person at those which exclude, and the record's labels at each."""
    said = {stage for _by, stage in found.decisions}
    for stage, verdict in found.outcomes.items():
        if stage not in said:  # a sum tells nothing new beside the decisions that made it
            found.say("", stage, verdict, found.because.get(stage, ""))
    for row in found.decisions.values():
        if row["verdict"] == "exclude" and not row["reason"]:
            row["reason"] = "; ".join(dict.fromkeys([*found.reasons.get(row["stage"], []), *found.reasons.get("", [])]))
        row["labels"] = list(found.labels)
    return list(found.decisions.values())


def _given(found: Found, row: dict[Any, Any]) -> None:
    """A decision in the very form in which this module gives it out."""
    by, stage, verdict, reason = (row.get(key) for key in ("by", "stage", "verdict", "reason"))
    if stage in STAGES and verdict in ("include", "exclude", "maybe"):
        found.say(
            by if isinstance(by, str) else "", str(stage), str(verdict), reason if isinstance(reason, str) else ""
        )


def _pair(found: Found, heading: str, text: str) -> None:
    key = plain(heading)
    if key in VERDICT_COLUMNS:
        stage, flags = VERDICT_COLUMNS[key]
        word = text.casefold()
        if verdict := VERDICTS.get(word) or (FLAGS.get(word) if flags else None):
            found.outcomes.setdefault(stage, verdict)
    elif key in REASON_COLUMNS:
        found.reasons.setdefault("", []).append(text)
    elif key in LABEL_COLUMNS:
        found.label(text.strip("[]"), ";," if ";" not in text else ";")
    elif key == "tags":  # Covidence's
        found.label(text, ";")
    elif key in ("rayyan-inclusion", "rayyan-exclusion-reasons"):
        _rayyan(found, f"{heading.upper()}: {text}")
    elif OWN.match(heading):
        _own(found, heading, text)
    elif code := EPPI.match(heading):
        _code(found, code)
    else:
        _note(found, text)


def _note(found: Found, text: str) -> None:
    """What a note says in the words of one of the tools."""
    if "RAYYAN-" in text:
        _rayyan(found, text)
    if mark := ASREVIEW.search(text):
        found.say("", TITLE_ABSTRACT, "include" if mark.group(1) == "relevant" else "exclude")
    for reason in COVIDENCE.findall(text):  # Covidence has reasons at the full text only
        found.say("", FULL_TEXT, "exclude", reason.strip())
    for line in text.split("\n") if "clude" in text or "CLUDE" in text else ():
        if code := EPPI.match(line.strip()):
            _code(found, code)
    for line in text.split("\n") if "Title and abstract: " in text or "Full text: " in text else ():
        column, _colon, said = line.strip().rpartition(": ")
        because, reason_mark, reason = line.strip().partition(f"{BECAUSE}: ")
        if reason_mark and OWN.match(because):
            _own(found, because + BECAUSE, reason)
        elif OWN.match(column):
            _own(found, column, said)


def _rayyan(found: Found, text: str) -> None:
    """`RAYYAN-INCLUSION: {"Ann"=>"Included"} | RAYYAN-LABELS: a,b | RAYYAN-EXCLUSION-REASONS: c,d`"""
    marks = list(RAYYAN.finditer(text))
    for mark, after in zip(marks, [*(mark.start() for mark in marks), len(text)][1:], strict=False):
        said = text[mark.end() : after]
        if mark.group(1) == "INCLUSION":
            for person, word in PERSON.findall(said.partition("}")[0]):
                if verdict := VERDICTS.get(word.casefold()):
                    found.say(person, TITLE_ABSTRACT, verdict)
            continue
        words = said.partition("|")[0].partition("\n")[0]
        if mark.group(1) == "LABELS":
            found.label(words, ",")
        else:
            found.reasons.setdefault("", []).extend(each.strip() for each in words.split(",") if each.strip())


def _code(found: Found, code: re.Match[str]) -> None:
    """EPPI-Reviewer's codes: "EXCLUDE on title & abstract" names the stage, "EXCLUDE on population" the reason."""
    verdict = "include" if code.group(1).casefold() == "in" else "exclude"
    stage, reason = TITLE_ABSTRACT, code.group(2).strip()
    if words := STAGE_WORDS.match(reason):
        stage, reason = FULL_TEXT if words.group(2) else TITLE_ABSTRACT, words.group(3).strip(" ()")
    found.say("", stage, verdict, reason if verdict == "exclude" else "")


def _own(found: Found, heading: str, text: str) -> None:
    """Winnow's own columns: "Title and abstract: Ann", "Title and abstract: Ann, reason", "Full text: outcome"."""
    place = OWN.match(heading)
    if place is None:
        return
    stage, who = OWN_STAGES[place.group(1)], place.group(2).strip()
    if who.endswith(BECAUSE):
        who = who.removesuffix(BECAUSE)
        if who == OUTCOME:
            found.because[stage] = text
        elif row := found.decisions.get((who, stage)):
            row["reason"] = text
        return
    if verdict := VERDICTS.get(text.casefold()):
        if who == OUTCOME:
            found.outcomes[stage] = verdict
        else:
            found.say(who, stage, verdict)
