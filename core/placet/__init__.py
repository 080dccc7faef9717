"""Placet: a governed workflow engine on which every method is a plugin.

These are the names for writing plugins, in the order of the tutorial.
"""

from typing import TYPE_CHECKING

from placet import metrics
from placet.catalog.extension import Extension
from placet.definitions.added_gates import AddedGate
from placet.definitions.agenda import CalendarEntry
from placet.definitions.approvals import Approval, Ballot, Change, Panel, Quorum, QuorumKind
from placet.definitions.calendar import BusinessCalendar, Hours, TimeLine, Timetable, Week, Weekday, week
from placet.definitions.channels import Address, AddressError, ChannelError, Message, MessageChannel
from placet.definitions.checks import Check, Effect, Gate, check, effect
from placet.definitions.confirmations import Confirmation
from placet.definitions.context import (
    ApprovalStatus,
    ApprovalView,
    CheckContext,
    ConfirmationStatus,
    ConfirmationView,
    Decision,
    EventView,
    EvidenceView,
    ItemView,
    TimeView,
    VoteView,
    WorkspaceView,
)
from placet.definitions.effect_context import EffectContext, JobContext, VerificationView
from placet.definitions.items import (
    ActorId,
    AssigneeId,
    Cardinality,
    Computed,
    Consequence,
    Fields,
    ItemKey,
    ItemType,
    Line,
    LinkType,
    Moment,
    Ref,
    Text,
    Trace,
)
from placet.definitions.jobs import Job
from placet.definitions.method import Method, Settings
from placet.definitions.metrics import Metric
from placet.definitions.misfits import faults_in
from placet.definitions.notification_rules import NotificationRule
from placet.definitions.offered_checks import CheckParams, OfferedCheck
from placet.definitions.patterns import Pattern
from placet.definitions.places import written_at
from placet.definitions.roles import SYSTEM, Appointment, Duty, Role
from placet.definitions.states import Category, State
from placet.definitions.stock import (
    actor_differs,
    approval_granted,
    children_in_state,
    empty_fields,
    evidence_present,
    fields_missing,
    fields_present,
    is_empty,
    linked_in_state,
    named,
    named_confirmed,
    nobody_left,
    reason_given,
    standing,
    unconfirmed,
)
from placet.definitions.timers import (
    ByField,
    Condition,
    Holds,
    Pause,
    Span,
    Target,
    Threshold,
    Timer,
    Until,
    business,
    elapsed,
)
from placet.definitions.verdicts import (
    Action,
    BlockedError,
    Blocker,
    GateMode,
    Outcome,
    Verdict,
    blocked,
    passed,
    strictest,
    unknown,
)
from placet.definitions.wording import Wording, plain_number, spoken_span, week_of
from placet.definitions.workflow import OPEN, SAME, Transition, Workflow
from placet.engine.act.records import EventRecord
from placet.engine.reports.event_log import WorkspaceLog
from placet.engine.rules.recurrence import FOREVER, RecurrenceRule, last_end, occurrences
from placet.errors import Fault, InvalidError, MalformedError, NotFoundError, PlacetError, nearest
from placet.hooks import hookimpl

__all__ = [
    # A workflow
    "State", "Category", "Transition", "SAME", "OPEN", "Workflow",
    # Checks and blockers
    "Check", "check", "CheckContext", "Verdict", "Outcome", "passed", "blocked", "unknown", "strictest", "Blocker",
    "Action", "Gate", "GateMode",
    # Gates that a workspace adds as data
    "AddedGate", "OfferedCheck", "CheckParams",
    # Stock checks
    "fields_present", "reason_given", "children_in_state", "linked_in_state", "approval_granted", "evidence_present",
    "named_confirmed", "actor_differs", "is_empty", "empty_fields", "fields_missing", "unconfirmed", "nobody_left",
    "standing", "named",
    # Who may
    "Role", "Appointment", "SYSTEM", "Duty", "Approval", "Panel", "Ballot", "Quorum", "QuorumKind", "Change",
    "ApprovalStatus", "Decision", "Confirmation", "ConfirmationStatus",
    # Effects
    "Effect", "effect", "EffectContext", "Consequence",
    # Items
    "ItemType", "Fields", "Computed", "Ref", "ItemKey", "ActorId", "AssigneeId", "Text", "Line", "Moment", "Pattern",
    "LinkType", "Cardinality", "Trace", "ItemView", "ApprovalView", "ConfirmationView", "VoteView", "EvidenceView",
    "WorkspaceView", "EventView", "TimeView",
    # Time, metrics and notifications
    "BusinessCalendar", "Hours", "Week", "Weekday", "week", "Timetable", "TimeLine", "Timer", "Span", "elapsed",
    "business", "Target", "Until", "ByField", "Pause", "Condition", "Holds", "Threshold", "Job", "JobContext",
    "VerificationView", "CalendarEntry", "RecurrenceRule", "occurrences", "last_end", "FOREVER", "spoken_span",
    "week_of", "plain_number", "Wording", "Metric", "metrics", "NotificationRule",
    # A plugin
    "Method", "Settings", "Extension", "hookimpl", "written_at",
    # Channels
    "MessageChannel", "Address", "Message", "AddressError", "ChannelError",
    # The log, read event by event
    "WorkspaceLog", "EventRecord",
    # Refusals
    "PlacetError", "BlockedError", "InvalidError", "Fault", "MalformedError", "NotFoundError", "nearest",
    "faults_in",
]  # fmt: skip

#: The version of the installed distribution.
__version__: str

if not TYPE_CHECKING:  # a type checker would assume that every name exists

    def __getattr__(name: str) -> str:
        """Look the version up at its first use: reading a distribution's metadata takes as long as all imports."""
        if name != "__version__":
            raise AttributeError(f'module "{__name__}" has no attribute "{name}"')
        from importlib.metadata import version  # noqa: PLC0415

        return version(__name__)
