"""Plugins that contribute something for the whole installation, and no method."""

from __future__ import annotations

import logging
from importlib.metadata import metadata
from typing import Any

import pytest
from pigeons import Loft

from placet import MessageChannel, hookimpl
from placet.catalog.discovery import Registry
from placet.catalog.examination import examined


class Commands:
    @hookimpl
    def placet_commands(self) -> object:
        raise AssertionError("commands are made for the command line alone")


def refusal(plugin: object) -> str:
    (listed,) = Registry.of(plugin).plugins
    assert listed.status == "failed"
    return listed.error


class TestAPluginWithoutAMethod:
    def test_runs_and_can_be_switched_on_nowhere(self) -> None:
        registry = Registry.of(Loft().plugin())

        (plugin,) = registry.plugins
        assert (plugin.name, plugin.method, plugin.item_types, plugin.status) == ("pigeons", "", (), "active")
        assert registry.methods == {}
        assert examined(registry, "pigeons") == ()

    def test_is_listed_with_what_its_distribution_says_of_itself(self) -> None:
        found = {plugin.name: plugin for plugin in Registry.discover(only="channels").plugins}

        assert found["channels"].title == metadata("placet-channels")["Summary"]

    def test_gives_a_channel(self) -> None:
        registry = Registry.of(Loft(("dove",), "doves").plugin(), Loft().plugin())

        assert [(each.plugin, each.channel.schemes) for each in registry.channels] == [
            ("doves", ("dove",)), ("pigeons", ("pigeon", "mailto")),
        ]  # fmt: skip

    def test_is_not_asked_for_its_commands_when_it_is_loaded(self) -> None:
        """A server has none."""
        registry = Registry.of(Commands())

        assert list(registry.commands) == ["Commands"]


class TestIsRefused:
    @pytest.fixture(autouse=True)
    def _quiet(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.CRITICAL)

    def test_a_hook_that_is_called_where_a_method_is_switched_on(self) -> None:
        class Listening(Commands):
            @hookimpl
            def placet_event(self, event: dict[str, Any]) -> None: ...

        assert refusal(Listening()) == "placet_method has to return one Method, and returned none"

    def test_a_channel_of_another_kind(self) -> None:
        class Wrong:
            @hookimpl
            def placet_channel(self) -> str:
                return "mailto"

        class Bare:
            @hookimpl
            def placet_channel(self) -> MessageChannel:
                loft = Loft()
                return MessageChannel("mailto", loft.admit, loft.send)  # type: ignore[arg-type]  # on purpose

        assert refusal(Wrong()) == "placet_channel has to return a MessageChannel, and returned 'mailto'"
        assert "schemes takes" in refusal(Bare())
