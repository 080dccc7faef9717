"""Findings of the linter about a catalog."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from placet.errors import nearest

#: `error`: it cannot work, and the catalog is refused. `warning`: probably a mistake. `note`: it is intended, and worth
#: knowing.
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of the linter."""

    severity: Severity
    #: The rule that was broken: `unreachable-state`.
    code: str
    #: The part that it is about: `itil.change.authorize`.
    where: str
    message: str
    remedy: str
    #: `file:line` of the part's definition; empty where it is unknown.
    place: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}: {self.remedy}"


def error(code: str, where: str, message: str, remedy: str) -> Finding:
    """A finding for which the catalog is refused."""
    return Finding("error", code, where, message, remedy)


def warning(code: str, where: str, message: str, remedy: str) -> Finding:
    """A finding that is probably a mistake."""
    return Finding("warning", code, where, message, remedy)


def note(code: str, where: str, message: str, remedy: str) -> Finding:
    """A finding that is intended."""
    return Finding("note", code, where, message, remedy)


def absent(where: str, kind: str, name: str, known: Iterable[str], *, within: str = "") -> Finding:
    """A reference to something that does not exist; the remedy names the nearest."""
    hint = nearest(name, known).removeprefix("; ")
    message = f'there is no {kind} "{name}"' + (f" in {within}" if within else "")
    return error(f"unknown-{kind.replace(' ', '-')}", where, message, hint or "define it")
