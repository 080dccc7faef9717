"""All refusals of Placet, one class for each way in which a caller would react.

    PlacetError
    ├── InvalidError            the input does not fit its schema; nothing was written
    ├── MalformedError          the request cannot be read at all
    ├── NotFoundError           it does not exist, or the actor may not see it
    ├── ForbiddenError          the actor may not do this at all
    ├── UnauthenticatedError    authentication is required
    ├── BlockedError            blocked by rules, with all reasons; defined in `definitions/verdicts.py`
    ├── ConflictError           the request does not fit the present state
    │   └── TamperedError       somebody altered what is stored, past Placet
    ├── StaleError              the item has changed since the caller read it
    ├── PreconditionRequiredError  the workspace requires that the caller gives the version that they saw
    ├── BusyError               too many concurrent updates; repeat the request
    ├── UnavailableError        the database or the disk is unavailable; repeat the request
    ├── DefinitionError         a definition cannot work; refused before anything runs
    ├── SchemaError             the database is at another version than this program
    ├── SettingsError           the settings do not fit together
    └── NotInstalledError       it comes with a separate distribution, which is not installed

Errors know nothing of HTTP or exit codes; the API and the command line each have one table from class to answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = [
    "PlacetError", "InvalidError", "Fault", "MalformedError", "NotFoundError", "ForbiddenError", "UnauthenticatedError",
    "ConflictError", "TamperedError", "StaleError", "PreconditionRequiredError", "BusyError",
    "UnavailableError", "DefinitionError", "SchemaError", "SettingsError",
]  # fmt: skip

#: Letters up to which a name is short.
_SHORT = 4


class PlacetError(Exception):
    """Base of every refusal."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in the input."""

    #: JSON Pointer into the request's body (RFC 6901), such as `/fields/cis/0`.
    pointer: str
    message: str
    #: The text that was sent in place of an item's key, if that is the fault: it helps to find the item that is meant.
    instead_of_key: str = ""


class Some(tuple[str, ...]):
    """Some of the names that exist: one that is similar is offered, and they are never shown as all that there are."""

    __slots__ = ()


def nearest(name: str, known: Iterable[str], *, at_most: int = 3, shown: int = 10) -> str:
    """`; did you mean "a" or "b"?` for similar names that exist, else all existing names, else nothing."""
    there = sorted(set(known))
    # By two letters in common, a short name would be similar to almost anything.
    close = get_close_matches(name, there, n=at_most, cutoff=0.6 if len(name) <= _SHORT else 0.5)
    if close:
        return "; did you mean " + " or ".join(f'"{match}"' for match in close) + "?"
    if there and not isinstance(known, Some):
        named = ", ".join(f'"{each}"' for each in there[:shown])
        return f"; there are {named}" + (f" and {len(there) - shown} more" if len(there) > shown else "")
    return ""


def not_a_key(given: str) -> str:
    """The message that a text is not an item's key; a long text is cut."""
    return f"'{given[:100]}' is not an item key"


class InvalidError(PlacetError):
    """The input does not fit its schema; `faults` has what is wrong, and where."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.pointer or '/'}: {fault.message}" for fault in self.faults))

    @classmethod
    def at(cls, pointer: str, message: str) -> InvalidError:
        return cls([Fault(pointer, message)])

    @classmethod
    def unknown(cls, pointer: str, kind: str, name: str, known: Iterable[str]) -> InvalidError:
        """The error for an unknown name in the request, with the nearest existing ones."""
        return cls.at(pointer, f'there is no {kind} "{name}"{nearest(name, known)}')


class UnfitFieldError(InvalidError):
    """A stored field cannot be read under the definition in force: it does not fit, or it is required and missing."""

    def __init__(self, key: str, field: str, value: object, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        #: The item's key.
        self.key = key
        self.field = field
        #: The stored value; `None` where there is none.
        self.value = value

    def again(self) -> UnfitFieldError:
        """The same error without a traceback of its own, as it is raised at each reading."""
        return UnfitFieldError(self.key, self.field, self.value, self.faults)


class MalformedError(PlacetError):
    """The request cannot be read: not JSON, a cursor of another list, a malformed version."""


class NotFoundError(PlacetError):
    """It does not exist, or the actor may not see it."""

    def __init__(self, kind: str, name: str = "", known: Iterable[str] = ()) -> None:
        super().__init__(
            f'there is no {kind} "{name}"{nearest(name, known)}' if name else f"there is no {kind}"
        )
        self.kind, self.name = kind, name


class ItemKeyError(NotFoundError):
    """A text without the form of an item's key, so that it names no item."""

    def __init__(self, given: str) -> None:
        PlacetError.__init__(self, f"{not_a_key(given)}, such as OPS-12")
        self.kind, self.name = "item", given


