"""Bodies of requests: read within their limit, and parsed strictly."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError
from starlette.requests import Request

from placet.api.models.base import Body
from placet.api.models.patterns import unfit
from placet.api.problems import MEDIA, TOO_LARGE, HttpError
from placet.engine.act.input import faults_within
from placet.errors import InvalidError, MalformedError

BodyT = TypeVar("BodyT", bound=Body)

#: The media type of JSON.
JSON = "application/json"
#: Bytes of a too large body that are still read, for clients that read no answer before they have sent everything.
_DRAIN = 8 * 1024 * 1024


class JsonRequest(Request):
    """A request whose body has been read and parsed as strict JSON."""

    def __init__(self, request: Request, content: bytes, value: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._content, self._value = content, value

    async def body(self) -> bytes:
        """The body as it was sent."""
        return self._content

    async def json(self) -> Any:
        """The parsed body."""
        return self._value


async def read_json(request: Request, limit: int, *, optional: bool) -> JsonRequest:
    """The request with its body read and parsed; an optional body may be missing.

    Raises:
        HttpError: the body is of another media type, or longer than `limit` bytes.
        InvalidError: it contains forbidden values, with a pointer for each fault.
        MalformedError: it is not JSON in UTF-8.
    """
    sent = media_type(request)
    if sent not in {JSON, "application/merge-patch+json"}:
        raise unsupported(sent, JSON)
    body = await content(request, limit)
    return JsonRequest(request, body, None if optional and not body else parsed(body))


async def parts(request: Request, limit: int) -> AsyncGenerator[bytes]:
    """The parts of a body. Raises `HttpError` if it is longer than `limit` bytes, with or without Content-Length."""
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length <= limit:
            yield chunk
        elif length > limit + _DRAIN:
            break
    if length > limit:
        detail = f"the body is larger than the {limit} bytes that are allowed here"
        raise HttpError(TOO_LARGE, detail, {"Connection": "close"})


async def content(request: Request, limit: int) -> bytes:
    """The whole body. Raises `HttpError` if it is longer than `limit` bytes."""
    return b"".join([part async for part in parts(request, limit)])


def media_type(request: Request) -> str:
    """The media type of a body, in small letters; JSON by default."""
    return request.headers.get("content-type", JSON).partition(";")[0].strip().lower()


def unsupported(sent: str, wanted: str) -> HttpError:
    """The refusal of a body of another media type."""
    return HttpError(MEDIA, f"the body is {sent[:100] or 'of no type'}: send {wanted}")


def parsed(body: bytes) -> Any:
    """The value of a JSON body.

    Raises:
        InvalidError: it contains forbidden values, with a pointer for each fault.
        MalformedError: it is not JSON in UTF-8.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedError(f"the body is not JSON: {error}") from None
    faults = list(faults_within(value, "", 0))
    if faults:
        raise InvalidError(faults)
    return value


def validated(value: Any, model: type[BodyT]) -> BodyT:
    """The value as a model. Raises `InvalidError`, with a pointer for each fault."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise unfit(error.errors(include_url=False), model) from None
