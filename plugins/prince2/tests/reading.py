"""The API over the workspace of a test."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from placet.api import create_app
from placet.testing import Desk


class Api:
    """Reads and writes as one person or another."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._transport = httpx.ASGITransport(create_app(desk.application))
        self._tokens: dict[str, str] = {}

    def get(self, who: str, path: str, **headers: str) -> httpx.Response:
        """One request."""
        return asyncio.run(self._send("GET", path, who, headers))

    def post(self, who: str, path: str, body: Any) -> Any:
        """The JSON of the answer to a body; fine or not."""
        return asyncio.run(self._send("POST", path, who, {}, body)).json()

    async def _send(
        self, method: str, path: str, who: str, headers: dict[str, str], body: Any = None
    ) -> httpx.Response:
        signed = {"Authorization": f"Bearer {self._token(who)}", **headers}
        async with httpx.AsyncClient(transport=self._transport, base_url="http://local/api/v1") as client:
            return await client.request(method, path, headers=signed, json=body)

    def _token(self, who: str) -> str:
        if who not in self._tokens:
            person = self._desk.actors[who]
            self._tokens[who], _ = self._desk.engine.people.issue_token(person, who, name="test")
        return self._tokens[who]

    def read(self, who: str, path: str) -> Any:
        """The JSON of an answer that is fine."""
        answer = self.get(who, path)
        assert answer.status_code == 200, answer.text
        return answer.json()
