"""The client commands' way to the engine: the REST contract, over the network or within this process.

With `PLACET_URL` and `PLACET_TOKEN` set, requests go to that server. Otherwise, and with `--database-url`, the same
requests go to an application in this process, over the local database, as the actor named by `--as` or `PLACET_ACTOR`.
Nothing is written to another place, or for another person, than the command line says: it is refused instead.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx

from placet.app import build
from placet.cli.output import RefusedError
from placet.engine.act.journal import new_id
from placet.engine.act.people import Actor, Token
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.workspaces.tokens import SCOPES, token_digest
from placet.errors import PlacetError, SettingsError
from placet.settings import Settings

_TIMEOUT = 60.0


class UnreachableError(PlacetError):
    """The server does not answer."""


def request(
    settings: Settings,
    method: str,
    path: str,
    *,
    actor: str | None,
    body: Any = None,
    params: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    """Send one request; returns the JSON document, or the text of any other answer.

    Raises:
        RefusedError: the request was refused; the error has the problem document.
        SettingsError: it is not clear where the request goes, or for whom.
        UnreachableError: nothing answers.
    """
    server = _server(actor)
    params = {name: value for name, value in (params or {}).items() if value is not None}
    call = {"method": method, "url": f"/api/v1{path}", "json": body, "params": params}
    if server is not None:
        answer = _remote(*server, call, headers or {})
    else:
        answer = asyncio.run(_local(settings, actor, call, headers or {}))
    if answer.is_error:
        problem = (
            answer.json() if "json" in answer.headers.get("content-type", "") else {"detail": answer.text}
        )
        raise RefusedError(problem)
    return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text


def _server(actor: str | None) -> tuple[str, str] | None:
    """The address of the server and a token for it; `None` for the local database."""
    url, token = os.environ.get("PLACET_URL"), os.environ.get("PLACET_TOKEN")
    if not url and not token:
        return None
    if not url or not token:
        there, missing = ("PLACET_URL", "PLACET_TOKEN") if url else ("PLACET_TOKEN", "PLACET_URL")
        raise SettingsError(
            f"{there} is set and {missing} is not: set both for the server, or neither for the local database"
        )
    if actor is not None and actor != os.environ.get("PLACET_ACTOR"):
        raise SettingsError(
            f"--as {actor} is for the local database, and PLACET_URL is set: the server knows by the token who you are;"
            " leave --as out, or name the database with --database-url"
        )
    return url, token


def _remote(url: str, token: str, call: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    with httpx.Client(base_url=url.rstrip("/"), timeout=_TIMEOUT) as client:
        try:
            return client.request(**call, headers={"Authorization": f"Bearer {token}", **headers})
        except httpx.HTTPError as error:
            raise UnreachableError(f"{url} does not answer: {error}") from error


async def _local(
    settings: Settings, actor: str | None, call: dict[str, Any], headers: dict[str, str]
) -> httpx.Response:
    from placet.api.application import create_app

    application = build(settings)
    try:
        who = _actor(application.store, actor)
        if who is not SYSTEM_ACTOR:
            # The record says that the machine's command line spoke for them.
            who = replace(who, token_issued_by=SYSTEM_ACTOR.id)
        # A token that only this process knows, and that is not stored: access to the database is enough here.
        secret = secrets.token_urlsafe(32)
        token = Token(new_id(), who.id, "local", token_digest(secret), SCOPES, datetime.now(UTC))
        application.engine.people.remember_token(token.digest, who, token, seconds=_TIMEOUT)
        transport = httpx.ASGITransport(create_app(application))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://local", timeout=_TIMEOUT
        ) as client:
            return await client.request(**call, headers={"Authorization": f"Bearer {secret}", **headers})
    finally:
        application.close()


def _actor(store: Any, id: str | None) -> Actor:
    if id is None:
        return SYSTEM_ACTOR
    with store.reading() as session:
        found: Actor | None = session.people.actor(id)
        if found is None:
            raise PlacetError(f'there is no actor "{id}": see placet actor list')
        if found.deactivated_at is not None:
            raise PlacetError(f"{id} is switched off: placet actor reactivate brings them back")
        return found


def path_of(*parts: str) -> str:
    """A path with its parts quoted."""
    return "/" + "/".join(quote(part, safe="") for part in parts)
