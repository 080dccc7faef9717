from __future__ import annotations

import asyncio
import base64
import re
import socket
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from patience import PATIENCE
from starlette.types import Message, Receive, Scope, Send

from placet.api.middleware import RequestIds

Shop = Any

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class TestAnswers:
    @pytest.mark.parametrize(
        "path",
        ["/api/v1/items", "/api/v1/items/SHOP-999", "/nowhere", "/healthz", "/docs", "/problems/blocked"],
    )
    def test_forbid_browsers_to_do_anything_with_them(self, shop: Shop, path: str) -> None:
        """No guessing of types, no frames, no scripts, and no copy in a cache: of what is refused either."""
        headers = shop.ben.get(f"{shop.url}{path}").headers

        assert {name: headers[name] for name in _ALWAYS} == _ALWAYS
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]

    def test_say_what_they_have_to_say_once(self, shop: Shop) -> None:
        """Evidence and streams have a policy of their own, which stands."""
        key = shop.wish()
        files = {"file": ("x.html", b"<p>", "text/html")}
        sha = shop.ben.post(f"/items/{key}/evidence", data={"kind": "page"}, files=files).json()["sha256"]

        headers = shop.ben.get(f"/evidence/{sha}").headers

        assert headers.get_list("Content-Security-Policy") == ["sandbox; default-src 'none'"]
        assert headers.get_list("X-Content-Type-Options") == ["nosniff"]

    def test_of_what_is_not_http_are_problems(self, shop: Shop) -> None:
        """Protected like all others."""
        parts = urlsplit(shop.url)
        with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE) as client:
            client.sendall(b"This is not HTTP\r\n\r\n")
            with client.makefile("rb") as answer:
                reported = answer.read()

        assert reported.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert b"x-content-type-options: nosniff\r\n" in reported
        assert b'"type":"/problems/malformed"' in reported


class TestThePageOfOperations:
    def test_has_its_own_style_and_nothing_else(self, shop: Shop) -> None:
        """The policy names the style by its hash: another one, or any script, would not be run."""
        answer = shop.nobody.get(f"{shop.url}/docs")

        style = re.search("<style>(.*)</style>", answer.text, re.DOTALL)
        assert style is not None
        digest = base64.b64encode(sha256(style[1].encode()).digest()).decode()
        assert answer.headers["Content-Security-Policy"].endswith(f"style-src 'sha256-{digest}'")
        assert not re.search("<script| style=| on[a-z]+=", answer.text)


class TestFiles:
    def test_of_a_new_database_are_for_their_owner_alone(
        self, serve: Callable[..., Shop], tmp_path: Path
    ) -> None:
        """With the files that SQLite makes beside it, and evidence."""
        from placet.app import migrate
        from placet.settings import Settings

        folder = tmp_path / "data"
        folder.mkdir()
        url = f"sqlite:///{folder / 'placet.db'}"
        migrate(Settings(database_url=url))
        shop = serve(url, secret_key="0123456789abcdef")

        key = shop.wish()
        shop.ben.post(f"/items/{key}/evidence", data={"kind": "photo"}, files={"file": b"x"})

        files = [
            path for place in (folder, tmp_path / "evidence") for path in place.rglob("*") if path.is_file()
        ]
        assert {path.name for path in folder.iterdir()} >= {"placet.db", "placet.db-wal", "placet.db-shm"}
        assert {path.name: oct(path.stat().st_mode & 0o777) for path in files} == {
            path.name: "0o600" for path in files
        }


class TestAnAnswerThatIsSentAgain:
    @pytest.mark.parametrize("kind", [list, tuple])
    def test_has_the_id_of_its_own_request_alone(self, kind: type) -> None:
        """A plugin's route may return one answer to everybody, and a server's own application a tuple of headers."""
        headers = kind([(b"x-request-id", b"mine"), (b"content-length", b"0")])
        sent: list[Message] = []

        async def answering(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": headers})

        async def noted(message: Message) -> None:
            sent.append(message)

        async def twice() -> None:
            for _ in range(2):
                await RequestIds(answering)({"type": "http", "method": "GET", "path": "/"}, never, noted)

        asyncio.run(twice())

        ids = [[value for name, value in each["headers"] if name == b"x-request-id"] for each in sent]
        assert [len(each) for each in ids] == [1, 1]
        assert ids[0] != ids[1]
        assert b"mine" not in ids[0]


async def never() -> Message:
    raise AssertionError("the request has no body")
