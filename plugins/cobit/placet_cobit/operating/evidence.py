"""Which evidence is accepted for an operation of a control.

Pure functions. Evidence counts by its content, which is kept here: an address proves nothing, with a digest or without,
and one document twice is one.
Our choices: a document on the item itself lies no further from the operation than its kind allows; one that was
provided for a test is judged by the tester, whatever its day. Source: COBIT 2019, MEA02.01 and MEA04.06.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from placet import EvidenceView

#: The kind that votes in the engine's own approvals prove.
APPROVAL_RECORD = "approval_record"


class Requirement(Protocol):
    """Evidence that a control needs for each operation."""

    @property
    def kind(self) -> str: ...
    @property
    def min_count(self) -> int: ...
    @property
    def max_age(self) -> timedelta | None: ...
    @property
    def independent(self) -> bool: ...


def proves(evidence: EvidenceView) -> bool:
    """Whether it is a document that is kept here: a digest that came with an address has nothing behind it."""
    return evidence.url is None and evidence.sha256 is not None


def documents(
    found: Iterable[EvidenceView],
    requirement: Requirement,
    at: datetime,
    *,
    performer: str | None,
    age: timedelta | None,
) -> set[str]:
    """SHA-256 of the documents that meet a requirement for an operation at a moment.

    `age` is how far a document may lie from the operation, before or after; `None` for no limit.
    """
    return {
        each.sha256
        for each in found
        if proves(each)
        and each.sha256 is not None
        and each.kind == requirement.kind
        and (age is None or abs(each.at - at) <= age)
        and (each.valid_until is None or each.valid_until > at)
        and not (requirement.independent and each.actor == performer)
    }


def unmet(
    requirements: Iterable[Requirement],
    at: datetime,
    *,
    on_item: Iterable[EvidenceView],
    provided: Iterable[EvidenceView],
    approvers: Iterable[str],
    performer: str | None,
    default_age: Callable[[str], timedelta | None],
) -> list[str]:
    """The kinds of evidence that an operation lacks."""
    there, given, people = list(on_item), list(provided), set(approvers)
    lacking = []
    for each in requirements:
        age = each.max_age if each.max_age is not None else default_age(each.kind)
        found = documents(there, each, at, performer=performer, age=age)
        found |= documents(given, each, at, performer=performer, age=None)
        votes = (
            people - ({performer} if each.independent else set()) if each.kind == APPROVAL_RECORD else set()
        )
        if len(found) + len(votes) < each.min_count:
            lacking.append(each.kind)
    return lacking
