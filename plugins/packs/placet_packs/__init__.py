"""Packs: an organization's rules for other methods as data, in YAML, with conditions in CEL.

A pack is a plugin like any other: its distribution names an object of the class `Pack` as its entry point.
"""

from __future__ import annotations

import typer

from placet import hookimpl
from placet_packs.pack import Pack

__all__ = ["Pack", "placet_commands"]


@hookimpl
def placet_commands() -> typer.Typer:
    """`placet packs check`."""
    from placet_packs.commands import app  # noqa: PLC0415  # a server has no commands

    return app
