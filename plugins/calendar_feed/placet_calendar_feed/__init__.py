"""Windows and calendars for Placet: import from, and feeds for, the calendar programs that people use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from placet import hookimpl

if TYPE_CHECKING:
    from fastapi import APIRouter


@hookimpl
def placet_routes() -> APIRouter:
    """`/workspaces/{ws}/windows` and `/workspaces/{ws}/calendar.ics`."""
    from placet_calendar_feed.routes import router  # noqa: PLC0415  # only a server has routes

    return router
