"""This installation, as the commands that work on its own machine find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from placet.app import House
    from placet.settings import Settings


def read_settings() -> Settings:
    """The settings of this process."""
    from placet.settings import load_settings

    return load_settings()


def application() -> House:
    """Everything wired, over the database of the settings."""
    from placet.app import build

    return build(read_settings())
