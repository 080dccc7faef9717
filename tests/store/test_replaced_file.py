"""A backup that is put in the place of the database while a process has it open: nothing is confirmed and then gone."""

from __future__ import annotations

import shutil

import pytest
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
