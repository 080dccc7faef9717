"""Bodies: read within their limit, parsed strictly, and held against their form."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TypeVar

import orjson
from pydantic import ValidationError
from starlette.requests import Request

from placet.api.forms import Form
from placet.api.problems import MEDIA, TOO_LARGE, HttpError
from placet.engine.act.input import faults_of, faults_within
from placet.errors import InvalidError, MalformedError

FormT = TypeVar("FormT", bound=Form)

#: So much of a body that is too large is still taken in, for clients that read no answer before they have sent all.
_DRAIN = 8 * 1024 * 1024


async def parts(request: Request, limit: int) -> AsyncGenerator[bytes]:
    """A body as it comes. Raises `HttpError` where it is longer than `limit` bytes, whether it said so or not."""
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length <= limit:
            yield chunk
        elif length > limit + _DRAIN:
            break
    if length > limit:
        told = f"the body is larger than the {limit} bytes that are allowed here"
        raise HttpError(TOO_LARGE, told, {"Connection": "close"})


async def content(request: Request, limit: int) -> bytes:
    """A whole body. Raises `HttpError` where it is longer than `limit` bytes."""
    return b"".join([part async for part in parts(request, limit)])


def demand_json(request: Request) -> None:
    """Raises `HttpError` for a body that says to be something else than JSON."""
    sent = request.headers.get("content-type")
    if sent is None:
        return
    media = sent.partition(";")[0].strip().lower()
    if media not in {"application/json", "application/merge-patch+json"}:
        raise HttpError(MEDIA, f"the body is {media[:100] or 'of no type'}: send application/json")


def parsed(body: bytes, form: type[FormT]) -> FormT:
    """A body as its form.

    Raises:
        InvalidError: it does not fit, with a pointer for each fault.
        MalformedError: it is no JSON in UTF-8.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedError(f"the body is no JSON: {error}") from None
    faults = list(faults_within(value, "", 0))
    if faults:
        raise InvalidError(faults)
    try:
        return form.model_validate_json(body)
    except ValidationError as error:
        raise InvalidError(faults_of(error)) from None
