"""A backup that is put in the place of the database while a process has it open: nothing is confirmed and then gone."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import monotonic, sleep

import pytest
from patience import PATIENCE
from shop import OpenShop, Shop

from placet.errors import UnavailableError
from placet.store.installation import try_writing


def replace(shop: Shop) -> str:
    """Put a copy in the place of the database; returns its path."""
    file = shop.application.settings.sqlite_file
    assert file is not None
    shutil.copyfile(file, f"{file}.backup")
    file.with_name(f"{file.name}.backup").replace(file)
    return str(file)


def test_no_act_goes_on_with_the_former_file(shop: Shop) -> None:
    """Acts on items, acts of administration, and the write by which a process shows that it is ready."""
    item = shop.wish()
    file = replace(shop)

    with pytest.raises(
        UnavailableError, match="was replaced or removed while this process had it open"
    ) as found:
        shop.engine.items.comment(shop["ann"], item.key, "Where will this be?")
    with pytest.raises(UnavailableError):
        shop.engine.people.add(shop["ida"], id="zoe", name="Zoe")
    with pytest.raises(UnavailableError):
        try_writing(shop.application.store, shop.clock.now())

    assert str(found.value).startswith(file)
    assert found.value.outcome_known


def test_a_process_that_begins_with_the_backup_writes_to_it(shop: Shop, open_shop: OpenShop) -> None:
    item = shop.wish()
    again = open_shop.again(f"sqlite:///{replace(shop)}")

    again.engine.items.comment(again["ann"], item.key, "Here it is")

    assert again.kinds(item) == ["created", "comment"]


def test_nothing_is_shown_of_the_former_file_for_long(shop: Shop) -> None:
    """Neither one item, which takes a single statement, nor a list of them, nor the log."""
    item = shop.wish()
    query = shop.engine.reports.item_query(shop["ann"], workspace="SHOP")
    looks: list[Callable[[], object]] = [
        lambda: shop.engine.items.get(shop["ann"], item.key),
        lambda: shop.engine.reports.items(shop["ann"], query),
        lambda: shop.engine.event_log.history(shop["ann"], item.key),
    ]
    replace(shop)

    for look in looks:
        assert refusal_of(look).startswith(f"{shop.application.settings.sqlite_file} was replaced or removed")


def refusal_of(look: Callable[[], object]) -> str:
    """The refusal that a view ends with, sooner or later."""
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        try:
            look()
        except UnavailableError as refusal:
            return str(refusal)
        sleep(0.01)
    raise AssertionError(f"it was still shown after {PATIENCE:g} seconds")


def test_a_file_that_was_removed_is_not_made_anew(shop: Shop) -> None:
    """The next process would find a database without tables, and a backup would not be put over it."""
    store, file = shop.application.store, shop.application.settings.sqlite_file
    assert file is not None
    store.engine.dispose()
    file.unlink()

    with pytest.raises(UnavailableError):
        store.set_note("where", "here")
    assert not file.exists()


@pytest.mark.parametrize("act", ["an item's", "the administration's", "the installation's"])
def test_an_act_that_waits_for_the_lock_meanwhile_is_not_confirmed(shop: Shop, act: str) -> None:
    """It began with the former file, and would be written there once the lock is free."""
    item, store = shop.wish(), shop.application.store
    acts: dict[str, Callable[[], object]] = {
        "an item's": lambda: shop.engine.items.comment(shop["ann"], item.key, "Where will this be?"),
        "the administration's": lambda: shop.engine.people.add(shop["ida"], id="zoe", name="Zoe"),
        "the installation's": lambda: store.set_note("where", "here"),
    }
    file, idle = shop.application.settings.sqlite_file, store.connections()["in_use"]
    with closing(sqlite3.connect(str(file), isolation_level=None)) as other, ThreadPoolExecutor(1) as pool:
        other.execute("BEGIN IMMEDIATE")
        waiting = pool.submit(acts[act])
        deadline = monotonic() + PATIENCE
        while store.connections()["in_use"] == idle and not waiting.done() and monotonic() < deadline:
            sleep(0.01)
        replace(shop)
        other.execute("ROLLBACK")

        with pytest.raises(UnavailableError, match="was replaced or removed"):
            waiting.result(PATIENCE)
