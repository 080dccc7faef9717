"""A report: a dated record of where work stands, with figures that are taken from the items when it is issued.

    checkpoint   of a work package, by the team manager, to the project manager
    highlight    of the project, by the project manager, to the board
    end_stage    of a stage, accepted by the board
    end_project  of the project, accepted by the board
    lessons      earlier lessons at the start, those of the project at its end

One report of a kind on a subject is missing at most. When the next interval is over, it covers that one too, and stays
due since its first day: one report on all that has happened is wanted, and not a pile of old ones.

The executive and who has to write it hear of a report that is missing after 2, 5, 10, 20 and 40 business days. A
missing checkpoint report stays inside the project: the project manager hears of it first after one business day.

Source: PRINCE2 7, practice Progress. One report for several intervals, and the distances, are ours.
"""

from __future__ import annotations

from placet import (
    SYSTEM,
    Approval,
    CheckContext,
    Duty,
    ItemType,
    Span,
    State,
    Threshold,
    Timer,
    Transition,
    Until,
    Workflow,
    business,
)
from placet_governance.roles import BUSINESS_LAYER
from placet_prince2.documents.approvals import WHOLE_BOARD
from placet_prince2.ids import PROJECT, REPORT, REPORT_ACCEPTANCE, STAGE, WORK_PACKAGE
from placet_prince2.place import PLACE
from placet_prince2.placing import PLACE_OPEN
from placet_prince2.products.acceptance import decision_ends
from placet_prince2.reasons import REASON_GIVEN
from placet_prince2.reports import effects
from placet_prince2.reports.checks import BY_THE_BOARD
from placet_prince2.reports.fields import PERIOD, SNAPSHOT, TEXTS, UNISSUED, ReportFields, ReportKind
from placet_prince2.reports.gates import ACCEPTANCE_GIVEN, DUE_REPORT_KEPT, REPORT_COMPLETE, REPORT_KIND_KEPT
from placet_prince2.roles import BOARD, EXECUTIVE, PROJECT_MANAGER, PROJECT_SUPPORT, TEAM_MANAGER

# fmt: off
WORKFLOW = Workflow(
    REPORT,
    states=[
        #     id          title       category
        State("due",      "Due",      "todo",      "It is to be written"),
        State("drafting", "Drafting", "active",    "It is being written"),
        State("issued",   "Issued",   "waiting",   "Its readers have it"),
        State("accepted", "Accepted", "done",      "Read and accepted"),
        State("dropped",  "Dropped",  "cancelled", "Its subject ended first"),
    ],
    transitions=[
        #          name             from                 to          who may
        Transition("draft_report",  ["due"],             "drafting", [PROJECT_MANAGER, TEAM_MANAGER, PROJECT_SUPPORT]),
        Transition("issue_report",  ["due", "drafting"], "issued",   [PROJECT_MANAGER, TEAM_MANAGER],
                   gates=[REPORT_COMPLETE],
                   effects=[effects.take_snapshot],
                   input=TEXTS),
        Transition("accept_report", ["issued"],          "accepted",
                                                         [*BOARD, PROJECT_MANAGER, BUSINESS_LAYER, SYSTEM],
                   gates=[ACCEPTANCE_GIVEN]),
        Transition("return_report", ["issued"],          "drafting", [EXECUTIVE, PROJECT_MANAGER],
                   gates=[REASON_GIVEN],
                   voids=[REPORT_ACCEPTANCE]),
        Transition("drop_report",   ["due", "drafting"], "dropped",  [SYSTEM, PROJECT_MANAGER],
                   gates=[REASON_GIVEN, DUE_REPORT_KEPT]),
    ],
)
# fmt: on

_EVERYTHING = tuple(name for name in ReportFields.model_fields if name not in {each.field for each in PLACE})


def silence(ctx: CheckContext) -> Span:
    """Setting: `report_silence_days`, business days."""
    return business(days=ctx.settings.report_silence_days)


