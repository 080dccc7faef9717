"""The link types of projects.

Source: PRINCE2 7, practices Issues and Plans.
"""

from __future__ import annotations

from placet import LinkType, Trace
from placet_prince2.ids import AFFECTS, ISSUE

LINK_TYPES = (LinkType(AFFECTS, "affects", sources=(ISSUE,), inverse="affected by", trace=Trace.BOTH),)
