"""Evidence attached to items, as files or as references."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from placet.api import bodies
from placet.api.access import Rates
from placet.api.bodies import JSON
from placet.api.dependencies import CurrentActor, CurrentApplication, CurrentEngine, ItemPath, Sha256Path
from placet.api.files import FileAnswer
from placet.api.models.evidence import KIND_PATTERN, Evidence, EvidenceList, EvidenceParts, EvidenceReference
from placet.api.models.patterns import WORD_PATTERN
from placet.api.problems import Responses, refused_with
from placet.api.routing import Route
from placet.app import Application
from placet.engine.act import records
from placet.engine.act.people import Actor
from placet.errors import InvalidError, MalformedError, nearest
from placet.store import bridge
from placet.store.availability import answered

router = APIRouter(tags=["Evidence"], route_class=Route)

MULTIPART = "multipart/form-data"
_BYTES = "application/octet-stream"
#: Bytes that a multipart body may have besides the file: its other fields and its headers.
_FRAME = 64 * 1024
_FIELDS = ("kind", "valid_until", "name")
_MEDIA_TYPE = re.compile(
    r"[A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,100}(; ?charset=[A-Za-z0-9_-]{1,40})?"
)

_UPLOAD = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "kind": {"type": "string", "pattern": KIND_PATTERN},
        "name": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": WORD_PATTERN},
        "valid_until": {"type": "string", "format": "date-time"},
    },
    "required": ["file", "kind"],
    "additionalProperties": False,
}
_BODIES = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": EvidenceReference.model_json_schema()},
            MULTIPART: {"schema": _UPLOAD},
        },
    }
}


@router.post(
    "/items/{key}/evidence", operation_id="attach_evidence", status_code=201,
    response_description="The attached evidence.", openapi_extra=_BODIES, responses=refused_with(409),
)  # fmt: skip
async def attach_evidence(
    key: ItemPath, actor: CurrentActor, application: CurrentApplication, request: Request
) -> Evidence:
    """Attach evidence: a file (`multipart/form-data`), or a reference to an address (JSON)."""
    media = bodies.media_type(request)
    if media == MULTIPART:
        found = await _attached(key, actor, application, request)
    elif media == JSON:
        found = await _referred(key, actor, application, request)
    else:
        raise bodies.unsupported(media, f"{MULTIPART}, or {JSON} with a url")
    return Evidence.model_validate(found)


async def _attached(key: str, actor: Actor, application: Application, request: Request) -> records.Evidence:
    """A file, kept and attached."""
    async with _upload(request, application) as upload:
        # Checked before anything is kept, and kept without making others wait for the disk.
        await bridge.run(application.store, partial(application.engine.items.get, actor, key))
        stored = await bridge.beside(
            application.store, partial(application.engine.evidence.keep, upload.file)
        )
    attach = partial(
        application.engine.evidence.attach, actor, key, kind=upload.kind, name=upload.name, content=stored,
        media_type=upload.media_type, valid_until=upload.valid_until,
    )  # fmt: skip
    return await bridge.run(application.store, attach)


async def _referred(key: str, actor: Actor, application: Application, request: Request) -> records.Evidence:
    """A reference, attached."""
    sent = bodies.parsed(await bodies.content(request, application.settings.body_limit))
    reference = bodies.validated(sent, EvidenceReference)
    attach = partial(
        application.engine.evidence.attach, actor, key, kind=reference.kind, name=reference.name or "",
        url=reference.url, sha256=reference.sha256, valid_until=reference.valid_until,
    )  # fmt: skip
    return await bridge.run(application.store, attach)


@dataclass(frozen=True, slots=True)
class _Upload:
    """A multipart form, read."""

    file: BinaryIO
    media_type: str
    name: str
    kind: str
    valid_until: datetime | None


@asynccontextmanager
async def _upload(request: Request, application: Application) -> AsyncIterator[_Upload]:
    """The parts of a multipart body. The file is spooled to an unnamed file on the disk, so that it needs no memory.

    Raises `HttpError`, `InvalidError`, `MalformedError`, `UnavailableError`.
    """
    rates: Rates = request.app.state.uploads
    token: str = request.state.token.id
    rates.demand(token)
    body = _counted(request, application.settings.evidence_limit + _FRAME, rates, token)
    parser = MultiPartParser(request.headers, body, max_files=1, max_fields=len(_FIELDS))
    with answered(application.store.departure):
        try:
            form = await parser.parse()
        except MultiPartException as error:
            raise MalformedError(f"the body is not a multipart form: {error.message}") from None
    try:
        yield _parts(form)
    finally:
        await form.close()


async def _counted(request: Request, limit: int, rates: Rates, token: str) -> AsyncGenerator[bytes]:
    async for part in bodies.parts(request, limit):
        rates.charge(token, len(part))
        yield part


def _parts(form: FormData) -> _Upload:
    for name, value in form.multi_items():
        if name not in {"file", *_FIELDS}:
            raise InvalidError.at(
                f"/{name[:50]}", f"is not a part of this form{nearest(name, ['file', *_FIELDS])}"
            )
        if name != "file" and not isinstance(value, str):
            raise InvalidError.at(f"/{name}", "is a file, and has to be text")
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise InvalidError.at("/file", "is missing: send the file in the part named file")
    said = file.content_type or _BYTES
    parts = bodies.validated({name: form[name] for name in _FIELDS if name in form}, EvidenceParts)
    return _Upload(
        file=file.file,
        media_type=said if _MEDIA_TYPE.fullmatch(said) else _BYTES,
        name=parts.name or file.filename or "",
        kind=parts.kind,
        valid_until=parts.valid_until,
    )


@router.get("/items/{key}/evidence", operation_id="list_evidence")
def list_evidence(key: ItemPath, actor: CurrentActor, engine: CurrentEngine) -> EvidenceList:
    """List the evidence of an item."""
    return EvidenceList.model_validate(engine.items.get(actor, key))


_RAW: Responses = {200: {"content": {"*/*": {"schema": {}, "example": "41 tests passed, 0 failed.\n"}}}}


@router.get(
    "/evidence/{sha256}", operation_id="get_evidence", response_class=Response,
    response_description="The bytes.", responses=_RAW,
)  # fmt: skip
async def get_evidence(
    sha256: Sha256Path, actor: CurrentActor, application: CurrentApplication
) -> FileAnswer:
    """Fetch the bytes of evidence."""
    found = await bridge.run(application.store, partial(application.engine.evidence.get, actor, sha256))
    file = await bridge.beside(application.store, partial(application.engine.evidence.content, found))
    # Uploaded files must never run in the browser of another person.
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    media_type = found.media_type if _MEDIA_TYPE.fullmatch(found.media_type) else _BYTES
    return FileAnswer(file, headers, media_type)