class ForbiddenError(PlacetError):
    """The actor may not do this at all; `needs` names the roles or scopes that may."""

    def __init__(self, message: str, needs: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.needs = tuple(needs)


class UnauthenticatedError(PlacetError):
    """The token is missing, unknown, expired or revoked."""


class ConflictError(PlacetError):
    """The request does not fit the present state: it was done already, or something else comes first."""


class TamperedError(ConflictError):
    """Somebody altered the database past Placet: it does not hold what was recorded or signed."""


class StaleError(PlacetError):
    """The item has changed since the caller read it."""

    def __init__(self, key: str, *, expected: Sequence[int], current: int) -> None:
        named = " or ".join(str(version) for version in expected)
        super().__init__(f"{key} is at version {current}, not {named}: read it again and repeat the request")
        self.key, self.expected, self.current = key, tuple(expected), current


class PreconditionRequiredError(PlacetError):
    """The workspace requires that writers give the version that they saw."""

    def __init__(self, key: str, *, named: int | None = 0) -> None:
        """`named` is how many versions the caller gave for a decision, which is for one; `None` for `*`."""
        said = f"the workspace of {key} requires If-Match"
        if named != 0:
            names = "* names none" if named is None else f"{named} were named"
            said = (
                f"the workspace of {key} requires for a decision the one version that was read, and {names}"
            )
        super().__init__(f"{said}: send the version that you read")
        self.key, self.named = key, named


class BusyError(PlacetError):
    """Concurrent updates of the same items; nothing was written."""

    def __init__(self, attempts: int) -> None:
        super().__init__(
            f"gave up after {attempts} attempts that met other writers: repeat the request in a second"
        )
        self.attempts = attempts


class UnavailableError(PlacetError):
    """The database or the disk is unavailable, or no connection is free; it may pass."""

    def __init__(self, cause: str, *, outcome_known: bool = True) -> None:
        """`cause` is a sentence about what is unavailable; `outcome_known`: it is certain that nothing was written."""
        then = (
            "nothing was written, so repeat the request in a second"
            if outcome_known
            else "it is unknown whether this was written, so check before you repeat it"
        )
        super().__init__(f"{cause}: {then}")
        self.cause, self.outcome_known = cause, outcome_known


class DefinitionError(PlacetError):
    """A definition cannot work; the message names the part and the fault."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        #: `file:line` of the fault, if the message already has it; else empty.
        self.place = place


class SchemaError(PlacetError):
    """The database's schema is not that of this program."""


class NotInstalledError(PlacetError):
    """The requested function comes with a separate distribution, which is not installed."""

    def __init__(self, what: str, distribution: str) -> None:
        super().__init__(
            f"{what} comes with {distribution}, which is not installed: {self.remedy(distribution)}"
        )
        self.what, self.distribution = what, distribution

    @staticmethod
    def remedy(distribution: str) -> str:
        """The remedy."""
        return f"pip install {distribution}"


class SettingsError(PlacetError):
    """The settings contradict each other, or one is missing."""
