"""How items of the practices hang together.

Source: ITIL 4, practices Change enablement, Incident management and Problem management.
"""

from __future__ import annotations

from placet import Cardinality, LinkType
from placet_itil_change.ids import (
    CAUSED_BY_CHANGE,
    CHANGE,
    DUPLICATE_OF,
    FIXED_BY_CHANGE,
    INCIDENT,
    RAISED_FROM,
)

LINK_TYPES = (
    LinkType(
        CAUSED_BY_CHANGE,
        "caused by change",
        sources=(INCIDENT,),
        targets=(CHANGE,),
        inverse="caused incident",
    ),
    LinkType(FIXED_BY_CHANGE, "fixed by change", sources=(INCIDENT,), targets=(CHANGE,), inverse="fixes"),
    LinkType(
        RAISED_FROM,
        "raised from",
        sources=(CHANGE,),
        targets=(INCIDENT,),
        cardinality=Cardinality.MANY_TO_ONE,
        inverse="led to",
    ),
    LinkType(
        DUPLICATE_OF,
        "duplicate of",
        sources=(INCIDENT,),
        targets=(INCIDENT,),
        cardinality=Cardinality.MANY_TO_ONE,
        inverse="has duplicate",
    ),
)
