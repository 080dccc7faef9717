"""The repeated work of one person: a change from its record to the schedule, an incident from its record to its end.

No two people touch the same item; they share configuration items and the change schedule, as people do. Every change
has a slot of its own on its configuration item, so that no request has to be refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

#: The number of configuration items, which all people share.
CIS = 40
#: Time until the first planned start: longer than the lead time of every risk class.
LEAD = timedelta(days=60)
#: Time between planned starts on one configuration item: longer than the buffer between changes.
_SLOT = timedelta(hours=4)
_OUTAGE = timedelta(minutes=3)

Fields = dict[str, Any]


@dataclass(frozen=True)
class Turn:
    """One round of one person; people and rounds are numbered from 0."""

    person: int
    people: int
    number: int
    #: The start of the benchmark: planned times count from it.
    origin: datetime

    @property
    def serial(self) -> int:
        """A number that no other turn of the run has."""
        return self.number * self.people + self.person

    @property
    def ci(self) -> int:
        return self.serial % CIS

    @property
    def start(self) -> datetime:
        return self.origin + LEAD + self.serial // CIS * _SLOT

    @property
    def maker(self) -> str:
        return f"maker{self.person}"

    @property
    def category(self) -> str:
        return f"c{self.person}-{self.number % 7}"


def _change(turn: Turn) -> Fields:
    return {
        "type": "normal", "reason": "maintenance", "planned_start": turn.start.isoformat(),
        "planned_end": (turn.start + _OUTAGE).isoformat(), "planned_outage_min": 1, "users_affected": 3,
        "data_class": "internal", "novelty": 1, "complexity": 1, "testing": 1, "backout": 2,
        "implementation_plan": "apply the patch, restart", "test_plan": "ping it",
        "backout_plan": "reinstall", "backout_max_min": 1,
    }  # fmt: skip


def _incident(turn: Turn) -> Fields:  # noqa: ARG001  # the signature of all of them
    return {"summary": "slow", "symptoms": "20 s until the page is there", "channel": "portal"}


def _triage(turn: Turn) -> Fields:
    return {"impact": 3, "urgency": 3, "category": turn.category}


def _start(turn: Turn) -> Fields:
    return {"assignee": turn.maker, "support_level": 1, "group": "apps"}


def _pend(turn: Turn) -> Fields:  # noqa: ARG001
    return {"pending_reason": "awaiting_user"}


def _resolve(turn: Turn) -> Fields:  # noqa: ARG001
    return {
        "resolution_code": "fixed",
        "resolution_notes": "restarted the service and watched it for ten minutes",
    }


def _nothing(turn: Turn) -> Fields:  # noqa: ARG001
    return {}


Verb = Literal["create", "move", "evidence", "explain", "approve", "comment", "list"]


@dataclass(frozen=True)
class Act:
    """One request."""

    name: str
    verb: Verb
    about: Literal["change", "incident"]
    #: Whether it is sent by the person who decides, not the one who does the work.
    boss: bool = False
    fields: Callable[[Turn], Fields] = _nothing
    #: Whether it names the configuration item of the turn.
    ci: bool = False


# fmt: off
ACTS = (
    Act("create change",         "create",   "change",   fields=_change, ci=True),
    Act("submit",                "move",     "change"),
    Act("evidence",              "evidence", "change"),
    Act("explain",               "explain",  "change"),
    Act("request_authorization", "move",     "change",   boss=True),
    Act("approve",               "approve",  "change",   boss=True),
    Act("authorize_change",      "move",     "change",   boss=True),
    Act("create incident",       "create",   "incident", fields=_incident),
    Act("triage",                "move",     "incident", fields=_triage, ci=True),
    Act("start_work",            "move",     "incident", fields=_start),
    Act("pend",                  "move",     "incident", fields=_pend),
    Act("resume",                "move",     "incident"),
    Act("resolve",               "move",     "incident", fields=_resolve),
    Act("comment",               "comment",  "incident"),
    Act("list mine",             "list",     "incident"),
)
# fmt: on

TITLES = {"change": "Patch", "incident": "Slow"}
EVIDENCE = {"kind": "test_result", "url": "https://example.org/tests/1", "sha256": "0" * 64}
COMMENT = "looked at it"
PAGE = 50
