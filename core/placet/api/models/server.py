"""Models of the server's health, and of the clock of a sandbox."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from placet.api.models.base import Answer, Body, Moment, Time


class ClockForm(Body):
    """The new moment of the sandbox's clock."""

    now: Time


class SandboxClock(Answer):
    """The moment of the sandbox's clock."""

    now: Moment


class Health(Answer):
    """The process runs."""

    status: Literal["ok"] = "ok"


class Readiness(Answer):
    """The database can be reached and has this program's schema."""

    status: Literal["ready"] = "ready"
    sandbox: Annotated[bool, Field(description="Whether it runs on a clock of its own that can be moved.")]
    version: str
