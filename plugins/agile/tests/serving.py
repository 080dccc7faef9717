"""The routes of the method over HTTP, as one of the company's people."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from placet.api import create_app
from placet.testing import Desk

from .conftest import PEOPLE, Company


class ServedDesk(Desk):
    """A desk whose application is also served, without a port."""

    def transport(self) -> httpx.ASGITransport:
        """The way to the REST API."""
        return httpx.ASGITransport(create_app(self.application))


class ServedCompany(Company):
    """A company whose workspace is also served."""

    def __init__(self, desk: ServedDesk) -> None:
        super().__init__(desk)
        self._transport = desk.transport()
        self._tokens: dict[str, str] = {}

    def get(self, by: str, path: str, *, status: int = 200, **query: Any) -> Any:
        """The answer to a request for a path of the method."""
        answer = asyncio.run(self._sent(by, "GET", f"/x/agile/{path}", params=query))
        assert answer.status_code == status, answer.text
        return answer.json()

    def send(self, by: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the answer of any request."""
        answer = asyncio.run(self._sent(by, method, path, json=body))
        return answer.status_code, answer.json()

    async def _sent(self, by: str, method: str, path: str, **more: Any) -> httpx.Response:
        if by not in self._tokens:
            system = self.desk.person("system")
            self._tokens[by], _ = self.desk.engine.people.issue_token(system, by, name="tests")
        headers = {"Authorization": f"Bearer {self._tokens[by]}"}
        async with httpx.AsyncClient(
            transport=self._transport, base_url="http://placet.test/api/v1"
        ) as client:
            return await client.request(method, path, headers=headers, **more)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedCompany]:
    with ServedDesk(tmp_path, methods=["governance", "agile"], people=PEOPLE) as desk:
        yield ServedCompany(desk)
