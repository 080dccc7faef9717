"""Files as answers: read as fast as the client reads, while only the file is open."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from typing import BinaryIO

import anyio.to_thread
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

_PART = 256 * 1024


class FileAnswer(StreamingResponse):
    """The rest of an open file, which is closed when it has been sent, or the client has disconnected."""

    def __init__(self, file: BinaryIO, headers: Mapping[str, str], media_type: str) -> None:
        size = os.fstat(file.fileno()).st_size - file.tell()
        super().__init__(self._parts(), headers={**headers, "Content-Length": str(size)})
        # Not set as `media_type`, to which Starlette would add a charset.
        self.headers["Content-Type"] = media_type
        self._file = file

    async def _parts(self) -> AsyncIterator[bytes]:
        while part := await anyio.to_thread.run_sync(self._file.read, _PART):
            yield part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file:
            await super().__call__(scope, receive, send)
