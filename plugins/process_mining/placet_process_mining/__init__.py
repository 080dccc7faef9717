"""Process mining for Placet: export of the log, and conformance checks of foreign logs against workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from placet import hookimpl

if TYPE_CHECKING:
    from fastapi import APIRouter


@hookimpl
def placet_routes() -> APIRouter:
    """`GET /workspaces/{ws}/export`."""
    from placet_process_mining.routes import router  # noqa: PLC0415  # commands have no routes

    return router


@hookimpl
def placet_commands() -> typer.Typer:
    """`placet export` and `placet replay`."""
    from placet_process_mining.commands import app  # noqa: PLC0415  # a server has no commands

    return app
