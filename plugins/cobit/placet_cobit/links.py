"""The link types of COBIT.

Source: COBIT 2019, APO11 and MEA01: a gap in capability is closed by an improvement.
"""

from __future__ import annotations

from placet import Cardinality, LinkType, Trace
from placet_cobit.ids import CLOSES_GAP, OBJECTIVE
from placet_governance.ids import INITIATIVE

LINK_TYPES = (
    LinkType(CLOSES_GAP, "closes a gap of", sources=(INITIATIVE,), targets=(OBJECTIVE,),
             cardinality=Cardinality.MANY_TO_ONE, inverse="gap closed by", trace=Trace.TARGET),
)  # fmt: skip