def is_regular(ctx: CheckContext) -> bool:
    """Whether silence counts as having read it: of checkpoint and highlight reports alone."""
    return ctx.item.fields.kind in (ReportKind.CHECKPOINT, ReportKind.HIGHLIGHT)


def is_decided_on(ctx: CheckContext) -> bool:
    """Whether the board has to accept it."""
    return ctx.item.fields.kind in BY_THE_BOARD


def is_checkpoint(ctx: CheckContext) -> bool:
    """Whether a team reports to the project manager."""
    return ctx.item.fields.kind is ReportKind.CHECKPOINT


def is_for_above(ctx: CheckContext) -> bool:
    """Whether the project manager reports to the board or to the business layer."""
    return not is_checkpoint(ctx)


READ = Timer(
    "prince2.report_read",
    "Report read",
    starts=(),
    stops=(),
    states=("issued",),
    runs_while=is_regular,
    target=silence,
    thresholds=(Threshold(100, fires="accept_report"),),
)
ACCEPTANCE_DUE = Timer(
    "prince2.report_acceptance_due",
    "Acceptance of the report",
    starts=(),
    stops=(),
    states=("issued",),
    runs_while=is_decided_on,
    target=business(days=5),
    thresholds=(Threshold(100, notifies=(f"asked:{REPORT_ACCEPTANCE}", EXECUTIVE.id)),),
)
#: Business days after which people hear of a missing report: ever more of them lie between two messages.
_SILENCE = (2, 5, 10, 20, 40)
LATE = Timer(
    "prince2.report_late",
    "Issue of the report",
    starts=(),
    stops=(),
    states=UNISSUED,
    runs_while=is_for_above,
    target=Until("due_at"),
    thresholds=(
        Threshold(100, notifies=(PROJECT_MANAGER.id,)),
        *(
            Threshold(after=business(days=days), notifies=(EXECUTIVE.id, PROJECT_MANAGER.id))
            for days in _SILENCE
        ),
    ),
)
CHECKPOINT_LATE = Timer(
    "prince2.checkpoint_late",
    "Issue of the checkpoint report",
    starts=(),
    stops=(),
    states=UNISSUED,
    runs_while=is_checkpoint,
    target=Until("due_at"),
    thresholds=(
        Threshold(100, notifies=(TEAM_MANAGER.id,)),
        *(
            Threshold(after=business(days=days), notifies=(PROJECT_MANAGER.id, TEAM_MANAGER.id))
            for days in (1, *_SILENCE[1:])
        ),
    ),
)

#: The content that the board accepts.
_ACCEPTED = ("status_snapshot", "issues_risks_summary", "outlook")

REPORT_TYPE = ItemType(
    REPORT,
    "Report",
    description="A dated record of where work stands",
    fields=ReportFields,
    workflow=WORKFLOW,
    indexed=["project", "stage", "kind", "due_at", "issued_at"],
    frozen_in={
        "due": (*SNAPSHOT, *PERIOD),
        "drafting": (*SNAPSHOT, *PERIOD, "kind"),
        "issued": _EVERYTHING,
        "accepted": _EVERYTHING,
        "dropped": _EVERYTHING,
    },
    computed=PLACE,
    approvals=[
        Approval(
            REPORT_ACCEPTANCE,
            "Acceptance of the report",
            WHOLE_BOARD,
            material_fields=_ACCEPTED,
            expires=decision_ends,
        )
    ],
    duties=[
        Duty(
            "prince2.sod_report",
            "who writes or issues a report does not accept it",
            acts=["transition:issue_report", *(f"edit:{name}" for name in _ACCEPTED)],
            bars=[f"vote:{REPORT_ACCEPTANCE}"],
        )
    ],
    timers=[READ, ACCEPTANCE_DUE, LATE, CHECKPOINT_LATE],
    parents=[PROJECT, STAGE, WORK_PACKAGE],
    creators=[PROJECT_MANAGER, TEAM_MANAGER],
    editors=[PROJECT_MANAGER, TEAM_MANAGER, PROJECT_SUPPORT],
    creation=[PLACE_OPEN],
    editing=[REPORT_KIND_KEPT],
)
