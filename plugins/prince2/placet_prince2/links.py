"""The link types of projects.

Source: PRINCE2 7, practices Issues, Risk and Plans.
"""

from __future__ import annotations

from placet import LinkType, Trace
from placet_governance.ids import RISK
from placet_prince2.ids import AFFECTS, CAUSED_BY, ISSUE

LINK_TYPES = (
    LinkType(AFFECTS, "affects", sources=(ISSUE,), inverse="affected by", trace=Trace.BOTH),
    LinkType(
        CAUSED_BY, "caused by", sources=(ISSUE,), targets=(RISK,), inverse="has caused", trace=Trace.BOTH
    ),
)
