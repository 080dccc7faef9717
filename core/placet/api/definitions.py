"""Definitions: what is installed, and the rules in force in a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from placet.api import shapes
from placet.api.forms import DefinitionQuery, NoForm
from placet.api.operations import Answer, Call, Operations, Plain, respond
from placet.api.registers import ItemTypeShape, ItemTypesShape, MethodsShape, WorkflowShape
from placet.catalog.catalog import Catalog
from placet.definitions import diagrams
from placet.definitions.document import plain
from placet.definitions.items import ItemType, LinkType, json_schema
from placet.errors import NotFoundError

DEFINITIONS = Operations("Definitions")
_MEDIA = {"mermaid": diagrams.MERMAID, "svg": diagrams.SVG, "scxml": diagrams.SCXML}


@DEFINITIONS.add("GET", "/methods", id="list_methods", scope="read", answers={200: Answer(MethodsShape)})
async def list_methods(call: Plain) -> Response:
    """List the installed plugins, those that failed to load with the reason."""
    return respond({
        "methods": [
            {
                "name": plugin.name,
                "distribution": plugin.distribution,
                "version": plugin.version,
                "title": plugin.title,
                "method": plugin.method or None,
                "item_types": list(plugin.item_types),
                "status": plugin.status,
                "error": plugin.error or None,
            }
            for plugin in call.application.registry.plugins
        ]
    })  # fmt: skip


@DEFINITIONS.add("GET", "/workspaces/{ws}/item-types", id="list_item_types", scope="read",
                 answers={200: Answer(ItemTypesShape)})  # fmt: skip
async def list_item_types(call: Plain) -> Response:
    """List the item types of a workspace."""
    catalog = await call.run(lambda: call.engine.workspaces.catalog(call.actor, call.path["ws"]))
    return respond({"item_types": [_item_type(catalog, each) for each in catalog.item_types.values()]})


@DEFINITIONS.add("GET", "/workspaces/{ws}/item-types/{type}", id="get_item_type", scope="read",
                 answers={200: Answer(ItemTypeShape)})  # fmt: skip
async def get_item_type(call: Plain) -> Response:
    """Read an item type: its fields as JSON Schema, its workflow, and its link types."""
    catalog = await call.run(lambda: call.engine.workspaces.catalog(call.actor, call.path["ws"]))
    return respond(_item_type(catalog, catalog.item_type(call.path["type"])))


def _item_type(catalog: Catalog, item_type: ItemType) -> shapes.Json:
    approvals = [
        {"id": each.id, "title": each.title, "asked": list(each.asked)} for each in item_type.approvals
    ]
    return {
        "id": item_type.id,
        "title": item_type.title,
        "description": item_type.description,
        "fields": json_schema(item_type.fields),
        "workflow": item_type.workflow.id,
        "initial": item_type.workflow.initial.id,
        "link_types": [
            _link_type(each)
            for each in catalog.link_types.values()
            if any(not ends or item_type.id in ends for ends in (each.sources, each.targets))
        ],
        "indexed": list(item_type.indexed),
        "computed": sorted(item_type.computed_fields),
        "frozen_in": plain(item_type.frozen_in),
        "parents": plain(item_type.parents),
        "creators": list(item_type.creators),
        "editors": list(item_type.editors),
        "approvals": approvals,
        "definition": catalog.definition(item_type.id).hash,
    }


def _link_type(link_type: LinkType) -> shapes.Json:
    return {
        "id": link_type.id,
        "title": link_type.title,
        "inverse": link_type.inverse,
        "sources": list(link_type.sources),
        "targets": list(link_type.targets),
        "cardinality": link_type.cardinality.value,
    }


@DEFINITIONS.add("GET", "/workspaces/{ws}/workflows/{id}", id="get_workflow", scope="read",
                 answers={200: Answer(WorkflowShape, "It, or its picture.", media=tuple(_MEDIA.values()))})  # fmt: skip
async def get_workflow(call: Call[DefinitionQuery, NoForm]) -> Response:
    """Read a workflow as the rules in force have it; `hash` shows a former version.

    `format`, or `Accept: text/vnd.mermaid`, gives the picture or the exchange form.
    """
    catalog = await call.run(lambda: call.engine.workspaces.catalog(call.actor, call.path["ws"]))
    id, wanted = call.path["id"], call.query.hash
    if wanted is None:
        definition = catalog.definition(id)
    else:
        definition = await call.run(lambda: call.engine.workspaces.definition(wanted))
        if definition.document.get("id") != id:
            raise NotFoundError(f"version of {id}", wanted)
    form = call.query.format or _accepted(call.request.headers.get("accept", ""))
    if form != "json":
        drawn = diagrams.DRAWINGS[form](definition.document["workflow"])
        return Response(drawn, media_type=_MEDIA[form])
    return respond(_workflow(catalog, definition.document, definition.hash))


def _accepted(accept: str) -> str:
    return next((form for form, media in _MEDIA.items() if media in accept), "json")


def _workflow(catalog: Catalog, document: Mapping[str, Any], hash: str) -> shapes.Json:
    workflow = document["workflow"]
    gates: dict[str, Any] = {}
    roles: dict[str, Any] = {}
    for transition in workflow["transitions"]:
        for gate in transition["gates"]:
            mode = document.get("gate_modes", {}).get(gate["id"], "enforce")
            gates.setdefault(gate["id"], gate | {"mode": mode})
        for role in transition["roles"]:
            known = catalog.roles.get(role)
            roles[role] = {"id": role, "title": known.title if known else role}
    current = document["id"] in catalog.item_types and catalog.definition(document["id"]).hash == hash
    return {
        "id": document["id"],
        "title": document["title"],
        "hash": hash,
        "current": current,
        "initial": workflow["initial"],
        "states": workflow["states"],
        "transitions": workflow["transitions"],
        "gates": list(gates.values()),
        "roles": list(roles.values()),
        "approvals": document["approvals"],
        "duties": document["duties"],
        "timers": document["timers"],
        "settings": document.get("settings", {}),
        "versions": document.get("versions", {}),
    }
