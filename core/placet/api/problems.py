"""Problems: how every refusal is answered over HTTP (RFC 9457), and the one table that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from starlette.responses import HTMLResponse, Response

from placet import errors
from placet.api import shapes

MEDIA_TYPE = "application/problem+json"
#: `Retry-After` of an answer that says the server is busy, in seconds.
RETRY_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem."""

    #: What its `type` ends in.
    name: str
    status: int
    title: str
    #: What it means and what to do, for the page that its `type` leads to.
    meaning: str

    @property
    def uri(self) -> str:
        return f"/problems/{self.name}"


MALFORMED = Kind(
    "malformed", 400, "The request cannot be read",
    "The body is no JSON, a parameter is unknown or has a value that it cannot have, or a cursor is from elsewhere.",
)  # fmt: skip
UNAUTHENTICATED = Kind(
    "unauthenticated", 401, "Nobody knows who is asking",
    "Send a token that is neither expired nor revoked as `Authorization: Bearer TOKEN`.",
)  # fmt: skip
FORBIDDEN = Kind(
    "forbidden", 403, "The actor may not do this",
    "`needs` names the roles or scopes that may. Ask somebody who has one.",
)  # fmt: skip
NOT_FOUND = Kind(
    "not-found", 404, "There is no such thing",
    "It does not exist, or it is not yours to see.",
)  # fmt: skip
NO_METHOD = Kind(
    "method-not-allowed", 405, "This cannot be done with it",
    "The header `Allow` names the methods that can.",
)  # fmt: skip
TIMEOUT = Kind(
    "timeout", 408, "The request came too slowly",
    "Send it at once. The detail says how long was waited for it.",
)  # fmt: skip
HEAD_TOO_LARGE = Kind(
    "head-too-large", 431, "The head of the request is too large",
    "Send fewer or shorter headers, or a shorter address. The detail says what is allowed.",
)  # fmt: skip
BLOCKED = Kind(
    "blocked", 409, "The rules refuse it",
    "`blockers` holds everything that stands in the way: what is missing, what to do, and who can do it.",
)  # fmt: skip
CONFLICT = Kind(
    "conflict", 409, "It is taken",
    "A key or id is taken, or an idempotency key was used for another request.",
)  # fmt: skip
STALE = Kind(
    "stale", 412, "It has moved on",
    "`If-Match` names another version than the current one. Read it again and repeat the request.",
)  # fmt: skip
TOO_LARGE = Kind(
    "too-large", 413, "The body is too large",
    "The problem's detail says what is allowed.",
)  # fmt: skip
MEDIA = Kind(
    "unsupported-media-type", 415, "The body is of another kind than this takes",
    "Send JSON as `application/json`, and files as `multipart/form-data`.",
)  # fmt: skip
INVALID = Kind(
    "invalid", 422, "The input does not fit its schema",
    "`errors` says what is wrong and where, as JSON Pointers into the request's body.",
)  # fmt: skip
PRECONDITION = Kind(
    "precondition-required", 428, "The workspace demands If-Match",
    "Send the `ETag` that came with the item as `If-Match`.",
)  # fmt: skip
RATE_LIMITED = Kind(
    "rate-limited", 429, "Too many requests of one token",
    "Wait as many seconds as `Retry-After` says.",
)  # fmt: skip
INTERNAL = Kind(
    "internal", 500, "The server failed",
    "Report `request_id` to your administrator: the log has the reason under it. Look whether it was done before you "
    "repeat it, or repeat it with the same `Idempotency-Key`.",
)  # fmt: skip
RULES = Kind(
    "rules", 409, "The rules of this workspace cannot work",
    "A definition is broken. `placet check` names what, and how to repair it. Nothing was written.",
)  # fmt: skip
BUSY = Kind(
    "busy", 503, "Too many writers met",
    "Nothing was written. Repeat the request after as many seconds as `Retry-After` says.",
)  # fmt: skip
UNAVAILABLE = Kind(
    "unavailable", 503, "The database is away",
    "The database cannot be reached or takes no writes, its disk is full, or no connection is free. The detail says "
    "whether anything was written. Repeat the request after as many seconds as `Retry-After` says.",
)  # fmt: skip
UNREADY = Kind(
    "unready", 503, "The server is not ready",
    "The database's schema is not the one that this program writes, or a setting is missing.",
)  # fmt: skip

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        MALFORMED, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, NO_METHOD, TIMEOUT, BLOCKED, CONFLICT, STALE, TOO_LARGE,
        MEDIA, INVALID, PRECONDITION, RATE_LIMITED, HEAD_TOO_LARGE, INTERNAL, RULES, BUSY, UNAVAILABLE, UNREADY,
    )
}  # fmt: skip

#: The answer to every refusal of the house.
ANSWERS: Mapping[type[errors.PlacetError], Kind] = {
    errors.InvalidError: INVALID,
    errors.MalformedError: MALFORMED,
    errors.NotFoundError: NOT_FOUND,
    errors.ForbiddenError: FORBIDDEN,
    errors.UnauthenticatedError: UNAUTHENTICATED,
    errors.BlockedError: BLOCKED,
    errors.ConflictError: CONFLICT,
    errors.StaleError: STALE,
    errors.PreconditionRequiredError: PRECONDITION,
    errors.BusyError: BUSY,
    errors.DefinitionError: RULES,
    errors.UnavailableError: UNAVAILABLE,
    errors.SchemaError: UNREADY,
    errors.SettingsError: UNREADY,
}


@dataclass(eq=False)
class HttpError(Exception):
    """What only HTTP can refuse: a method, a size, a media type, a rate."""

    kind: Kind
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)


def document(kind: Kind, detail: str, **members: Any) -> dict[str, Any]:
    """The body of a problem."""
    return {"type": kind.uri, "title": kind.title, "status": kind.status, "detail": detail, **members}


def problem_of(error: errors.PlacetError) -> dict[str, Any]:
    """An error of the house as a problem, with the members that its kind has."""
    kind = next(ANSWERS[cls] for cls in type(error).__mro__ if cls in ANSWERS)
    match error:
        case errors.BlockedError():
            blockers = [shapes.blocker(blocker) for blocker in error.blockers]
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
    return Response(shapes.dumps(problem), problem["status"], sent, MEDIA_TYPE)


def page(name: str) -> Response:
    """What a problem's `type` leads to, for people. Raises `NotFoundError`."""
    kind = KINDS.get(name)
    if kind is None:
        raise errors.NotFoundError("problem", name[:100], KINDS)
    return HTMLResponse(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(kind.title)}</title>"
        f"<h1>{escape(kind.title)}</h1><p>Status {kind.status}, type <code>{kind.uri}</code>.</p>"
        f"<p>{escape(kind.meaning)}</p></html>"
    )
