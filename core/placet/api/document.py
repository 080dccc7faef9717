"""The OpenAPI document: FastAPI's own, with the common parts of all operations, and with examples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from placet.api import problems, stream
from placet.api.examples import GENERIC, Vocabulary, example
from placet.api.models.patterns import UUID_PATTERN
from placet.api.problems import Kind

_STRING = {"type": "string"}
_EVENT = {"$ref": "#/components/schemas/Event"}
_FASTAPIS_OWN = ("HTTPValidationError", "ValidationError")

TAGS = {
    "Items": "Work items: make, read, list, edit, comment on and link them.",
    "Transitions": "Available transitions of items, and making them.",
    "Approvals": "Decisions, waivers and worklists.",
    "Inbox": "Your notifications with their reasons, and your preferences.",
    "Evidence": "Evidence attached to items.",
    "Timers": "Timers of items: running, paused, met or breached, and why.",
    "Agenda": "Windows, and planned work.",
    "History": "The history of items, and the log of all events.",
    "Audit": "Verification of all that is stored, and signed checkpoints of the log.",
    "Metrics": "The metrics of a workspace's methods.",
    "Exchange": "The log in forms that other programs read.",
    "Definitions": "Installed plugins, and the rules in force.",
    "Workspaces": "Workspaces and their role holders.",
    "People": "People, service accounts, tokens and delegations.",
    "Webhooks": "Webhooks, and their deliveries.",
    "Sandbox": "The clock of a sandbox.",
    "Health": "Health of the server.",
}

_HEADERS = {
    "ETag": (r'^"[0-9]+"$', "The item's version, for `If-Match`."),
    "Location": ("^/api/v1/", "The address of the new resource."),
    "Link": ('^<.*>; rel="next"$', "The next page, where there is one."),
    "Idempotency-Replayed": ("^true$", "The answer is that of an earlier, identical request."),
    "X-Request-Id": (UUID_PATTERN, "The id of the request in the server's log."),
    "Retry-After": ("^[0-9]+$", "Seconds to wait."),
    "Content-Disposition": ("^attachment; filename=", "The suggested name of the file."),
    "Allow": (".", "The methods that are allowed."),
    "WWW-Authenticate": ("^Bearer$", "How to authenticate."),
}

#: Operations that make a resource: its path, its parameter, and the place of its value in the answer.
_MAKES = {
    "create_item": ("items", "key", "$response.body#/key"),
    "create_workspace": ("workspaces", "ws", "$response.body#/key"),
    "add_actor": ("actors", "id", "$response.body#/id"),
    "issue_token": ("tokens", "id", "$response.body#/id"),
    "add_webhook": ("webhooks", "id", "$response.body#/id"),
    "attach_evidence": ("evidence", "sha256", "$response.body#/sha256"),
}

#: Members of certain problems besides the common ones.
_MEMBERS: Mapping[str, Mapping[str, Any]] = {
    "blocked": {
        "blockers": {"type": "array", "items": {"$ref": "#/components/schemas/Blocker"}, "minItems": 1},
        "event": {
            "anyOf": [_STRING, {"type": "null"}],
            "description": "Id of the event that records the refusal; null where it is not recorded.",
        },
    },
    "forbidden": {"needs": {"type": "array", "items": _STRING}},
    "stale": {"current_version": {"type": "integer", "minimum": 1}},
    "internal": {"request_id": _STRING},
    "invalid": {
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"pointer": _STRING, "message": _STRING},
                "required": ["pointer", "message"],
                "additionalProperties": False,
            },
        }
    },
}


def describe(app: FastAPI, vocabulary: Vocabulary = GENERIC) -> None:
    """Set an application's `openapi` to give the whole document, with the examples of a vocabulary."""
    endpoints = tuple(route.endpoint for route in iter_route_contexts(app.routes))
    described = _Described(endpoints, json.dumps(vocabulary, sort_keys=True), app)
    app.openapi = partial(_document, described)  # type: ignore[method-assign]  # as FastAPI's manual extends it


@dataclass(frozen=True, slots=True)
class _Described:
    """The source of a document: applications with the same operations and examples share it."""

    endpoints: tuple[object, ...]
    words: str
    app: FastAPI = field(compare=False)


@lru_cache(maxsize=1)
def _document(described: _Described) -> dict[str, Any]:
    vocabulary: Vocabulary = json.loads(described.words)
    found = get_openapi(
        title="Placet",
        version=version("placet"),
        summary="A governed workflow engine: every move is checked, explained and recorded.",
        description="Errors are problems (RFC 9457) whose `type` leads to a page about them.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/"}],
        tags=[{"name": name, "description": meaning} for name, meaning in TAGS.items()],
        routes=described.app.routes,
    )
    schemas, operations = _schemas(found), dict(_operations(found))
    found["components"] = {"schemas": schemas, "headers": _headers(), "securitySchemes": _schemes()}
    for id, operation in operations.items():
        _complete(operation, schemas, vocabulary)
        if id in _MAKES:
            operation["responses"]["201"]["links"] = _links(*_MAKES[id], found["paths"])
    return found


