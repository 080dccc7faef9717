"""The OpenAPI document, and the page at /docs: the same for people.

FastAPI's own page loads its scripts from another site, which a server without the internet does not reach, and which
the policy of all answers here forbids. This one has neither scripts nor foreign resources.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Annotated, Any

import anyio.to_thread
import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from placet.api.protection import styled

router = APIRouter(include_in_schema=False)

#: The style of all pages.
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b2330}
code,pre{font:13px/1.45 ui-monospace,monospace}pre{background:#f4f6f9;padding:.7rem;overflow:auto;border-radius:6px}
details{border:1px solid #d8dde6;border-radius:6px;margin:.4rem 0;padding:.4rem .8rem}summary{cursor:pointer}
.m{display:inline-block;min-width:4.2rem;font-weight:700}table{border-collapse:collapse}
td,th{text-align:left;padding:.15rem .8rem .15rem 0;vertical-align:top}h2{margin-top:2rem}
"""


#: The policy of the page: a browser may only show it in its own style.
POLICY = styled(f"sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}")


async def described(request: Request) -> dict[str, Any]:
    """The application's document. It is made in a thread, as that takes a while."""
    document: dict[str, Any] = await anyio.to_thread.run_sync(request.app.openapi)
    return document


Described = Annotated[dict[str, Any], Depends(described)]


@router.get("/openapi.json")
async def openapi(document: Described) -> Response:
    """All operations, for programs."""
    return Response(orjson.dumps(document), media_type="application/json")


@router.get("/docs")
async def docs(document: Described) -> HTMLResponse:
    """All operations, for people."""
    return HTMLResponse(page(document), headers={"Content-Security-Policy": POLICY})


def page(document: Mapping[str, Any]) -> str:
    """The document as one HTML page."""
    info = document["info"]
    parts = [
        (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{escape(info['title'])} API</title>"
            f"<meta name=viewport content='width=device-width'><style>{STYLE}</style></head><body>"
            f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info['summary'])}</p>"
            "<p><a href='/'>Where to begin</a>. "
            "The whole contract for machines: <a href='/openapi.json'>/openapi.json</a>. "
            "Send a token as <code>Authorization: Bearer TOKEN</code>.</p>"
        )
    ]
    for tag in document["tags"]:
        parts.append(f"<h2>{escape(tag['name'])}</h2><p>{escape(tag['description'])}</p>")
        parts += [
            _operation(document, method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation["tags"]
        ]
    return "".join([*parts, "</body></html>"])


def _operation(document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]) -> str:
    return (
        f"<details id='{escape(operation['operationId'])}'><summary><span class=m>{method.upper()}</span>"
        f"<code>{escape(path)}</code> {escape(operation['summary'])}</summary>"
        f"<p>{escape(operation['description'])}</p>"
        f"{_parameters(operation['parameters'])}{_body(document, operation)}{_responses(operation['responses'])}"
        "</details>"
    )


def _parameters(parameters: list[Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code><td>{each['in']}<td>{escape(each.get('description', ''))}"
        f" <code>{escape(_allowed(each['schema']))}</code></tr>"
        for each in parameters
    )
    return f"<h4>Parameters</h4><table>{rows}</table>" if rows else ""


def _allowed(schema: Mapping[str, Any]) -> str:
    """The type of a value, in short."""
    if "enum" in schema or "const" in schema:
        return " | ".join(str(each) for each in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"{_allowed(schema['items'])}, several"
    return str(schema.get("format") or schema.get("pattern") or schema.get("type", ""))


def _body(document: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    shown = ""
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = content["schema"]
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        shown += f"<h4>Body: {escape(media)}</h4>"
        if "example" in content:
            shown += f"<pre>{_json(content['example'])}</pre>"
        shown += f"<details><summary>Schema</summary><pre>{_json(schema)}</pre></details>"
    return shown


def _responses(responses: Mapping[str, Mapping[str, Any]]) -> str:
    shown = "<h4>Answers</h4>"
    for status, response in responses.items():
        samples = [
            content["example"] for content in response.get("content", {}).values() if "example" in content
        ]
        for content in response.get("content", {}).values():
            samples += [each["value"] for each in content.get("examples", {}).values()]
        inner = "".join(f"<pre>{_json(sample)}</pre>" for sample in samples)
        shown += f"<details><summary>{status} {escape(response['description'])}</summary>{inner}</details>"
    return shown


def _json(value: Any) -> str:
    return escape(json.dumps(value, indent=2, ensure_ascii=False))
