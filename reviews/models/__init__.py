"""The nouns of the middle floor: what people decide. A review's primary key is its library's.

Verbs that write stand in `reviews.actions`, questions in `reviews.queries`, who may in `reviews.access`.
"""

from reviews.models.deciding import Adjudication, Decision, Later, Note, Outcome, State, Verdict
from reviews.models.marking import HighlightList, Label, Labelling, Style
from reviews.models.reporting import NotOneStudy, Report, Retrieval, Study
from reviews.models.reviewing import (
    Amendment,
    CriteriaVersion,
    Criterion,
    ExclusionReason,
    Invitation,
    Member,
    Review,
    Role,
    Stage,
    StageName,
)

__all__ = [
    "Adjudication",
    "Amendment",
    "CriteriaVersion",
    "Criterion",
    "Decision",
    "ExclusionReason",
    "HighlightList",
    "Invitation",
    "Label",
    "Labelling",
    "Later",
    "Member",
    "NotOneStudy",
    "Note",
    "Outcome",
    "Report",
    "Retrieval",
    "Review",
    "Role",
    "Stage",
    "StageName",
    "State",
    "Study",
    "Style",
    "Verdict",
]
