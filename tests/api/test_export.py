from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from placet.api import create_app
from placet.app import build
from placet.store import bridge

Shop = Any

_MEDIA = {
    "ocel2": "application/json",
    "ocel2-sqlite": "application/vnd.sqlite3",
    "xes": "application/xml",
    "csv": "text/csv",
}


async def never() -> Any:
    """Nothing is ever received."""
    await asyncio.Event().wait()


def readers_of(database_url: str) -> int:
    """1 while somebody reads what was written to a SQLite file of late: a view that is open keeps it from its place.

    A thread keeps its connection there, so that connections say nothing.
    """
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=0)) as other:
        return int(other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])


class TestAnExport:
    @pytest.mark.parametrize("form", _MEDIA)
    def test_holds_every_event_of_the_workspaces_items(
        self, any_shop: Shop, tmp_path: Path, form: str
    ) -> None:
        """In the format that is asked for, as a file with a name."""
        key = any_shop.on_bench()

        answer = any_shop.ben.get("/workspaces/SHOP/export", params={"format": form})

        events = any_shop.ben.get(f"/items/{key}/history").json()["events"]
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == _MEDIA[form]
        assert answer.headers["content-disposition"].startswith('attachment; filename="SHOP.')
        assert len(events) == 2
        for event in events:
            assert event["id"] in answer.content.decode(errors="replace")
        if form == "ocel2-sqlite":
            (tmp_path / "log").write_bytes(answer.content)
            with closing(sqlite3.connect(tmp_path / "log")) as log:
                assert log.execute("SELECT count(*) FROM event").fetchone() == (2,)

    def test_is_ocel_unless_said_otherwise(self, shop: Shop) -> None:
        shop.wish()

        assert shop.ben.get("/workspaces/SHOP/export").json()["events"][0]["type"] == "shop.repair.created"

    def test_may_be_longer_than_one_part(self, any_shop: Shop) -> None:
        """It is written before it is sent, so its length is known."""
        for n in range(30):
            any_shop.wish(title=f"Lamp {n}", notes="long " * 2000)

        with any_shop.ben.stream("GET", "/workspaces/SHOP/export?format=csv") as answer:
            text = answer.read().decode()

        assert int(answer.headers["content-length"]) == len(text.encode()) > 200_000
        assert [row["item"] for row in csv.DictReader(io.StringIO(text))] == [
            f"SHOP-{n}" for n in range(1, 31)
        ]

    def test_can_be_given_up(self, any_shop: Shop) -> None:
        """A client that goes away leaves nothing open: neither a view of the store nor its connection."""
        for n in range(30):
            any_shop.wish(title=f"Lamp {n}", notes="long " * 2000)
        settings = any_shop.application.settings
        asynchronous = settings.database_url.startswith("postgresql")

        async def abandon() -> int:
            application = build(settings, registry=any_shop.application.registry, asynchronous=asynchronous)
            app, token = create_app(application), any_shop.token("ben")
            scope = {
                "type": "http", "method": "GET", "path": "/api/v1/workspaces/SHOP/export", "query_string": b"",
                "headers": [(b"authorization", f"Bearer {token}".encode())], "asgi": {"spec_version": "2.4"},
            }  # fmt: skip
            parts: list[bytes] = []

            async def send(message: Any) -> None:
                parts.append(message.get("body", b""))
                if len(parts) == 2:
                    raise OSError("the connection is gone")

            await app(scope, never, send)
            in_use = application.store.connections()["in_use"]
            open_still = in_use if asynchronous else readers_of(settings.database_url)
            await bridge.run(application.store, application.close)
            return open_still

        assert asyncio.run(abandon()) == 0

    def test_has_a_head(self, any_shop: Shop) -> None:
        any_shop.wish()

        answer = any_shop.ben.head("/workspaces/SHOP/export?format=xes")

        assert (answer.status_code, answer.headers["content-type"], answer.content) == (
            200, "application/xml", b"",
        )  # fmt: skip


class TestAnExportThatIsRefused:
    def test_is_not_for_those_who_cannot_see_the_workspace(self, any_shop: Shop) -> None:
        """A problem, not a file with an error in it."""
        refused = any_shop.tom.get("/workspaces/SHOP/export")

        assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found")
        assert any_shop.nobody.get("/workspaces/SHOP/export").status_code == 401

    def test_names_formats_that_there_are(self, shop: Shop) -> None:
        refused = shop.ben.get("/workspaces/SHOP/export?format=xml")

        assert refused.status_code == 400
        assert "'ocel2', 'ocel2-sqlite', 'xes' or 'csv'" in refused.json()["detail"]

    def test_needs_the_scope_to_read(self, shop: Shop) -> None:
        client = shop.client(shop.token("ben", "write"))

        assert client.get("/workspaces/SHOP/export").status_code == 403
