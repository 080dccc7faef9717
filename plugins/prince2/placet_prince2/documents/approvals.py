"""The decision on a management product: by the board, by interests, or by one person.

The board decides with the approval of its executive, once users and suppliers are heard. A rejection by either of them
stops it, until the executive overrides the objection, with a reason that is kept.

Source: PRINCE2 7, practice Organizing: the executive has the final word on the board.
"""

from __future__ import annotations

from placet import Approval, Ballot, CheckContext, Duty, Panel, Quorum
from placet_prince2.document_kinds import BY_THE_BOARD, Kind
from placet_prince2.documents.fields import DECIDED
from placet_prince2.ids import BOARD_DECISION
from placet_prince2.products.acceptance import decision_ends
from placet_prince2.roles import BOARD, EXECUTIVE, PROJECT_MANAGER, SENIOR_SUPPLIER, SENIOR_USER

EXECUTIVE_ALONE = Panel(Ballot([EXECUTIVE], Quorum.any(), veto=[EXECUTIVE]))
#: One person may hold two interests, whose vote counts for both.
WHOLE_BOARD = Panel(
    Ballot([EXECUTIVE], Quorum.any(), veto=[EXECUTIVE]),
    Ballot([SENIOR_USER], Quorum.heard(), veto=[SENIOR_USER]),
    Ballot([SENIOR_SUPPLIER], Quorum.heard(), veto=[SENIOR_SUPPLIER]),
    combined=True,
)


def deciders(ctx: CheckContext) -> Panel:
    """Those who decide on a document of its kind."""
    fields = ctx.item.fields
    if fields.kind in BY_THE_BOARD:
        return EXECUTIVE_ALONE if fields.override_reason else WHOLE_BOARD
    if fields.kind is Kind.BENEFITS_APPROACH:
        return Panel(Ballot([EXECUTIVE], Quorum.any()), Ballot([SENIOR_USER], Quorum.any()), combined=True)
    if fields.kind is Kind.TEAM_PLAN:
        return Panel(Ballot([PROJECT_MANAGER], Quorum.any()))
    return EXECUTIVE_ALONE


DECISION = Approval(
    BOARD_DECISION,
    "Decision on the document",
    deciders,
    material_fields=DECIDED,
    expires=decision_ends,
    asked=[*BOARD, PROJECT_MANAGER],
)
DUTIES = (
    Duty(
        "prince2.sod_own_plan",
        "who writes or submits a document does not decide on it",
        acts=["transition:submit", *(f"edit:{name}" for name in DECIDED)],
        bars=[f"vote:{BOARD_DECISION}"],
        remedy="let the project manager write and submit it",
    ),
)
