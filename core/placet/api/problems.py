"""Problems: the HTTP answers to all refusals (RFC 9457), in one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import orjson
from starlette.responses import HTMLResponse, Response

from placet import errors
from placet.api.models.transitions import Blocker
from placet.definitions.verdicts import BlockedError

MEDIA_TYPE = "application/problem+json"
#: The possible answers of an operation, for the document.
Responses = dict[int | str, dict[str, Any]]
#: Headers of answers, by status.
_HEADERS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
#: `Retry-After` of answers of a busy server, in seconds.
RETRY_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem."""

    #: The end of its `type`.
    name: str
    status: int
    title: str
    #: Its meaning and remedy, for the page of its `type`.
    meaning: str

    @property
    def uri(self) -> str:
        return f"/problems/{self.name}"

    @property
    def schema(self) -> str:
        """The name of its schema."""
        return "".join(part.title() for part in self.name.split("-")) + "Problem"

    @property
    def reference(self) -> dict[str, str]:
        """The reference to its schema."""
        return {"$ref": f"#/components/schemas/{self.schema}"}


MALFORMED = Kind(
    "malformed", 400, "Malformed request",
    "The body is not JSON, a parameter is unknown or has a value that is not allowed, or a cursor is not valid here.",
)  # fmt: skip
UNAUTHENTICATED = Kind(
    "unauthenticated", 401, "Authentication required",
    "Send a valid token as `Authorization: Bearer TOKEN`. It may be missing, unknown, expired or revoked.",
)  # fmt: skip
FORBIDDEN = Kind(
    "forbidden", 403, "Not authorized",
    "`needs` names the roles or scopes that are required. Ask somebody who has one of them.",
)  # fmt: skip
NOT_FOUND = Kind(
    "not-found", 404, "Not found",
    "It does not exist, or you are not allowed to see it.",
)  # fmt: skip
NO_METHOD = Kind(
    "method-not-allowed", 405, "Method not allowed",
    "The header `Allow` names the methods that are allowed.",
)  # fmt: skip
TIMEOUT = Kind(
    "timeout", 408, "Request timeout",
    "The request was not received in time. The detail names the limit; send the whole request without pauses.",
)  # fmt: skip
HEAD_TOO_LARGE = Kind(
    "head-too-large", 431, "Request headers too large",
    "Send fewer or shorter headers, or a shorter URL. The detail names the limit.",
)  # fmt: skip
BLOCKED = Kind(
    "blocked", 409, "Blocked by rules",
    "`blockers` lists everything that is missing, what to do about it, and who can do it.",
)  # fmt: skip
CONFLICT = Kind(
    "conflict", 409, "Conflict",
    "A key or id is already in use, it was done already, or something else comes first. The detail says what.",
)  # fmt: skip
TAMPERED = Kind(
    "tampered", 409, "Record altered outside Placet",
    "The database does not hold what was recorded or signed. Ask an administrator to run `placet audit verify`, and to "
    "compare the log with a checkpoint that was kept elsewhere.",
)  # fmt: skip
STALE = Kind(
    "stale", 412, "Version conflict",
    "`If-Match` names another version than the current one. Read the item again and repeat the request.",
)  # fmt: skip
TOO_LARGE = Kind(
    "too-large", 413, "Request body too large",
    "The detail names the limit.",
)  # fmt: skip
MEDIA = Kind(
    "unsupported-media-type", 415, "Unsupported media type",
    "Send JSON as `application/json`, and files as `multipart/form-data`.",
)  # fmt: skip
INVALID = Kind(
    "invalid", 422, "Invalid input",
    "`errors` says what is wrong and where, as JSON Pointers into the request's body.",
)  # fmt: skip
PRECONDITION = Kind(
    "precondition-required", 428, "If-Match required",
    "This workspace requires `If-Match`. Send the `ETag` that came with the item.",
)  # fmt: skip
RATE_LIMITED = Kind(
    "rate-limited", 429, "Too many requests",
    "This token has reached its limit. Wait as many seconds as `Retry-After` says.",
)  # fmt: skip
INTERNAL = Kind(
    "internal", 500, "Internal error",
    "Report `request_id` to your administrator: the log has the reason under this id. Check whether the request took "
    "effect before you repeat it, or repeat it with the same `Idempotency-Key`.",
)  # fmt: skip
RULES = Kind(
    "rules", 409, "Workspace rules not usable",
    "The methods of this workspace do not work together, or one of them failed to load. Nothing was written. Ask an "
    "administrator to run `placet check`: it lists the errors and how to repair them.",
)  # fmt: skip
BUSY = Kind(
    "busy", 503, "Concurrent updates, please retry",
    "Others were changing the same items. Nothing was written. Repeat the request after as many seconds as "
    "`Retry-After` says.",
)  # fmt: skip
UNAVAILABLE = Kind(
    "unavailable", 503, "Database unavailable",
    "The database cannot be reached or is read-only, its disk is full, or no connection is free. The detail says "
    "whether anything was written. Repeat the request after as many seconds as `Retry-After` says.",
)  # fmt: skip
UNREADY = Kind(
    "unready", 503, "Server not ready",
    "The database schema does not match this version of Placet, or a setting is missing.",
)  # fmt: skip

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        MALFORMED, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, NO_METHOD, TIMEOUT, BLOCKED, CONFLICT, TAMPERED,
        STALE, TOO_LARGE, MEDIA, INVALID, PRECONDITION, RATE_LIMITED, HEAD_TOO_LARGE, INTERNAL, RULES, BUSY,
        UNAVAILABLE, UNREADY,
    )
}  # fmt: skip

