"""Windows and calendars for Placet: what takes place when, in and out, for the calendar programs that people have."""

from __future__ import annotations

from fastapi import APIRouter

from placet import hookimpl


@hookimpl
def placet_routes() -> APIRouter:
    """`/workspaces/{ws}/windows` and `/workspaces/{ws}/calendar.ics`."""
    from placet_calendar_feed.routes import router  # noqa: PLC0415  # only a server has routes

    return router
