"""The requests of client commands: what they need for one is imported when it is made."""

from __future__ import annotations

from typing import Any

from placet.cli.installation import read_settings


def call(method: str, *parts: str, actor: str | None, **rest: Any) -> Any:
    """The answer to a request at the path of these parts, made as an actor; see `placet.cli.client.request`."""
    from placet.cli.client import path_of, request

    return request(read_settings(), method, path_of(*parts), actor=actor, **rest)
