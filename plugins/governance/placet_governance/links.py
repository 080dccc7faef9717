"""The link types of governance.

Source: COBIT 2019, goals cascade; PRINCE2 7, practices risk and issues.
"""

from __future__ import annotations

from typing import Literal

from placet import Cardinality, Fields, LinkType, Trace
from placet_governance.ids import (
    ALLOCATED_TO,
    ALLOCATION,
    BENEFIT,
    COMMUNICATION,
    DECISION,
    ENABLES,
    FOLLOW_ON,
    INFORMS,
    LESSON,
    OBJECTIVE,
    RAISED_FROM,
    REALISES,
    RECORDS,
    REPLACED_BY,
    RISK,
    SERVES,
    TRAINING,
)

_ONE = Cardinality.MANY_TO_ONE


class Contribution(Fields):
    """The contribution of an item to an objective."""

    #: 1 is secondary, 2 is primary, as in the cascade's own tables.
    contribution: Literal[1, 2] = 1


LINK_TYPES = (
    LinkType(SERVES, "serves", targets=(OBJECTIVE,), inverse="served by", attributes=Contribution,
             trace=Trace.TARGET),
    LinkType(REALISES, "realizes", targets=(BENEFIT,), inverse="realized by", trace=Trace.TARGET),
    LinkType(RECORDS, "records", sources=(DECISION,), cardinality=_ONE, inverse="decided by", trace=Trace.BOTH),
    LinkType(INFORMS, "informs of", sources=(COMMUNICATION,), inverse="announced by", trace=Trace.BOTH),
    LinkType(ENABLES, "enables", sources=(TRAINING,), inverse="enabled by", trace=Trace.BOTH),
    LinkType(REPLACED_BY, "replaced by", sources=(DECISION,), targets=(DECISION,), cardinality=Cardinality.ONE_TO_ONE,
             inverse="replaces", acyclic=True, trace=Trace.BOTH),
    LinkType(RAISED_FROM, "raised from", sources=(RISK, LESSON), inverse="led to", trace=Trace.BOTH),
    LinkType(FOLLOW_ON, "followed on by", sources=(RISK,), cardinality=_ONE, inverse="inherited from",
             trace=Trace.BOTH),
    LinkType(ALLOCATED_TO, "allocated to", sources=(ALLOCATION,), cardinality=_ONE, inverse="worked on by"),
)  # fmt: skip
