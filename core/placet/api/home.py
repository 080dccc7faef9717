"""The page at /: what this server is, where to begin, and, on the machine itself, the people of a demonstration."""

from __future__ import annotations

from html import escape
from importlib.metadata import version
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import HTMLResponse, Response

from placet.api import manual
from placet.api.dependencies import CurrentApplication
from placet.api.documentation import POLICY, STYLE
from placet.definitions.demonstration import Shown
from placet.engine.act.ports import MovableClock
from placet.showing import Scene, Showing

#: Headers in which a proxy names its client.
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


router = APIRouter(include_in_schema=False)


async def demonstration(request: Request) -> Showing | None:
    """The server's demonstration; `None` if it has none."""
    showing: Showing | None = request.app.state.showing
    return showing


async def on_this_machine(request: Request) -> bool:
    """Whether a browser on this machine requests a page of this machine, without a proxy or a foreign name.

    If a foreign name led here, the pages of that site could read this one.
    """
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        named = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return False
    return _is_loopback(request.client.host) and (named == "localhost" or _is_loopback(named))


@router.get("/")
async def home(
    application: CurrentApplication,
    showing: Annotated[Showing | None, Depends(demonstration)],
    near: Annotated[bool, Depends(on_this_machine)],
    host: Annotated[str, Header()] = "",
) -> HTMLResponse:
    """Show what this server is, and where to begin."""
    shown = "" if showing is None else _demonstration(showing, host=host if near else None)
    page = _page(shown, sandbox=isinstance(application.clock, MovableClock))
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})


@router.get(f"{manual.PREFIX}/{{path:path}}")
async def manual_page(path: str) -> Response:
    """A page of the manual."""
    return manual.page(path)


def _page(demonstration: str, *, sandbox: bool) -> str:
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Placet</title>"
        f"<meta name=viewport content='width=device-width'><style>{STYLE}</style></head><body>"
        f"<h1>Placet {escape(version('placet'))}</h1>"
        "<p>A governed workflow engine: every move of an item is checked, explained and recorded. "
        "This server is used through its REST API and through the command <code>placet</code>.</p>"
        + (
            "<p><strong>This is a sandbox: its clock stands still until it is moved.</strong></p>"
            if sandbox
            else ""
        )
        + "<h2>Where to begin</h2><ul>"
        "<li><a href='/docs'>All operations</a>, each with examples"
        "<li><a href='/openapi.json'>The same for machines</a>, as OpenAPI</ul>"
        "<p>Every operation needs a token. The administrator of this server makes one with "
        "<code>placet token create ACTOR</code>.</p>"
        f"{demonstration}<h2>Manual</h2>{_manual()}</body></html>"
    )


def _manual() -> str:
    pages = [
        path for path in manual.files() if path.endswith(".md") and not path.startswith("docs/decisions/")
    ]
    if not pages:
        return "<p>It is in the source archive of this version: <code>README.md</code> and <code>docs/</code>.</p>"
    return manual.links(pages)


def _demonstration(showing: Showing, *, host: str | None) -> str:
    """The people of a demonstration; with their tokens for a browser on this machine."""
    scenes = "".join(_scene(scene, host) for scene in showing.scenes)
    rest = (
        "<p>Their tokens are shown to browsers on the machine itself, "
        "and were printed when the server started.</p>"
        if host is None
        else f"<p>Behind all of them:</p>{_table(showing.administrator)}"
    )
    return f"<h2>The demonstration</h2>{scenes}{rest}"


def _scene(scene: Scene, host: str | None) -> str:
    welcome = f"<p>{escape(scene.welcome)}</p>"
    if host is None:
        return welcome
    tried = (
        f"curl -s -X POST http://{host}/api/v1{scene.path} "
        f"-H 'Authorization: Bearer {scene.people[0].token}' "
        f"-H 'Content-Type: application/json' -d '{scene.body}'"
    )
    return f"{welcome}{_table(*scene.people)}<p>A refusal that explains itself:</p><pre>{escape(tried)}</pre>"


def _table(*people: Shown) -> str:
    rows = "".join(
        f"<tr><td>{escape(person.name)}<td>{escape(person.does)}<td><code>{escape(person.token)}</code></tr>"
        for person in people
    )
    return f"<table><tr><th>Name<th>Part<th>Token</tr>{rows}</table>"


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
