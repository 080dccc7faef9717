"""Evidence: proofs attached to items, as files or as references."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from urllib.parse import quote

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from placet.api import bodies, shapes
from placet.api.access import Rates
from placet.api.answers import EvidenceListShape, EvidenceShape
from placet.api.files import FileAnswer
from placet.api.forms import KIND_PATTERN, WORD_PATTERN, EvidenceParts, EvidenceReference
from placet.api.operations import JSON, Answer, Operations, Plain, respond
from placet.api.problems import MEDIA, HttpError
from placet.engine.act.input import faults_of
from placet.errors import InvalidError, MalformedError, nearest
from placet.store import bridge
from placet.store.availability import answered

EVIDENCE = Operations("Evidence")
MULTIPART = "multipart/form-data"
_BYTES = "application/octet-stream"
#: So much a multipart body may have besides the file: its other fields and its headers.
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


@EVIDENCE.add("POST", "/items/{key}/evidence", id="attach_evidence", scope="write",
              answers={201: Answer(EvidenceShape, "It is attached.")},
              bodies={JSON: EvidenceReference, MULTIPART: _UPLOAD})  # fmt: skip
async def attach_evidence(call: Plain) -> Response:
    """Attach proof: a file (`multipart/form-data`), or a reference to something elsewhere (JSON)."""
    media = call.request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    key = call.path["key"]
    if media == MULTIPART:
        async with _upload(call) as upload:
            # Before anything is kept, and kept without anybody having to wait for the disk.
            await call.run(lambda: call.engine.items.get(call.actor, key))
            stored = await bridge.beside(
                call.application.store, lambda: call.engine.evidence.keep(upload.file)
            )
        found = await call.run(
            lambda: call.engine.evidence.attach(
                call.actor, key, kind=upload.kind, name=upload.name, content=stored,
                media_type=upload.media_type, valid_until=upload.valid_until,
            )
        )  # fmt: skip
        return respond(shapes.evidence(found), 201)
    if media != JSON:
        raise HttpError(
            MEDIA, f"the body is {media[:100] or 'of no type'}: send {MULTIPART}, or {JSON} with a url"
        )
    body = await bodies.content(call.request, call.application.settings.body_limit)
    reference = bodies.parsed(body, EvidenceReference)
    found = await call.run(
        lambda: call.engine.evidence.attach(
            call.actor, key, kind=reference.kind, name=reference.name or "", url=reference.url,
            sha256=reference.sha256, valid_until=reference.valid_until,
        )
    )  # fmt: skip
    return respond(shapes.evidence(found), 201)


@dataclass(frozen=True, slots=True)
class _Upload:
    """A multipart form, read."""

    file: BinaryIO
    media_type: str
    name: str
    kind: str
    valid_until: datetime | None


@asynccontextmanager
async def _upload(call: Plain) -> AsyncIterator[_Upload]:
    """The parts of a multipart body, its file in one without a name on the disk. As large as it is, memory is not.

    Raises `HttpError`, `InvalidError`, `MalformedError`, `UnavailableError`.
    """
    rates: Rates = call.request.app.state.uploads
    token = "" if call.token is None else call.token.id
    rates.demand(token)
    body = _counted(call.request, call.application.settings.evidence_limit + _FRAME, rates, token)
    parser = MultiPartParser(call.request.headers, body, max_files=1, max_fields=len(_FIELDS))
    with answered(call.application.store.departure):
        try:
            form = await parser.parse()
        except MultiPartException as error:
            raise MalformedError(f"the body is no multipart form: {error.message}") from None
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
                f"/{name[:50]}", f"is no part of this form{nearest(name, ['file', *_FIELDS])}"
            )
        if name != "file" and not isinstance(value, str):
            raise InvalidError.at(f"/{name}", "is a file, and should be text")
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise InvalidError.at("/file", "is missing: send the file in the part named file")
    said = file.content_type or _BYTES
    try:
        parts = EvidenceParts.model_validate({name: form[name] for name in _FIELDS if name in form})
    except ValidationError as error:
        raise InvalidError(faults_of(error)) from None
    return _Upload(
        file=file.file,
        media_type=said if _MEDIA_TYPE.fullmatch(said) else _BYTES,
        name=parts.name or file.filename or "",
        kind=parts.kind,
        valid_until=parts.valid_until,
    )


@EVIDENCE.add("GET", "/items/{key}/evidence", id="list_evidence", scope="read",
              answers={200: Answer(EvidenceListShape)})  # fmt: skip
async def list_evidence(call: Plain) -> Response:
    """List an item's proofs."""
    record = await call.run(lambda: call.engine.items.get(call.actor, call.path["key"]))
    return respond({"evidence": [shapes.evidence(each) for each in record.evidence]})


@EVIDENCE.add("GET", "/evidence/{sha256}", id="get_evidence", scope="read",
              answers={200: Answer(None, "The bytes.", media=("*/*",))})  # fmt: skip
async def get_evidence(call: Plain) -> Response:
    """Fetch the bytes of a proof."""
    found = await call.run(lambda: call.engine.evidence.get(call.actor, call.path["sha256"]))
    file = await bridge.beside(call.application.store, lambda: call.engine.evidence.content(found))
    # Nothing that somebody uploaded is ever run in the browser of somebody else.
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    media_type = found.media_type if _MEDIA_TYPE.fullmatch(found.media_type) else _BYTES
    return FileAnswer(file, headers, media_type)
