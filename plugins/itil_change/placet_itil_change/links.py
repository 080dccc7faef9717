"""The link types of the practices.

Source: ITIL 4, practices Change enablement, Incident management and Problem management.
"""

from __future__ import annotations

from placet import Cardinality, LinkType, Trace
from placet_itil_change.ids import (
    CAUSED_BY_CHANGE,
    CAUSED_BY_PROBLEM,
    CHANGE,
    DUPLICATE_OF,
    FIXED_BY_CHANGE,
    IMPLEMENTS,
    INCIDENT,
    PROBLEM,
    RAISED_FROM,
)
from placet_itil_change.incidents.effects import mark_rework
from placet_itil_change.problems.effects import recurs

#: Gates and metrics read these links: who removes one gives a reason of at least so many characters.
_REASON = 10

LINK_TYPES = (
    LinkType(
        CAUSED_BY_PROBLEM,
        "caused by problem",
        sources=(INCIDENT,),
        targets=(PROBLEM,),
        cardinality=Cardinality.MANY_TO_ONE,
        inverse="causes",
        effects=(recurs,),
        removal_reason=_REASON,
        trace=Trace.BOTH,
    ),
    LinkType(
        CAUSED_BY_CHANGE,
        "caused by change",
        sources=(INCIDENT,),
        targets=(CHANGE,),
        inverse="caused incident",
        removal_reason=_REASON,
        trace=Trace.BOTH,
    ),
    LinkType(
        FIXED_BY_CHANGE,
        "fixed by change",
        sources=(INCIDENT, PROBLEM),
        targets=(CHANGE,),
        inverse="fixes",
        effects=(mark_rework,),
        removal_reason=_REASON,
        trace=Trace.BOTH,
    ),
    #: Items that a change delivers: products, stories and requests, of any method.
    LinkType(
        IMPLEMENTS,
        "implements",
        sources=(CHANGE,),
        inverse="implemented by",
        removal_reason=_REASON,
        trace=Trace.BOTH,
    ),
    LinkType(
        RAISED_FROM,
        "raised from",
        sources=(CHANGE, PROBLEM),
        targets=(INCIDENT,),
        cardinality=Cardinality.MANY_TO_ONE,
        inverse="led to",
        removal_reason=_REASON,
        trace=Trace.BOTH,
    ),
    LinkType(
        DUPLICATE_OF,
        "duplicate of",
        sources=(INCIDENT,),
        targets=(INCIDENT,),
        cardinality=Cardinality.MANY_TO_ONE,
        inverse="has duplicate",
        acyclic=True,
        removal_reason=_REASON,
        trace=Trace.BOTH,
    ),
)
