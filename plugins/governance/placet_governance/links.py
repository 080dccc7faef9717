"""How items of governance hang together with everything else.

Source: COBIT 2019, goals cascade; PRINCE2 7, practices risk and issues. Our choice: links carry no figures, so that a
contribution of 1 and one of 2 to an objective are two kinds of link.
"""

from __future__ import annotations

from placet import Cardinality, LinkType
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
    SERVES_STRONGLY,
    TRAINING,
)

_ONE = Cardinality.MANY_TO_ONE

LINK_TYPES = (
    LinkType(SERVES, "serves", targets=(OBJECTIVE,), inverse="served by"),
    LinkType(SERVES_STRONGLY, "serves strongly", targets=(OBJECTIVE,), inverse="served strongly by"),
    LinkType(REALISES, "realises", targets=(BENEFIT,), inverse="realised by"),
    LinkType(RECORDS, "records", sources=(DECISION,), cardinality=_ONE, inverse="decided by"),
    LinkType(INFORMS, "informs of", sources=(COMMUNICATION,), inverse="announced by"),
    LinkType(ENABLES, "enables", sources=(TRAINING,), inverse="enabled by"),
    LinkType(REPLACED_BY, "replaced by", sources=(DECISION,), targets=(DECISION,), cardinality=Cardinality.ONE_TO_ONE,
             inverse="replaces"),
    LinkType(RAISED_FROM, "raised from", sources=(RISK, LESSON), cardinality=_ONE, inverse="led to"),
    LinkType(FOLLOW_ON, "followed on by", sources=(RISK,), cardinality=_ONE, inverse="inherited from"),
    LinkType(ALLOCATED_TO, "allocated to", sources=(ALLOCATION,), cardinality=_ONE, inverse="worked on by"),
)  # fmt: skip
