"""What the linter says about a catalog."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from placet.errors import nearest


class Severity(StrEnum):
    """How bad a finding is, the worst first."""

    #: It cannot work; the catalog is refused.
    ERROR = "error"
    #: It may be meant, and is more often a mistake.
    WARNING = "warning"
    #: It is meant, and somebody ought to know.
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the linter found."""

    severity: Severity
    #: Which proof: `unreachable_state`.
    code: str
    #: The part it is about: `itil.change.authorize`.
    where: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}: {self.remedy}"


def error(code: str, where: str, message: str, remedy: str) -> Finding:
    """A finding for which the catalog is refused."""
    return Finding(Severity.ERROR, code, where, message, remedy)


def warning(code: str, where: str, message: str, remedy: str) -> Finding:
    """A finding that is more often a mistake than not."""
    return Finding(Severity.WARNING, code, where, message, remedy)


def note(code: str, where: str, message: str, remedy: str) -> Finding:
    """A finding that is meant as it is."""
    return Finding(Severity.NOTE, code, where, message, remedy)


def absent(where: str, kind: str, name: str, known: Iterable[str]) -> Finding:
    """Something is referred to that is not there; the remedy holds the names that look alike."""
    hint = nearest(name, known).removeprefix("; ")
    remedy = f"{hint or 'define it'}"
    return error(f"unknown_{kind.replace(' ', '_')}", where, f'there is no {kind} "{name}"', remedy)
