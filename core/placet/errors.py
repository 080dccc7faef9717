"""Every refusal of Placet, one class per thing that a caller would do differently.

    PlacetError
    ├── InvalidError            the input does not fit its schema; nothing was written
    ├── MalformedError          the request cannot be read at all
    ├── NotFoundError           no such thing, or one that the actor may not see
    ├── ForbiddenError          the actor may not do this at all
    ├── UnauthenticatedError    authentication is required
    ├── BlockedError            blocked by rules, with all their reasons; beside these, in `definitions/verdicts.py`
    ├── ConflictError           a key or id is taken
    ├── StaleError              the item has moved on since the caller read it
    ├── PreconditionRequiredError  the workspace demands that the caller says which version they saw
    ├── BusyError               too much contention; repeat the request
    ├── UnavailableError        the database or the disk is away; repeat the request
    ├── DefinitionError         a definition cannot work; refused before anything runs
    ├── SchemaError             the database is at another version than this program
    ├── SettingsError           the settings do not fit together
    └── NotInstalledError       a distribution of its own brings it, and is not installed

Errors know nothing of HTTP or exit codes; each face has one table from class to answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = [
    "PlacetError", "InvalidError", "Fault", "MalformedError", "NotFoundError", "ForbiddenError", "UnauthenticatedError",
    "ConflictError", "StaleError", "PreconditionRequiredError", "BusyError", "UnavailableError",
    "DefinitionError", "SchemaError", "SettingsError",
]  # fmt: skip


class PlacetError(Exception):
    """Base of every refusal."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the input."""

    #: JSON Pointer into the request's body (RFC 6901), such as `/fields/cis/0`.
    pointer: str
    message: str
    #: What was sent where an item's key belongs, if that is the fault: by it the item that was meant can be found.
    instead_of_key: str = ""


def nearest(name: str, known: Iterable[str], *, at_most: int = 3, shown: int = 10) -> str:
    """`; did you mean "a" or "b"?` for names that exist and look alike, else what there is, else nothing."""
    there = sorted(set(known))
    close = get_close_matches(name, there, n=at_most, cutoff=0.5)
    if close:
        return "; did you mean " + " or ".join(f'"{match}"' for match in close) + "?"
    if there:
        named = ", ".join(f'"{each}"' for each in there[:shown])
        return f"; there are {named}" + (f" and {len(there) - shown} more" if len(there) > shown else "")
    return ""


def not_a_key(given: str) -> str:
    """Says that a text is not an item's key; a longer one is cut."""
    return f"'{given[:100]}' is not an item key"


class InvalidError(PlacetError):
    """The input does not fit its schema; `faults` says what and where."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.pointer or '/'}: {fault.message}" for fault in self.faults))

    @classmethod
    def at(cls, pointer: str, message: str) -> InvalidError:
        return cls([Fault(pointer, message)])

    @classmethod
    def unknown(cls, pointer: str, kind: str, name: str, known: Iterable[str]) -> InvalidError:
        """A name in the request that does not exist, with the nearest ones that do."""
        return cls.at(pointer, f'there is no {kind} "{name}"{nearest(name, known)}')


class MalformedError(PlacetError):
    """The request cannot be read: no JSON, a cursor from elsewhere, a version that is none."""


class NotFoundError(PlacetError):
    """There is no such thing, or the actor may not see it."""

    def __init__(self, kind: str, name: str = "", known: Iterable[str] = ()) -> None:
        super().__init__(
            f'there is no {kind} "{name}"{nearest(name, known)}' if name else f"there is no {kind}"
        )
        self.kind, self.name = kind, name


class ItemKeyError(NotFoundError):
    """What was given is not the form of an item's key, so that it names no item."""

    def __init__(self, given: str) -> None:
        PlacetError.__init__(self, f"{not_a_key(given)}, such as OPS-12")
        self.kind, self.name = "item", given


class ForbiddenError(PlacetError):
    """The actor may not do this at all; `needs` names the roles or scopes that may."""

    def __init__(self, message: str, needs: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.needs = tuple(needs)


class UnauthenticatedError(PlacetError):
    """There is no token, or it is unknown, expired or revoked."""


class ConflictError(PlacetError):
    """A key or id is taken, or an idempotency key was used for another request."""


class StaleError(PlacetError):
    """The item has moved on since the caller read it."""

    def __init__(self, key: str, *, expected: int, current: int) -> None:
        super().__init__(
            f"{key} is at version {current}, not {expected}: read it again and repeat the request"
        )
        self.key, self.expected, self.current = key, expected, current


class PreconditionRequiredError(PlacetError):
    """The workspace demands that writers say which version they saw."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the workspace of {key} demands If-Match: send the version that you read")
        self.key = key


class BusyError(PlacetError):
    """Concurrent updates of the same items; nothing was written."""

    def __init__(self, attempts: int) -> None:
        super().__init__(
            f"gave up after {attempts} attempts that met other writers: repeat the request in a second"
        )
        self.attempts = attempts


class UnavailableError(PlacetError):
    """The database or the disk is away, or no connection is free; it may pass."""

    def __init__(self, cause: str, *, outcome_known: bool = True) -> None:
        """`cause` is what is away, as a sentence; `outcome_known` whether it is certain that nothing was written."""
        then = (
            "nothing was written, so repeat the request in a second"
            if outcome_known
            else "it is not known whether this was written, so look before you repeat it"
        )
        super().__init__(f"{cause}: {then}")
        self.cause, self.outcome_known = cause, outcome_known


class DefinitionError(PlacetError):
    """A definition cannot work; names the part and what is wrong with it."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        #: `file:line` of what is to be mended, where the message already says so; else empty.
        self.place = place


class SchemaError(PlacetError):
    """The database's schema is not the one that this program writes."""


class NotInstalledError(PlacetError):
    """A distribution of its own brings what is asked for, and is not installed."""

    def __init__(self, what: str, distribution: str) -> None:
        super().__init__(
            f"{what} comes with {distribution}, which is not installed: {self.remedy(distribution)}"
        )
        self.what, self.distribution = what, distribution

    @staticmethod
    def remedy(distribution: str) -> str:
        """What to do."""
        return f"pip install {distribution}"


class SettingsError(PlacetError):
    """The settings do not fit together, or lack one that is needed."""