def _schemas(found: Mapping[str, Any]) -> dict[str, Any]:
    """The schemas of all models and of all problems."""
    schemas = {
        name: schema for name, schema in found["components"]["schemas"].items() if name not in _FASTAPIS_OWN
    }
    for schema in schemas.values():
        for member in schema.get("properties", {}).values():
            member.pop("title", None)
    return schemas | {kind.schema: _problem(kind) for kind in problems.KINDS.values()}


def _problem(kind: Kind) -> dict[str, Any]:
    members = {
        "type": {"const": kind.uri, "type": "string"},
        "title": _STRING,
        "status": {"const": kind.status, "type": "integer"},
        "detail": _STRING,
        **_MEMBERS.get(kind.name, {}),
    }
    return {
        "type": "object",
        "title": kind.schema,
        "description": kind.meaning,
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def _headers() -> dict[str, Any]:
    return {
        name: {"description": meaning, "schema": {"type": "string", "pattern": pattern}}
        for name, (pattern, meaning) in _HEADERS.items()
    }


def _schemes() -> dict[str, Any]:
    meaning = "A token from `placet token create` or `POST /actors/{id}/tokens`."
    return {"token": {"type": "http", "scheme": "bearer", "description": meaning}}


def _operations(found: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation by its id."""
    for methods in found["paths"].values():
        for operation in methods.values():
            yield operation["operationId"], operation


def _complete(operation: dict[str, Any], schemas: Mapping[str, Any], vocabulary: Vocabulary) -> None:
    """Add the common parts of all operations, and examples."""
    responses = operation["responses"]
    if responses.get("422", {}).get("description") == "Validation Error":
        del responses["422"]  # only bodies are answered like this here, and parameters with 400
    operation["responses"] = dict(sorted(responses.items()))
    for parameter in operation.setdefault("parameters", []):
        _complete_parameter(parameter, operation["operationId"], vocabulary)
    for response in responses.values():
        response.setdefault("headers", {})["X-Request-Id"] = problems.header("X-Request-Id")
        for media, content in response.get("content", {}).items():
            if media == problems.MEDIA_TYPE:
                content["examples"] = _refusals(content["schema"], schemas, vocabulary)
            elif media.endswith("json"):
                content["example"] = example(content["schema"], schemas, vocabulary)
                response["description"] = _meaning(response["description"], content["schema"], schemas)
            elif media == stream.MEDIA_TYPE:
                content["example"] = _streamed(example(_EVENT, schemas, vocabulary))
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        if media.endswith("json"):
            generated = example(content["schema"], schemas, vocabulary)
            content["example"] = vocabulary.get(operation["operationId"], generated)


def _complete_parameter(parameter: dict[str, Any], operation: str, vocabulary: Vocabulary) -> None:
    schema = parameter["schema"]
    samples = schema.pop("examples", None)
    if samples:
        name = parameter["name"]
        parameter["example"] = vocabulary.get(
            f"{operation}.{name}", vocabulary.get(f"path.{name}", samples[0])
        )
    # An omitted parameter is not null, which URLs and headers cannot express.
    for option in schema.pop("anyOf", ()):
        if option != {"type": "null"}:
            schema |= option
    if "description" in schema:  # that of a type, which the parameter does not say otherwise
        parameter.setdefault("description", schema["description"])
    for repeated in ("title", "description"):
        schema.pop(repeated, None)
    if schema.get("type") == "array":
        parameter |= {"style": "form", "explode": True}


def _meaning(said: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """The description of an answer: the operation's own, or else that of its model."""
    model = schemas.get(schema.get("$ref", "").rpartition("/")[2], {})
    return str(model.get("description", said)) if said == "Successful Response" else said


def _streamed(event: Mapping[str, Any]) -> str:
    """An event as a stream has it."""
    return f"id: e1-00000012\nevent: {event['kind']}\ndata: {json.dumps(event)}\n\n"


def _refusals(
    schema: Mapping[str, Any], schemas: Mapping[str, Any], vocabulary: Vocabulary
) -> dict[str, Any]:
    """An example of each problem that an answer can have."""
    samples = {}
    for reference in schema.get("oneOf", [schema]):
        model = schemas[reference["$ref"].rpartition("/")[2]]
        kind = problems.KINDS[model["properties"]["type"]["const"].rpartition("/")[2]]
        sample = example(reference, schemas, vocabulary) | {"title": kind.title, "detail": kind.meaning}
        samples[kind.name] = {"value": sample}
    return samples


def _links(subject: str, parameter: str, value: str, paths: Mapping[str, Any]) -> dict[str, Any]:
    """Links to the operations that use the new resource."""
    return {
        operation["operationId"]: {"operationId": operation["operationId"], "parameters": {parameter: value}}
        for path, methods in paths.items()
        if re.search(rf"/{subject}/\{{{parameter}\}}", path) and path.count("{") == 1
        for operation in methods.values()
    }
