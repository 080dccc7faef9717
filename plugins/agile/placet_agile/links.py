"""The link types of the method."""

from __future__ import annotations

from placet import Cardinality, LinkType, Trace
from placet_agile.ids import SPLIT_FROM, WORK

LINK_TYPES = (
    LinkType(
        SPLIT_FROM,
        "split from",
        sources=WORK,
        targets=WORK,
        cardinality=Cardinality.MANY_TO_ONE,
        inverse="split into",
        acyclic=True,
        trace=Trace.BOTH,
    ),
)
