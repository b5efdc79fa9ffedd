"""The nouns of the ground floor: what was found. Every row carries its library, the tenant key of everything above.

Verbs that write stand in `records.actions` and `records.pipeline`; questions in `records.queries`.
"""

from records.models.coming_in import (
    AlreadyThere,
    Arm,
    Dump,
    DumpState,
    KnownItem,
    Library,
    RejectedStretch,
    Search,
    SourceKind,
    StretchState,
    Upload,
    dump_path,
)
from records.models.grouped import (
    Answer,
    Band,
    BlockKey,
    Choice,
    Joining,
    Kin,
    Match,
    Record,
    TextVersion,
    Work,
)
from records.models.kept import (
    Event,
    HistoryHead,
    Job,
    JobState,
)
from records.models.proposed import (
    Change,
    ChangeKind,
    Proposal,
    ProposalKind,
    ProposalState,
)
from records.models.retracted import Nature, Notice, NoticeList

__all__ = [
    "AlreadyThere",
    "Answer",
    "Arm",
    "Band",
    "BlockKey",
    "Change",
    "ChangeKind",
    "Choice",
    "Dump",
    "DumpState",
    "Event",
    "HistoryHead",
    "Job",
    "JobState",
    "Joining",
    "Kin",
    "KnownItem",
    "Library",
    "Match",
    "Nature",
    "Notice",
    "NoticeList",
    "Proposal",
    "ProposalKind",
    "ProposalState",
    "Record",
    "RejectedStretch",
    "Search",
    "SourceKind",
    "StretchState",
    "TextVersion",
    "Upload",
    "Work",
    "dump_path",
]
