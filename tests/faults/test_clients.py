"""Clients that read nothing, send drop by drop, or send very much: they cost nobody else anything."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from patience import PATIENCE

from .conftest import Front, Serve

_MIB = 1024 * 1024


@contextmanager
def connected(front: Front, *, receive: int | None = None) -> Iterator[socket.socket]:
    """A connection of bytes; `receive` is how many of them the client's side takes in at most."""
    parts = urlsplit(front.url)
    with socket.socket() as client:
        if receive is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        client.settimeout(PATIENCE)
        client.connect((parts.hostname, parts.port))
        yield client


def head(front: Front, method: str, path: str, *lines: str) -> bytes:
    """The head of a request of ben's."""
    reported = [
        f"{method} {path} HTTP/1.1",
        "Host: x",
        f"Authorization: Bearer {front.token}",
        *lines,
        "",
        "",
    ]
    return "\r\n".join(reported).encode()


def ended(client: socket.socket) -> bytes:
    """Everything that comes until the server ends the connection."""
    parts = []
    try:
        while part := client.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def until(client: socket.socket, end: bytes) -> bytes:
    """Everything that comes until it ends so, in however many pieces."""
    received = b""
    while not received.endswith(end):
        part = client.recv(65536)
        assert part, f"the server ended the connection after {received!r}"
        received += part
    return received


def drip(client: socket.socket, drop: bytes = b"x") -> None:
    """Send bit by bit, until there is an answer."""
    client.settimeout(0.1)
    for _ in range(200):
        client.sendall(drop)
        with suppress(TimeoutError):
            client.recv(1, socket.MSG_PEEK)
            break
    client.settimeout(PATIENCE)


def memory() -> int:
    """Bytes of this process's memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def files() -> int:
    """Files that this process has open, those without a name too."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def busy(serve: Serve, database_url: str) -> Front:
    """A workspace whose export is larger than what lies between two machines, and few connections to the database."""
    front = serve(database_url, pool_size=1, send_timeout=3.0)
    for _ in range(80):
        assert front.wish(notes="long " * 13_000).status_code == 201
    return front


class TestSlowReaders:
    def test_of_exports_disturb_nobody(self, busy: Front) -> None:
        """Fourteen who ask for an export and read nothing: more than there are connections to the database."""
        waiting = [connected(busy, receive=4096) for _ in range(14)]
        clients = [each.__enter__() for each in waiting]
        try:
            for client in clients:
                client.sendall(head(busy, "GET", "/api/v1/workspaces/SHOP/export"))
                assert client.recv(12) == b"HTTP/1.1 200"

            with ThreadPoolExecutor(4) as people:
                answers = list(people.map(lambda _: busy.wish(), range(20)))

            assert {answer.status_code for answer in answers} == {201}
        finally:
            for each in waiting:
                each.__exit__(None, None, None)

    def test_are_cut_off_when_they_take_nothing_for_too_long(self, busy: Front) -> None:
        """And what was kept for them goes with them."""
        with connected(busy, receive=4096) as client:
            client.sendall(head(busy, "GET", "/api/v1/workspaces/SHOP/export?format=csv"))
            assert client.recv(12) == b"HTTP/1.1 200"
            before = files()

            busy.until(lambda: not busy.serves(client) and files() < before)

            assert len(ended(client)) < 5 * _MIB

    def test_of_the_event_stream_are_cut_off_too(self, busy: Front) -> None:
        """A stream has no end: who does not read it has no use for it."""
        with connected(busy, receive=4096) as client:
            client.sendall(head(busy, "GET", "/api/v1/events", "Accept: text/event-stream"))
            assert client.recv(12) == b"HTTP/1.1 200"

            busy.until(lambda: not busy.serves(client))

            assert len(ended(client)) < 5 * _MIB


