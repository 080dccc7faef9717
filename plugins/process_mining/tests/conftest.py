"""A workshop with a history that has something of everything, and its log in every form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from placet import EventRecord, NotFoundError, WorkspaceLog
from placet.testing import Desk, Registry
from placet_process_mining.formats import FORMATS, export_file

from . import workshop

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


class Shop(Desk):
    """The workspace SHOP: `ann` wishes, `ben` and `bea` repair, `tom` has no role at all."""

    key = "SHOP"

    def __init__(self, folder: Path) -> None:
        people = {"shop.customer": ["ann"], "shop.fixer": ["ben", "bea"]}
        super().__init__(folder, registry=Registry.of(workshop), people=people)
        self.person("tom")
        #: The database.
        self.file = next(folder.glob("*.db"))

    def wish(self, title: str = "A broken lamp", **fields: Any) -> str:
        """The key of a repair in its first state."""
        return self.create("shop.repair", title, actor="ann", **fields).key

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.at(self.clock.now() + timedelta(**span))

    def lived(self) -> str:
        """Live through something of everything; answers the key of the repair that it happened to."""
        repair = self.wish(fault="dark", hours=2, price=12.5, express=True, tags=["lamp", "old"])
        self.move(repair, "start", actor="ben")
        self.move(repair, "offer", actor="ben")
        self.approve(repair, "shop.agreement", by=["ann"])
        self.later(hours=1)
        self.move(repair, "order", actor="ben")
        ben = self.actors["ben"]
        self.engine.items.edit(ben, repair, title='A "broken" <lamp> & more', fields={"hours": 3})
        self.later(hours=1)
        self.edit(repair, actor="ben", price=None, due="2026-04-01T12:00:00+02:00")
        self.engine.items.comment(self.actors["ann"], repair, "first line\nsecond; with \ufffe, and =1+1")
        other = self.wish("Another")
        self.link(repair, "shop.follows", other, actor="ben")
        self.engine.items.unlink(ben, repair, "shop.follows", other)
        self.refused(other, "start", actor="ben")
        self.engine.items.set_role(self.person("system"), other, "shop.fixer", ["bea"])
        self.attach(repair, "offer", actor="ben")
        return repair

    def everything(self) -> list[EventRecord]:
        """Every event of the shop's items, as the engine has them."""
        found: list[EventRecord] = []
        with suppress(NotFoundError):
            for number in count(1):
                found += self.history(f"SHOP-{number}")
        return found


@contextmanager
def opened(shop: Shop) -> Iterator[WorkspaceLog]:
    """The shop's log."""
    with shop.engine.event_log.of_workspace(shop.person("system"), "SHOP") as log:
        yield log


def write(shop: Shop, form: str, folder: Path) -> Path:
    """The shop's log in a format, as a file in a folder."""
    file = folder / f"shop{FORMATS[form].suffix}"
    with opened(shop) as log:
        export_file(log, FORMATS[form], file)
    return file


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A workshop in which nothing has happened yet."""
    folder = tmp_path / "shop"
    folder.mkdir()
    with Shop(folder) as opened_shop:
        yield opened_shop


@pytest.fixture
def written(shop: Shop, tmp_path: Path) -> Written:
    """Writes the log of a shop that has lived."""
    shop.lived()
    return lambda form: write(shop, form, tmp_path)