#: The answers to all refusals of Placet.
ANSWERS: Mapping[type[errors.PlacetError], Kind] = {
    errors.InvalidError: INVALID,
    errors.UnfitFieldError: INVALID,
    errors.MalformedError: MALFORMED,
    errors.NotFoundError: NOT_FOUND,
    errors.ItemKeyError: NOT_FOUND,
    errors.ForbiddenError: FORBIDDEN,
    errors.UnauthenticatedError: UNAUTHENTICATED,
    BlockedError: BLOCKED,
    errors.ConflictError: CONFLICT,
    errors.TamperedError: TAMPERED,
    errors.StaleError: STALE,
    errors.PreconditionRequiredError: PRECONDITION,
    errors.BusyError: BUSY,
    errors.DefinitionError: RULES,
    errors.UnavailableError: UNAVAILABLE,
    errors.SchemaError: UNREADY,
    errors.SettingsError: UNREADY,
    errors.NotInstalledError: NOT_FOUND,
}


@dataclass(eq=False)
class HttpError(Exception):
    """A refusal of HTTP itself: a method, a size, a media type, a rate."""

    kind: Kind
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)


def document(kind: Kind, detail: str, **members: Any) -> dict[str, Any]:
    """The body of a problem."""
    return {"type": kind.uri, "title": kind.title, "status": kind.status, "detail": detail, **members}


def problem_of(error: errors.PlacetError) -> dict[str, Any]:
    """An error of Placet as a problem, with the members of its kind."""
    kind = next(ANSWERS[cls] for cls in type(error).__mro__ if cls in ANSWERS)
    match error:
        case BlockedError():
            blockers = [Blocker.model_validate(each).model_dump(mode="json") for each in error.blockers]
            return document(kind, str(error), blockers=blockers, event=error.event)
        case errors.InvalidError():
            faults = [{"pointer": fault.pointer, "message": fault.message} for fault in error.faults]
            return document(kind, str(error), errors=faults)
        case errors.StaleError():
            return document(kind, str(error), current_version=error.current)
        case errors.ForbiddenError():
            return document(kind, str(error), needs=list(error.needs))
        case _:
            return document(kind, str(error))


def answer(problem: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A problem as a response."""
    sent = dict(headers or {})
    if problem["status"] == BUSY.status:
        sent["Retry-After"] = str(RETRY_SECONDS)
    if problem["status"] == UNAUTHENTICATED.status:
        sent["WWW-Authenticate"] = "Bearer"
    return Response(orjson.dumps(problem), problem["status"], sent, MEDIA_TYPE)


def responses_of(*, guarded: bool, found: bool, reads: bool) -> Responses:
    """The possible problems of all operations of a shape, for the document.

    Args:
        guarded: they need a token.
        found: their paths name something.
        reads: they take a body.
    """
    kinds = [MALFORMED, INTERNAL, RULES, BUSY, UNAVAILABLE, UNREADY]
    kinds += [UNAUTHENTICATED, FORBIDDEN, RATE_LIMITED] if guarded else []
    kinds += [NOT_FOUND] if found else []
    kinds += [INVALID, TOO_LARGE, MEDIA] if reads else []
    return _responses(kinds)


def refused_with(*statuses: int) -> Responses:
    """Further problems by status, for the `responses` of an operation."""
    return _responses([kind for kind in KINDS.values() if kind.status in statuses])


def _responses(kinds: Iterable[Kind]) -> Responses:
    by_status: dict[int, list[Kind]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {
        status: {
            "description": "; or: ".join(kind.title for kind in same),
            "headers": {name: header(name) for name in _HEADERS.get(status, ())},
            "content": {MEDIA_TYPE: {"schema": _either([kind.reference for kind in same])}},
        }
        for status, same in sorted(by_status.items())
    }


def _either(references: list[dict[str, str]]) -> dict[str, Any]:
    return references[0] if len(references) == 1 else {"oneOf": references}


def header(name: str) -> dict[str, str]:
    """The description of a header, for the document."""
    return {"$ref": f"#/components/headers/{name}"}


def page(name: str) -> Response:
    """The page of a problem's `type`. Raises `NotFoundError`."""
    kind = KINDS.get(name)
    if kind is None:
        raise errors.NotFoundError("problem", name[:100], KINDS)
    return HTMLResponse(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(kind.title)}</title>"
        f"<h1>{escape(kind.title)}</h1><p>Status {kind.status}, type <code>{kind.uri}</code>.</p>"
        f"<p>{escape(kind.meaning)}</p></html>"
    )
