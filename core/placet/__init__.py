"""Placet: a governed workflow engine on which every method is a plugin.

These are the names that plugins are written with, in the order of the tutorial.
"""

from placet.catalog.extension import Extension
from placet.definitions.agenda import CalendarEntry
from placet.definitions.approvals import Approval, Ballot, Change, Panel, Quorum
from placet.definitions.calendar import BusinessCalendar, Hours, Timetable, week
from placet.definitions.checks import Check, Effect, Gate, check, effect
from placet.definitions.context import (
    ApprovalStatus,
    ApprovalView,
    CheckContext,
    Decision,
    EffectContext,
    EvidenceView,
    ItemView,
    JobContext,
)
from placet.definitions.figures import (
    AllOf,
    AnyOf,
    At,
    AtLeast,
    AtMost,
    Between,
    By,
    Clock,
    Count,
    Did,
    Given,
    Items,
    Linked,
    Made,
    Mean,
    Not,
    Now,
    Number,
    Percentile,
    Rate,
    Ratio,
    Share,
    Spent,
    Standing,
    Sum,
    median,
)
from placet.definitions.items import (
    ActorId,
    Cardinality,
    Computed,
    Fields,
    ItemKey,
    ItemType,
    Line,
    LinkType,
    Moment,
    Ref,
    Text,
)
from placet.definitions.jobs import Job
from placet.definitions.method import Method, Settings
from placet.definitions.metrics import Metric
from placet.definitions.notices import Notice
from placet.definitions.roles import SYSTEM, Duty, Role
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
    reason_given,
)
from placet.definitions.timers import (
    ByField,
    Holds,
    Pause,
    Span,
    Threshold,
    Timer,
    Until,
    business,
    elapsed,
)
from placet.definitions.verdicts import Action, Blocker, Outcome, Verdict, blocked, passed, strictest, unknown
from placet.definitions.workflow import OPEN, SAME, Transition, Workflow
from placet.engine.rules.recurrence import FOREVER, RecurrenceRule, last_end, occurrences
from placet.errors import BlockedError, PlacetError
from placet.hooks import hookimpl

__all__ = [
    # A workflow
    "State", "Category", "Transition", "SAME", "OPEN", "Workflow",
    # What stands in the way
    "Check", "check", "CheckContext", "Verdict", "Outcome", "passed", "blocked", "unknown", "strictest", "Blocker",
    "Action", "Gate",
    # Stock checks
    "fields_present", "reason_given", "children_in_state", "linked_in_state", "approval_granted", "evidence_present",
    "actor_differs", "is_empty", "empty_fields", "fields_missing",
    # Who may
    "Role", "SYSTEM", "Duty", "Approval", "Panel", "Ballot", "Quorum", "Change", "ApprovalStatus", "Decision",
    # What happens with it
    "Effect", "effect", "EffectContext",
    # Items
    "ItemType", "Fields", "Computed", "Ref", "ItemKey", "ActorId", "Text", "Line", "Moment", "LinkType", "Cardinality",
    "ItemView", "ApprovalView", "EvidenceView",
    # Time, figures, and who is told
    "BusinessCalendar", "Hours", "week", "Timetable", "Timer", "Span", "elapsed", "business", "Until", "ByField",
    "Pause", "Holds", "Threshold", "Job", "JobContext", "CalendarEntry", "RecurrenceRule", "occurrences", "last_end",
    "FOREVER", "Metric", "Notice",
    # What a metric is computed from
    "Items", "Standing", "Made", "Did", "At", "Now", "Between", "Number", "Spent", "Given", "Clock", "AtLeast",
    "AtMost", "By", "Linked", "Not", "AnyOf", "AllOf", "Count", "Rate", "Share", "Sum", "Mean", "Percentile",
    "median", "Ratio",
    # A plugin
    "Method", "Settings", "Extension", "hookimpl",
    # Refusals
    "PlacetError", "BlockedError",
]  # fmt: skip
