"""What the linter says about a catalog."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from placet.errors import nearest

#: `error`: it cannot work, and the catalog is refused. `warning`: more often a mistake than not. `note`: it is meant,
#: and somebody ought to know.
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the linter found."""

    severity: Severity
    #: Which proof: `unreachable-state`.
    code: str
    #: The part it is about: `itil.change.authorize`.
    where: str
    message: str
    remedy: str
    #: `file:line` of the part's definition; empty where that is not known.
    place: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}: {self.remedy}"


def error(code: str, where: str, message: str, remedy: str) -> Finding:
    """A finding for which the catalog is refused."""
    return Finding("error", code, where, message, remedy)


def warning(code: str, where: str, message: str, remedy: str) -> Finding:
    """A finding that is more often a mistake than not."""
    return Finding("warning", code, where, message, remedy)


def note(code: str, where: str, message: str, remedy: str) -> Finding:
    """A finding that is meant as it is."""
    return Finding("note", code, where, message, remedy)


def absent(where: str, kind: str, name: str, known: Iterable[str], *, within: str = "") -> Finding:
    """Something is referred to that is not there; the remedy holds the names that look alike."""
    hint = nearest(name, known).removeprefix("; ")
    message = f'there is no {kind} "{name}"' + (f" in {within}" if within else "")
    return error(f"unknown-{kind.replace(' ', '-')}", where, message, hint or "define it")
