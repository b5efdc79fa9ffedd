"""The acts of the history in users' words: for each verb its kind, a sentence behind the person's name, and when others
may read it.

While a stage is blinded others see only the verbs that are listed here as always open; a verb that is not listed stays
hidden until then. `{what}` in a sentence is what the act was about, the other names come from the event's detail.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(Enum):
    """What the page filters by."""

    IMPORT = "import"
    DUPLICATES = "duplicates"
    SCREENING = "screening"
    FULL_TEXTS = "full-texts"
    CODING = "coding"
    TEAM = "team"


class Seen(Enum):
    """When others may read of an act. Whoever did it always may."""

    ALWAYS = "always"  # it tells nothing of what anybody decided, nor that somebody did
    STAGE = "stage"  # its detail names a stage: once that is unblinded, for those who screen
    REPORTS = "reports"  # which works are sought tells their outcome: once title and abstract is unblinded
    LAST = "last"  # once no stage is blinded, for those who screen


@dataclass(frozen=True, slots=True)
class Act:
    """How one verb is told."""

    kind: Kind
    seen: Seen
    words: str | Promise


KINDS: dict[str, str | Promise] = {
    Kind.IMPORT.value: _("Searches and imports"),
    Kind.DUPLICATES.value: _("Duplicates"),
    Kind.SCREENING.value: _("Screening"),
    Kind.FULL_TEXTS.value: _("Full texts and studies"),
    Kind.CODING.value: _("Codes and themes"),
    Kind.TEAM.value: _("Set-up and team"),
}


def _acts(kind: Kind, seen: Seen, told: dict[str, str | Promise]) -> dict[str, Act]:
    return {verb: Act(kind, seen, words) for verb, words in told.items()}


VERBS: dict[str, Act] = {
    **_acts(Kind.IMPORT, Seen.ALWAYS, {
        "named a search": _("named the search {what}"),
        "changed a search": _("changed what is said of the search {what}"),
        "set a search aside": _("set the search {what} aside"),
        "brought a search back": _("brought the search {what} back"),
        "received a dump": _("handed {what} in"),
        "knew a dump": _("handed {what} in again: the same bytes were there already"),
        "read a dump": _("had {what} read: {found} entries found, {taken_in} taken in"),
        "looked and imported": _("looked at {what} and imported it"),
        "looked and did not import": _("looked at {what} and did not import it"),
        "mended a stretch": _("mended {what}, which had not been read"),
        "a stretch is open again": _("left {what} unread again"),
        "removed stretches": _("removed stretches of {what} that had not been read: {reason}"),
        "took a removal back": _("took back that {what} was removed"),
        "took an import back": _("took the import of {what} back"),
        "brought an import back": _("brought the import of {what} back"),
        "gave an abstract": _("pasted an abstract for {what}"),
        "took a filling back": _("took back what had been filled in for {what}"),
        "added known items": _("added {count} references to the known items"),
        "uploaded a list of retractions": _("uploaded the list of retractions “{name}”"),
        "read a list of retractions": _("had the list of retractions “{name}” read: {found} rows, {taken_in} notices"),
        "took a list of retractions back": _("took the list of retractions “{name}” back"),
        "removed known items": _("removed references from the known items"),
    }),
    # A task that was stopped may be one that takes decisions over.
    **_acts(Kind.IMPORT, Seen.LAST, {"stopped a job": _("stopped {what}")}),
    **_acts(Kind.DUPLICATES, Seen.ALWAYS, {
        "joined works": _("joined works into {what}"),
        "took a join back": _("took a join or a split back"),
        "split a record off": _("gave the record {what} a work of its own"),
        "answered a pair": _("answered for {what}: {answer}"),
        "took an answer back": _("took the answer for {what} back"),
        "asked about a pair": _("asked whether {what} are the same"),
        "confirmed a work": _("confirmed that the records of {what} belong together"),
        "took a work apart": _("took the records of {what} apart"),
        "took an import's joins apart": _("took the joins of {what} apart"),
        "chose a value": _("chose what {what} shows as {field}"),
        "took a choice back": _("let the rules say again what {what} shows as {field}"),
        "asked what would change": _("asked what other rules or many answers would change"),
        "had a proposal done": _("had {what} carried out"),
        "dropped a proposal": _("dropped {what}"),
        "had a proposal taken back": _("had {what} taken back"),
    }),
    **_acts(Kind.SCREENING, Seen.STAGE, {
        "decided": _("decided on {what} at {stage}: {verdict}"),
        "took a decision back": _("took the decision on {what} at {stage} back"),
        "settled a conflict": _("settled the conflict on {what} at {stage}: {verdict}"),
        "settled a conflict together": _("settled the conflict on {what} at {stage} together: {verdict}"),
        "decided on many works": _("decided on {count} works at {stage} at once: {verdict}"),
        "took decisions on many works back": _("took the decision on {count} works at {stage} back"),
        "took an adjudication back": _("opened the conflict on {what} at {stage} again"),
        "said something of a work": _("said something of {what} at {stage}"),
        "took back what was said of a work": _("took back what was said of {what} at {stage}"),
        "sent a work back": _("sent {what} back for a second look at {stage}"),
        "called a work back": _("called {what} back from a second look at {stage}"),
    }),
    **_acts(Kind.SCREENING, Seen.LAST, {
        "kept a view": _("kept filters of the library as the view “{name}”"),
        "changed a view": _("renamed the view “{was}” as “{name}”"),
        "deleted a view": _("deleted the view “{name}”"),
        "wrote a note": _("wrote a note on {what}"),
        "took a note away": _("took the note on {what} away"),
        "put a label on a work": _("put a label on {what}"),
        "took a label off a work": _("took a label off {what}"),
        "asked for earlier decisions": _("asked to take over the decisions in {what}"),
        "took earlier decisions over": _("took {number} decisions over from {what}"),
        "asked to take decisions back": _("asked to take back the decisions that came from {what}"),
        "took earlier decisions back": _("took {number} decisions back that came from {what}"),
    }),
    **_acts(Kind.SCREENING, Seen.ALWAYS, {
        "shared a view": _("shared filters of the library as the view “{name}”"),
        "changed a shared view": _("changed the shared view “{was}”, now “{name}”"),
        "deleted a shared view": _("deleted the shared view “{name}”"),
        "unblinded a stage": _("unblinded {what}"),
        "opened a calibration round": _("opened calibration round {round} on {what}: {count} works"),
        "changed whether a round counts": _("changed whether the decisions of calibration round {round} on {what} count"),
        "called a calibration round off": _("called calibration round {round} on {what} off"),
        "brought a calibration round back": _("went on with calibration round {round} on {what}"),
        "unblinded a round": _("closed calibration round {round} on {what} and opened its {decisions} decisions to those who screen"),
        "opened the queue after calibration": _("opened the main queue of {what} after calibration round {round}"),
        "held the queue for calibration again": _("let the queue of {what} wait for calibration round {round} again"),
        "closed a stage": _("closed {what}: nobody decides on it any more"),
        "opened a stage again": _("opened {what} again"),
    }),
    **_acts(Kind.FULL_TEXTS, Seen.REPORTS, {"set a report's retrieval": _("said of the full text of {what}: {retrieval}")}),
    # That a study was named tells that its works were included at full text.
    **_acts(Kind.FULL_TEXTS, Seen.LAST, {
        "put reports into one study": _("put reports into one study"),
        "said that reports are not one study": _("said that reports are not one study"),
        "took a report out of its study": _("took a report out of its study"),
        "suggested reports as one study again": _("let reports be suggested as one study again"),
    }),
    **_acts(Kind.CODING, Seen.LAST, {
        "coded words": _("coded words of {what} as {code}"),
        "took a coding back": _("took a coding of {what} as {code} back"),
        "made a code": _("made the code “{name}”"),
        "changed a code": _("changed the code {what}"),
        "retired a code": _("retired the code “{name}”"),
        "brought a code back": _("brought the code “{name}” back"),
        "made a theme": _("made the theme “{name}”"),
        "changed a theme": _("changed the theme {what}"),
        "retired a theme": _("retired the theme “{name}”"),
        "brought a theme back": _("brought the theme “{name}” back"),
        "put a code into a theme": _("put {code} into {what}"),
        "took a code out of a theme": _("took {code} out of {what}"),
    }),
    **_acts(Kind.TEAM, Seen.ALWAYS, {
        "set up the review": _("set up the review “{title}”"),
        "changed settings": _("changed settings: {fields}"),
        "changed the criteria": _("changed the criteria"),
        "added a reason": _("added the reason “{text}”"),
        "added a preset of reasons": _("added the reasons {added}"),
        "moved a reason": _("moved the reason “{text}”"),
        "merged a reason into another": _("let the reason “{text}” count as “{into_text}”"),
        "took a merging of reasons apart": _("let the reason “{text}” count for itself again"),
        "changed the rule of a stage": _("changed the rule of {what}: {after}"),
        "amended the protocol": _("wrote down an amendment of the protocol"),
        "said where the protocol is registered": _("said where the protocol is registered"),
        "copied the set-up of another review": _("copied the set-up of another review"),
        "copied the review as a template": _("made a new review of the set-up of this one"),
        "changed a reason": _("changed the reason “{before}” to “{after}”"),
        "added a highlight list": _("added the highlight list “{name}”"),
        "changed a highlight list": _("changed the highlight list “{name}”"),
        "moved a highlight list": _("moved the highlight list “{name}”"),
        "deleted a highlight list": _("deleted the highlight list “{name}”"),
        "added a label": _("added the label “{name}”"),
        "changed a label": _("changed the label “{name}”"),
        "invited somebody": _("made an invitation for the role {role}"),
        "joined the review": _("joined the review"),
        "withdrew an invitation": _("withdrew an invitation"),
        "changed a role": _("gave {what} the role {role}"),
        "removed a member": _("ended the membership of {what}"),
        "brought a member back": _("brought {what} back into the team"),
        "replaced a member": _("let {what} take the place of {instead_of}"),
        "handed the review over": _("handed the review over to {what}"),
        "set a guest's last day": _("set the last day of {what} as a guest: {until}"),
        "voided a member": _("voided the decisions of {what}"),
        "took a voiding back": _("let the decisions of {what} count again"),
        "said under which names": _("said under which names {what} publishes"),
        "declared an interest": _("declared an interest in {what}"),
        "lifted an interest": _("said that {whose} has no interest in {what}"),
        "brought an interest back": _("said that {whose} has an interest in {what} after all"),
        "gave works out": _("set who reads what at {what}: {how}"),
        "took a giving out back": _("brought back who read what at {what} before"),
        "set deadlines": _("set deadlines: {after}"),
        "opened how far each is": _("let everybody see on how many works each has decided"),
        "closed how far each is": _("kept to oneself again on how many works each has decided"),
    }),
}  # fmt: skip

# What of an event's detail may be read while a stage is blinded. Ids of decisions are not among it: their gaps tell.
PLAIN = frozenset(
    "source name title role text before after field fields answer found taken_in already_there rejected lines reason"
    " criteria count stage verdict retrieval changes retired added into_text on what why"
    " round how seed counts".split()
)


def verbs(*seen: Seen) -> list[str]:
    """The verbs that are open at these moments, or any of them."""
    return sorted(verb for verb, act in VERBS.items() if act.seen in seen)


def of_kind(kind: str) -> list[str]:
    """The verbs of one kind."""
    return sorted(verb for verb, act in VERBS.items() if act.kind.value == kind)


class _Words(dict):
    """The names of a sentence; one that the event does not have is an ellipsis."""

    def __missing__(self, name: str) -> str:
        return "…"


def told(verb: str, detail: dict[str, Any]) -> tuple[str, str]:
    """A sentence in two halves, round what the act was about. An unknown verb is shown as it is."""
    act = VERBS.get(verb)
    before, middle, after = str(act.words if act else verb + " {what}").partition("{what}")
    words = _Words({name: said(value) for name, value in detail.items() if name != "what"})
    if not act:
        return before, ""
    return before.format_map(words), after.format_map(words) if middle else ""


def about_something(verb: str) -> bool:
    """Whether the sentence has a place for what the act was about."""
    act = VERBS.get(verb)
    return act is None or "{what}" in str(act.words)


def said(value: Any) -> str:
    """A value of a detail as words, cut where it is long."""
    if isinstance(value, list | tuple):
        text = ", ".join(said(each) for each in value[:20])
    elif isinstance(value, dict):
        text = ", ".join(f"{name}: {said(each)}" for name, each in list(value.items())[:20])
    elif value is None or value == "":
        text = "–"
    else:
        text = str(value)
    return text if len(text) <= 300 else text[:299] + "…"
