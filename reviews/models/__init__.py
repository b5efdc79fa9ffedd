"""The nouns of the middle floor: what people decide. A review's primary key is its library's.

Verbs that write stand in `reviews.actions`, questions in `reviews.queries`, who may in `reviews.access`.
"""

from reviews.models.calibrating import Round, RoundWork
from reviews.models.counting import DecidedOn
from reviews.models.deciding import Adjudication, Decision, Ended, Later, Note, Outcome, State, Verdict
from reviews.models.discussing import Message, SendingBack
from reviews.models.listing import Bulk, BulkWork, SavedView
from reviews.models.marking import HighlightList, Label, Labelling, Style
from reviews.models.reporting import NotOneStudy, Report, Retrieval, Study
from reviews.models.reviewing import (
    Allocation,
    Amendment,
    CriteriaVersion,
    Criterion,
    ExclusionReason,
    Experience,
    Invitation,
    Member,
    Review,
    Role,
    Stage,
    StageName,
)
from reviews.models.teaming import Assignment, Interest, Lease

__all__ = [
    "Adjudication",
    "Allocation",
    "Amendment",
    "Assignment",
    "Bulk",
    "BulkWork",
    "CriteriaVersion",
    "Criterion",
    "DecidedOn",
    "Decision",
    "Ended",
    "ExclusionReason",
    "Experience",
    "HighlightList",
    "Interest",
    "Invitation",
    "Label",
    "Labelling",
    "Later",
    "Lease",
    "Member",
    "Message",
    "NotOneStudy",
    "Note",
    "Outcome",
    "Report",
    "Retrieval",
    "Review",
    "Role",
    "Round",
    "RoundWork",
    "SavedView",
    "SendingBack",
    "Stage",
    "StageName",
    "State",
    "Study",
    "Style",
    "Verdict",
]