class TestDrippingRequests:
    @pytest.fixture
    def front(self, serve: Serve, sqlite_url: str) -> Front:
        return serve(sqlite_url, receive_timeout=1.5, receive_rate=2000)

    @pytest.fixture
    def patient(self, serve: Serve, sqlite_url: str) -> Front:
        """With so much time that a machine which stands still for a moment is not a slow client."""
        return serve(sqlite_url, receive_timeout=4.0, receive_rate=2000)

    def test_that_never_get_through_their_head_are_ended(self, front: Front) -> None:
        """With an answer that says why."""
        with connected(front) as client:
            client.sendall(b"GET /healthz HTTP/1.1\r\n")

            answer = ended(client)

        assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert b'"type":"/problems/timeout"' in answer

    def test_that_say_nothing_at_all_are_ended(self, front: Front) -> None:
        """Nobody waits for an answer there."""
        with connected(front) as client:
            assert ended(client) == b""

    def test_whose_body_drips_are_ended(self, front: Front) -> None:
        """However steadily: what counts is how much has come by then."""
        with connected(front) as client:
            client.sendall(head(front, "POST", "/api/v1/items", "Content-Length: 10000"))

            drip(client)

            assert b"HTTP/1.1 408" in ended(client)

    def test_whose_body_drips_after_they_were_refused_are_ended(self, front: Front) -> None:
        """An answer before the end of the request is not a way round."""
        with connected(front) as client:
            client.sendall(b"POST /api/v1/items HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 401"

            ended(client)

    def test_may_take_longer_as_long_as_their_body_comes_along(self, patient: Front) -> None:
        """A slow line is not an attack."""
        body = (
            b'{"workspace":"SHOP","type":"shop.repair","title":"Slow","fields":{"notes":"'
            + b"x" * 40_000
            + b'"}}'
        )
        with connected(patient) as client:
            length = f"Content-Length: {len(body)}"
            client.sendall(head(patient, "POST", "/api/v1/items", length, "Connection: close"))
            for n in range(0, len(body), 2000):
                client.sendall(body[n : n + 2000])
                time.sleep(0.25)

            assert ended(client).startswith(b"HTTP/1.1 201")

    def test_with_an_endless_head_are_refused(self, serve: Serve, sqlite_url: str) -> None:
        """Memory is not filled with headers."""
        front = serve(sqlite_url)
        with connected(front) as client:
            client.sendall(b"GET /healthz HTTP/1.1\r\n")
            drip(client, (b"X-Long: " + b"x" * 1000 + b"\r\n") * 50)

            assert ended(client).startswith(b"HTTP/1.1 431")

    def test_are_no_reason_to_end_what_is_kept_alive(self, patient: Front) -> None:
        """One request after the other over one connection, longer in all than one of them may take."""
        with connected(patient) as client:
            for _ in range(12):
                client.sendall(head(patient, "GET", "/healthz"))
                assert until(client, b'{"status":"ok"}').startswith(b"HTTP/1.1 200")
                time.sleep(0.4)


class TestLargeUploads:
    def test_go_to_the_disk_and_not_into_memory(self, serve: Serve, database_url: str) -> None:
        """Eight of 20 MB at once take less memory than two of them are large."""
        front = serve(database_url)
        key = front.wish().json()["key"]
        peak = before = memory()

        def watched(n: int) -> Iterator[bytes]:
            nonlocal peak
            for part in _form(bytes([n]) * _MIB, 20):
                yield part
                peak = max(peak, memory())

        def upload(n: int) -> int:
            media = {"Content-Type": "multipart/form-data; boundary=b"}
            return front.ben.post(f"/items/{key}/evidence", content=watched(n), headers=media).status_code

        with ThreadPoolExecutor(8) as people:
            statuses = list(people.map(upload, range(8)))

        assert statuses == [201] * 8
        assert peak - before < 40 * _MIB

    def test_are_sent_back_from_the_disk(self, serve: Serve, database_url: str) -> None:
        """The bytes come as they were sent."""
        front = serve(database_url)
        key = front.wish().json()["key"]
        media = {"Content-Type": "multipart/form-data; boundary=b"}
        found = front.ben.post(f"/items/{key}/evidence", content=_form(b"z" * _MIB, 5), headers=media).json()

        answer = front.ben.get(f"/evidence/{found['sha256']}")

        assert (answer.content, answer.headers["Content-Length"]) == (b"z" * 5 * _MIB, str(5 * _MIB))

    def test_are_limited_for_each_token_in_an_hour(self, serve: Serve, sqlite_url: str) -> None:
        """A request beyond it is refused, with the time to wait."""
        front = serve(sqlite_url, evidence_rate=1000)
        key = front.wish().json()["key"]

        answers = [_attach(front, key) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [201, 429]
        assert int(answers[1].headers["Retry-After"]) > 3600
        assert "1000 bytes of evidence an hour" in answers[1].json()["detail"]

    def test_leave_the_last_of_the_disk_free(self, serve: Serve, sqlite_url: str) -> None:
        """The database may need it."""
        front = serve(sqlite_url, evidence_reserve=2**60)
        key = front.wish().json()["key"]

        refused = _attach(front, key)

        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
        assert front.kinds(key) == ["created"]


def _attach(front: Front, key: str) -> httpx.Response:
    return front.ben.post(f"/items/{key}/evidence", data={"kind": "photo"}, files={"file": b"x" * 5000})


def _form(part: bytes, times: int) -> Iterator[bytes]:
    """A multipart body of so many parts of a file, made while it is sent."""
    yield b'--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\nproof\r\n'
    yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    for _ in range(times):
        yield part
    yield b"\r\n--b--\r\n"
