"""A repair shop behind a real HTTP server, whose database, disk and clients can be made to fail."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import httpx
import psycopg
import pytest
from patience import PATIENCE
from processes import PLAIN
from servers import Server
from shop import METHOD, OpenShop, Shop, plugin

import placet_process_mining
from placet.api import create_app
from placet.app import Application, build, migrate
from placet.catalog.discovery import Registry
from placet.settings import Settings
from placet.testing.databases import PostgresCluster, postgres_cluster


class Front:
    """A server, and ben's way to it."""

    def __init__(self, server: Server, token: str, application: Application) -> None:
        self.url, self.token = server.url, token
        self._server = server
        #: The application that is served.
        self.application = application
        self.ben = httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE,
            verify=PLAIN,
        )

    def wish(self, **fields: Any) -> httpx.Response:
        """Make a repair."""
        body = {"workspace": "SHOP", "type": "shop.repair", "title": "A broken lamp", "fields": fields}
        return self.ben.post("/items", json=body)

    def start(self, key: str, comment: str = "") -> httpx.Response:
        """Move a repair to the bench."""
        body = {"transition": "start", "fields": {"fault": "dark", "hours": 1}, "comment": comment}
        return self.ben.post(f"/items/{key}/transitions", json=body)

    def kinds(self, key: str) -> list[str]:
        """The events of an item, in order."""
        return [event["kind"] for event in self.ben.get(f"/items/{key}/history").json()["events"]]

    def ready(self) -> httpx.Response:
        return httpx.get(f"{self.url}/readyz", timeout=PATIENCE, verify=PLAIN)

    def serves(self, client: socket.socket) -> bool:
        """Whether the server has a connection with a client."""
        return self._server.serves(client)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something to come about."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, "it does not come about"
            time.sleep(0.05)


class Serve(Protocol):
    def __call__(self, url: str, *, at: str | None = None, **settings: Any) -> Front: ...


@pytest.fixture
def serve(open_shop: OpenShop, tmp_path: Path) -> Iterator[Serve]:
    """Opens a shop in a database, and serves it: `at` another URL of it, and with settings of its own."""
    with ExitStack() as running:

        def start(url: str, *, at: str | None = None, **settings: Any) -> Front:
            shop: Shop = open_shop(url)
            token, _ = shop.engine.people.issue_token(shop["ben"], "ben", name="faults")
            configured = Settings(database_url=at or url, evidence_url=str(tmp_path / "evidence"), **settings)
            asynchronous = url.startswith("postgresql")
            application = build(
                configured,
                registry=Registry.of(plugin(METHOD), placet_process_mining),
                asynchronous=asynchronous,
            )
            server = Server(create_app(application), log_level="critical")
            running.callback(server.join)
            running.callback(server.end, at_once=True)
            front = Front(server, token, application)
            running.callback(front.ben.close)
            return front

        yield start


@pytest.fixture(scope="session")
def a_cluster() -> Iterator[PostgresCluster]:
    with postgres_cluster() as running:
        migrate(Settings(database_url=f"{running.url}/postgres"))
        yield running


def set_read_only(url: str, value: str) -> None:
    """Let a server take no writes (`on`), or take them again (`off`): in all connections when this returns.

    The server reads its settings again when it comes to it, and takes new connections when all others know it.
    """
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("SET default_transaction_read_only = off")
        server.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}".encode())
        server.execute("SELECT pg_reload_conf()")
    deadline, found = time.monotonic() + PATIENCE, None
    while found != (value,):
        assert time.monotonic() < deadline, f"the server stays {found}"
        with psycopg.connect(url) as newcomer:
            found = newcomer.execute("SHOW default_transaction_read_only").fetchone()


@pytest.fixture
def cluster(a_cluster: PostgresCluster) -> Iterator[PostgresCluster]:
    """A PostgreSQL server beside that of other tests, to be stopped and changed: it is as before afterwards."""
    yield a_cluster
    a_cluster.stop()
    a_cluster.start()
    set_read_only(f"{a_cluster.url}/postgres", "off")


@pytest.fixture
def cluster_url(cluster: PostgresCluster) -> str:
    """A migrated database of the test's own on it."""
    with psycopg.connect(f"{cluster.url}/template1", autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS faults")
        server.execute("CREATE DATABASE faults TEMPLATE postgres")
    return f"{cluster.url}/faults"
