"""A repair shop with a history that has something of everything, and its log in every form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from shop import Shop

from placet.engine.act.records import EventRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.reports.event_log import WorkspaceLog
from placet.exchange.formats import FORMATS, export_file

Written = Callable[[str], Path]

#: How a map finds the states of repairs in our own exports.
OWN_MAPS: dict[str, dict[str, Any]] = {
    "csv": {"case": "item", "time": "at", "only": {"type": "shop.repair"}},
    "xes": {"case": "case:concept:name", "time": "time:timestamp", "only": {"case:type": "shop.repair"}},
    "ocel2": {
        "case": "ocel:oid",
        "time": "ocel:timestamp",
        "only": {"ocel:type": "shop.repair", "ocel:qualifier": "item"},
    },
}
OWN_MAPS["ocel2-sqlite"] = OWN_MAPS["ocel2"]


def lived(shop: Shop) -> str:
    """Let a shop live through something of everything; answers the key of the repair that it happened to."""
    repair = shop.offered(price=12.5, express=True, tags=["lamp", "old"])
    shop.vote(repair, "cid", comment="fine")
    shop.clock.forward(hours=1)
    shop.move(repair, "order", "ben")
    shop.engine.items.edit(shop["ben"], repair.key, title='A "broken" <lamp> & more', fields={"hours": 3})
    shop.clock.forward(hours=1)
    shop.engine.items.edit(
        shop["ben"], repair.key, fields={"price": None, "due": "2026-04-01T12:00:00+02:00"}
    )
    shop.engine.items.comment(shop["ann"], repair.key, "first line\nsecond; with \ufffe, and =1+1")
    other = shop.wish("Another")
    shop.engine.items.link(shop["ben"], repair.key, "shop.follows", other.key)
    shop.engine.items.unlink(shop["ben"], repair.key, "shop.follows", other.key)
    shop.refusal(other, "start", "ben")
    shop.engine.items.set_role(shop["ida"], other.key, "shop.fixer", ["bea"])
    shop.attach(repair, "offer")
    return repair.key


def history(shop: Shop) -> list[EventRecord]:
    """Every event of the shop's items, as the engine tells them."""
    items = shop.engine.reports.items(
        shop["ida"], shop.engine.reports.item_query(shop["ida"], limit=500)
    ).rows
    return [
        event
        for item in items
        for event in shop.engine.event_log.history(SYSTEM_ACTOR, item.key, limit=10_000).rows
    ]


@contextmanager
def opened(shop: Shop) -> Iterator[WorkspaceLog]:
    """The shop's log."""
    with shop.engine.event_log.of_workspace(shop["ida"], "SHOP") as log:
        yield log


def write(shop: Shop, form: str, folder: Path) -> Path:
    """The shop's log in a format, as a file in a folder."""
    file = folder / f"shop{FORMATS[form].suffix}"
    with opened(shop) as log:
        export_file(log, FORMATS[form], file)
    return file


@pytest.fixture
def written(any_shop: Shop, tmp_path: Path) -> Written:
    """Writes the log of a shop that has lived."""
    lived(any_shop)
    return lambda form: write(any_shop, form, tmp_path)
