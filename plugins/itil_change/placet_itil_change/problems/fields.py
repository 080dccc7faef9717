"""The fields of a problem.

Source: ITIL 4, practice Problem management: problem identification, problem control, error control.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import Fields, Line, Moment, Text
from placet_itil_change.incidents.priority import Level, Priority
from placet_itil_change.shared_fields import CauseCategory, ConfigurationItemKeys


class Source(StrEnum):
    """How a problem was found."""

    REACTIVE = "reactive"
    PROACTIVE = "proactive"
    MAJOR_INCIDENT = "major_incident"
    SUPPLIER = "supplier"


class RcaMethod(StrEnum):
    """How its cause was sought."""

    FIVE_WHYS = "five_whys"
    FISHBONE = "fishbone"
    FAULT_TREE = "fault_tree"
    TIMELINE = "timeline"
    KEPNER_TREGOE = "kepner_tregoe"


class ProblemFields(Fields):
    """A cause, or a potential cause, of incidents."""

    source: Source
    category: Line | None = None
    #: The affected configuration items.
    cis: Annotated[ConfigurationItemKeys, Field(title="Configuration items")] = ()
    #: 1 extensive, 2 significant, 3 moderate, 4 minor.
    impact: Level | None = None
    #: 1 critical, 2 high, 3 medium, 4 low.
    urgency: Level | None = None
    #: Computed from both, as for incidents.
    priority: Priority | None = None

    root_cause: Text | None = None
    rca_method: Annotated[RcaMethod | None, Field(title="Method of analysis")] = None
    cause_category: CauseCategory | None = None
    workaround: Text | None = None
    workaround_tested_at: Moment | None = None
    #: Why there can be no workaround.
    no_workaround_reason: Annotated[Text | None, Field(title="Reason for having no workaround")] = None
    #: The text that the service desk reads on matching incidents.
    known_error_article: Text | None = None

    #: How it is to be fixed; it becomes the plan of a change that is made for it.
    fix_plan: Text | None = None
    #: Sent along with `raise_fix`: make the change.
    create_change: bool | None = None
    #: Days without a new incident before it is closed.
    observation_days: Annotated[int, Field(ge=1, le=365)] = 14
    observing_since: Moment | None = None
    #: When an accepted known error is reviewed.
    review_on: Annotated[date | None, Field(title="Day of the review")] = None


#: Fields of a problem that belong together: they are asked for, and frozen, together.
CAUSE = ("root_cause", "rca_method", "cause_category")
WORKAROUND = ("workaround", "workaround_tested_at", "no_workaround_reason", "known_error_article")
