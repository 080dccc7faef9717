"""The OpenAPI 3.1 document, made from the declared operations: every parameter, body, answer, problem and example."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from placet.api import answers, forms, problems
from placet.api.examples import example
from placet.api.forms import NoForm
from placet.api.operations import JSON, Operation
from placet.api.problems import Kind

_REF = "#/components/schemas/"
_MERGE_PATCH = "application/merge-patch+json"
_UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

_TAGS = {
    "Items": "Work items: make, read, list, edit, comment on and link them.",
    "Transitions": "What can be done with an item, and doing it.",
    "Approvals": "Decisions, waivers, and what waits for whom.",
    "Inbox": "What you are told and why, and how you want to be told.",
    "Evidence": "Proofs attached to items.",
    "Timers": "Clocks on items: what runs, what is late, and why.",
    "Agenda": "Windows, and what takes place when.",
    "History": "What happened, and whether the record is intact.",
    "Metrics": "What the workspace's methods measure.",
    "Exchange": "The log in forms that other programs read.",
    "Definitions": "What is installed, and the rules in force.",
    "Workspaces": "Workspaces and who holds which role in them.",
    "People": "People, service accounts, tokens and delegations.",
    "Webhooks": "Who is told of events from outside, and what became of it.",
    "Sandbox": "The clock of a server that was started with a clock of its own.",
    "Health": "Whether the server lives and is ready.",
}

#: Path parameters: pattern and meaning.
_PATH = {
    "key": (forms.KEY_PATTERN, "Key of the item."),
    "target": (forms.KEY_PATTERN, "Key of the item at the other end."),
    "ws": (forms.WORKSPACE_PATTERN, "Key of the workspace."),
    "role": (forms.NAME_PATTERN, "Id of the role."),
    "link_type": (forms.NAME_PATTERN, "Id of the link type."),
    "approval": (forms.NAME_PATTERN, "Id of the approval."),
    "type": (forms.NAME_PATTERN, "Id of the item type."),
    "metric": (forms.NAME_PATTERN, "Id of the metric."),
    "waiver": (_UUID, "Id of the waiver."),
    "event": (_UUID, "Id of the event."),
    "delivery": (_UUID, "Id of the delivery."),
    "sha256": (forms.SHA256_PATTERN, "SHA-256 of the bytes, in hex."),
    "problem": ("^[a-z-]{1,100}$", "What the problem's `type` ends in."),
}
#: `id` says what it is only with its path.
_IDS = {
    "actors": (forms.ACTOR_PATTERN, "Id of the actor; `me` for yourself.", "maya"),
    "tokens": (_UUID, "Id of the token.", "0198f2a4-7c11-7d3e-9d0c-5b8e2f6a1c00"),
    "inbox": (_UUID, "Id of the notification.", "0198f2a4-7c11-7d3e-9d0c-5b8e2f6a1c00"),
    "webhooks": (_UUID, "Id of the webhook.", "0198f2a4-7c11-7d3e-9d0c-5b8e2f6a1c00"),
    "dead-letters": (_UUID, "Id of the delivery.", "0198f2a4-7c11-7d3e-9d0c-5b8e2f6a1c00"),
    "workflows": (forms.NAME_PATTERN, "Id of the workflow, which is its item type's.", "itil.change"),
}

_HEADERS = {
    "ETag": (r'^"[0-9]+"$', "The item's version, for `If-Match`."),
    "Location": ("^/api/v1/", "Where what was made can be read."),
    "Link": ('^<.*>; rel="next"$', "The next page, where there is one."),
    "Idempotency-Replayed": ("^true$", "The answer was given before, to the same request."),
    "X-Request-Id": (_UUID, "Names the request in the server's log."),
    "Retry-After": ("^[0-9]+$", "Seconds to wait."),
    "Content-Disposition": ("^attachment; filename=", "The name of the file that it is meant to be."),
    "Allow": (".", "The methods that there are."),
    "WWW-Authenticate": ("^Bearer$", "How to say who is asking."),
}

#: Operations that make something: what it is below, by which parameter, and where the answer holds its value.
_MAKES = {
    "create_item": ("items", "key", "$response.body#/key"),
    "create_workspace": ("workspaces", "ws", "$response.body#/key"),
    "add_actor": ("actors", "id", "$response.body#/id"),
    "issue_token": ("tokens", "id", "$response.body#/id"),
    "add_webhook": ("webhooks", "id", "$response.body#/id"),
    "attach_evidence": ("evidence", "sha256", "$response.body#/sha256"),
}

_STRING = {"type": "string"}
#: Members that a kind of problem has besides those of all.
_MEMBERS: Mapping[str, Mapping[str, Any]] = {
    "blocked": {
        "blockers": {"type": "array", "items": {"$ref": f"{_REF}BlockerShape"}, "minItems": 1},
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


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """The whole document."""
    declared = list(operations)
    schemas = _schemas(declared)
    paths: dict[str, dict[str, Any]] = {}
    for operation in declared:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    for operation in declared:
        if operation.id in _MAKES:
            shown = paths[operation.path][operation.method.lower()]
            shown["responses"]["201"]["links"] = _links(*_MAKES[operation.id], declared)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Placet",
            "version": version("placet"),
            "summary": "A governed workflow engine: every move is checked, explained and recorded.",
            "description": "Errors are problems (RFC 9457) whose `type` leads to a page about them.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": meaning} for name, meaning in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "headers": {
                name: {"description": meaning, "schema": {"type": "string", "pattern": pattern}}
                for name, (pattern, meaning) in _HEADERS.items()
            },
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token from `placet token create` or `POST /actors/{id}/tokens`.",
                }
            },
        },
    }


def _links(subject: str, parameter: str, value: str, operations: Iterable[Operation]) -> dict[str, Any]:
    """Where what was made can be used."""
    return {
        each.id: {"operationId": each.id, "parameters": {parameter: value}}
        for each in operations
        if re.search(rf"/{subject}/\{{{parameter}\}}", each.path) and each.path.count("{") == 1
    }


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    models: dict[str, type[BaseModel]] = {"BlockerShape": answers.BlockerShape}
    for operation in operations:
        shown = [answer.model for answer in operation.answers.values()]
        sent = [body for body in operation.bodies.values() if isinstance(body, type)]
        for model in (*shown, operation.form, *sent):
            if model is not None and model is not NoForm:
                models[model.__name__] = model
    _, found = models_json_schema(
        [(model, "validation") for model in models.values()], ref_template=_REF + "{model}"
    )
    schemas: dict[str, Any] = found["$defs"]
    for schema in schemas.values():
        for name, member in schema.get("properties", {}).items():
            member.pop("title", None)
            if member.get("default", ...) is None and name not in schema.get("required", ()):
                del member["default"]
    schemas |= {_problem_name(kind): _problem_schema(kind) for kind in problems.KINDS.values()}
    return schemas


def _problem_name(kind: Kind) -> str:
    return "".join(part.title() for part in kind.name.split("-")) + "Problem"


def _problem_schema(kind: Kind) -> dict[str, Any]:
    members = {
        "type": {"const": kind.uri, "type": "string"},
        "title": _STRING,
        "status": {"const": kind.status, "type": "integer"},
        "detail": _STRING,
        **_MEMBERS.get(kind.name, {}),
    }
    return {
        "type": "object",
        "title": _problem_name(kind),
        "description": kind.meaning,
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def _operation(operation: Operation, schemas: Mapping[str, Any]) -> dict[str, Any]:
    scope = f"Needs a token with the scope `{operation.scope}`." if operation.scope else "Needs no token."
    shown: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": "\n\n".join(part for part in (operation.description, scope) if part),
        "security": [{"token": []}] if operation.scope else [],
        "parameters": [
            *_path_parameters(operation),
            *_query_parameters(operation),
            *_header_parameters(operation),
        ],
        "responses": _responses(operation, schemas),
    }
    bodies = _bodies(operation, schemas)
    if bodies:
        shown["requestBody"] = {"required": not operation.form.optional, "content": bodies}
    return shown


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    found = []
    for name in re.findall(r"\{(\w+)\}", operation.path):
        if name == "id":
            before = operation.path.split("/{id}")[0].rpartition("/")[2]
            pattern, meaning, sample = _IDS[before]
        else:
            pattern, meaning = _PATH[name]
            sample = "blocked" if name == "problem" else example(_STRING, {}, name=name)
        found.append({
            "name": name,
            "in": "path",
            "required": True,
            "description": meaning,
            "schema": {"type": "string", "pattern": pattern},
            "example": sample,
        })  # fmt: skip
    return found


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    found = []
    for name, member in operation.query.model_json_schema().get("properties", {}).items():
        if operation.query.prefix and name == "fields":
            continue
        schema = {key: value for key, value in member.items() if key not in {"title", "description"}}
        options = [option for option in schema.pop("anyOf", []) if option != {"type": "null"}]
        for option in options:
            schema |= option
        described = schema.pop("description", member.get("description", ""))
        if schema.get("default", ...) is None:
            del schema["default"]
        parameter: dict[str, Any] = {"name": name, "in": "query", "required": False, "schema": schema}
        if described:
            parameter["description"] = described
        if schema.get("type") == "array":
            parameter |= {"style": "form", "explode": True}
        found.append(parameter)
    return found


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": header.name,
            "in": "header",
            "required": False,
            "description": header.meaning,
            "schema": {"type": "string", "pattern": header.pattern},
            "example": header.example,
        }
        for header in operation.headers
    ]


def _bodies(operation: Operation, schemas: Mapping[str, Any]) -> dict[str, Any]:
    bodies: dict[str, Any] = dict(operation.bodies)
    if operation.form is not NoForm:
        bodies[JSON] = operation.form
        if operation.id == "edit_item":
            bodies[_MERGE_PATCH] = operation.form
    content = {}
    for media, body in bodies.items():
        schema = {"$ref": _REF + body.__name__} if isinstance(body, type) else body
        content[media] = {"schema": schema}
        if isinstance(body, type):
            content[media]["example"] = example(schema, schemas)
    return content


def _responses(operation: Operation, schemas: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, answer in operation.answers.items():
        content: dict[str, Any] = {media: {"schema": _raw(media)} for media in answer.media}
        if answer.model is not None:
            schema = {"$ref": _REF + answer.model.__name__}
            content[JSON] = {"schema": schema, "example": example(schema, schemas)}
        meaning = answer.meaning or (answer.model.__doc__ if answer.model else "") or ""
        found[str(status)] = {"description": meaning, "headers": _headers(answer.headers)}
        if content:
            found[str(status)]["content"] = content
    by_status: dict[int, list[Kind]] = {}
    for kind in _problems(operation):
        by_status.setdefault(kind.status, []).append(kind)
    for status, kinds in sorted(by_status.items()):
        found[str(status)] = _problem_response(status, kinds, schemas)
    return found


def _raw(media: str) -> dict[str, Any]:
    return {} if media == "*/*" else {"type": "string"}


def _headers(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, "X-Request-Id")}


def _problems(operation: Operation) -> list[Kind]:
    names = ["malformed", "internal", "rules", "busy", "unavailable", "unready", *operation.problems]
    if operation.scope:
        names += ["unauthenticated", "forbidden", "rate-limited"]
    if "{" in operation.path:
        names.append("not-found")
    if operation.form is not NoForm or operation.bodies:
        names += ["invalid", "too-large", "unsupported-media-type"]
    return [problems.KINDS[name] for name in dict.fromkeys(names)]


def _problem_response(status: int, kinds: list[Kind], schemas: Mapping[str, Any]) -> dict[str, Any]:
    references = [{"$ref": _REF + _problem_name(kind)} for kind in kinds]
    extra = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}.get(status, [])
    samples = {}
    for kind in kinds:
        sample = example({"$ref": _REF + _problem_name(kind)}, schemas)
        samples[kind.name] = {"value": sample | {"title": kind.title, "detail": kind.meaning}}
    return {
        "description": "; or: ".join(kind.title for kind in kinds),
        "headers": _headers(extra),
        "content": {
            problems.MEDIA_TYPE: {
                "schema": references[0] if len(references) == 1 else {"oneOf": references},
                "examples": samples,
            }
        },
    }
