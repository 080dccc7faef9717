"""Models of installed plugins, and of the rules in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field

from placet.api.models.base import Answer, JsonSchema, Parameters, Sha256, TextOrNull
from placet.catalog.catalog import Catalog
from placet.catalog.sources import Plugin
from placet.definitions import items
from placet.definitions.document import gate_document, method_of, plain
from placet.definitions.items import Cardinality, Trace, json_schema


class Method(Answer):
    """An installed plugin, and whether it runs."""

    name: str
    distribution: str
    version: str
    title: str
    method: Annotated[
        TextOrNull,
        Field(description="Id of its method, with which workspaces switch it on; null if it did not load."),
    ]
    item_types: list[str]
    status: Literal["active", "failed"]
    error: TextOrNull
    routes_error: Annotated[
        TextOrNull,
        Field(
            description="Why its operations are left out of the API; null if they are there, or if it has none."
        ),
    ]

    @classmethod
    def of(cls, plugin: Plugin, routes_error: str) -> Self:
        """A plugin, and why its operations are left out, if they are."""
        facts = {name: getattr(plugin, name) for name in cls.model_fields if name != "routes_error"}
        return cls.model_validate({**facts, "routes_error": routes_error})


class Methods(Answer):
    """The installed plugins."""

    methods: list[Method]


class LinkType(Answer):
    """A kind of link that an item of the type can have."""

    id: str
    title: str
    inverse: str
    sources: list[str]
    targets: list[str]
    cardinality: Cardinality
    attributes: Annotated[
        JsonSchema | None,
        BeforeValidator(lambda model: None if model is None else json_schema(model)),
        Field(description="Attributes of each link, as JSON Schema; null if there are none."),
    ]
    removal_reason: Annotated[
        int, Field(description="Characters of the comment that removing such a link takes; 0 for none.")
    ]
    acyclic: Annotated[bool, Field(description="Whether no item may lead back to itself over such links.")]
    trace: Annotated[
        Trace | None,
        Field(
            description="Whether the thread of an item follows such links: from either end, or to the target alone and "
            "no further; null if it does not."
        ),
    ]


class AskedApproval(Answer):
    """An approval of items of the type, and the roles that it asks."""

    id: str
    title: str
    asked: list[str]
    source: Annotated[str, Field(description="The method of the approval.")]


_Documents = list[dict[str, Any]]


class ItemType(Answer):
    """An item type: its fields as JSON Schema, its workflow's id, and its link types."""

    id: str
    title: str
    description: str
    fields: JsonSchema
    workflow: str
    initial: str
    link_types: list[LinkType]
    indexed: list[str]
    computed: list[str]
    frozen_in: dict[str, list[str]]
    parents: list[str] | None
    creators: list[str]
    editors: list[str]
    writers: Annotated[
        dict[str, list[str]], Field(description="By field, the roles whose holders alone write it.")
    ]
    approvals: list[AskedApproval]
    creation: Annotated[
        _Documents,
        Field(description="The gates on the making of one; each with its checks, as in its workflow."),
    ]
    editing: Annotated[
        _Documents,
        Field(description="The gates on every change of its fields by a person, likewise."),
    ]
    definition: str

    @classmethod
    def of(cls, item_type: items.ItemType, catalog: Catalog) -> ItemType:
        """The item type, from the catalog of a workspace."""
        return cls.model_validate(
            {
                "id": item_type.id,
                "title": item_type.title,
                "description": item_type.description,
                "fields": json_schema(item_type.fields),
                "workflow": item_type.workflow.id,
                "initial": item_type.workflow.initial.id,
                "link_types": [
                    each
                    for each in catalog.link_types.values()
                    if any(not ends or item_type.id in ends for ends in (each.sources, each.targets))
                ],
                "indexed": item_type.indexed,
                "computed": sorted(item_type.computed_fields),
                "frozen_in": {
                    state.id: list(names)
                    for state in item_type.workflow.states
                    if (names := item_type.frozen(state.id))
                },
                "parents": plain(item_type.parents),
                "creators": item_type.creators,
                "editors": item_type.editors,
                "writers": plain(item_type.writers),
                "approvals": [
                    {"id": each.id, "title": each.title, "asked": each.asked, "source": method_of(each.id)}
                    for each in item_type.approvals
                ],
                "creation": [gate_document(gate) for gate in item_type.creation],
                "editing": [gate_document(gate) for gate in item_type.editing],
                "definition": catalog.definition(item_type.id).hash,
            }
        )


class ItemTypes(Answer):
    """The item types of a workspace."""

    item_types: list[ItemType]


class DefinitionQuery(Parameters):
    """The version of a workflow, and its form."""

    format: Annotated[
        Literal["json", "mermaid", "svg", "scxml"] | None,
        Field(description="The form of the answer; it takes precedence over `Accept`."),
    ] = None
    hash: Annotated[
        Sha256 | None,
        Field(description="Hash of the rules, in hex, as events name it; the rules in force if left out."),
    ] = None


class Workflow(Answer):
    """A workflow of the rules in force, or of former rules."""

    id: str
    title: str
    hash: str
    current: bool
    initial: str
    states: _Documents
    transitions: _Documents
    gates: _Documents
    roles: _Documents
    approvals: _Documents
    confirmations: _Documents
    duties: _Documents
    timers: _Documents
    settings: dict[str, Any]
    versions: dict[str, str]

    @classmethod
    def of(cls, document: Mapping[str, Any], hash: str, catalog: Catalog) -> Workflow:
        """The workflow of a stored definition, in the catalog of a workspace."""
        workflow, id = document["workflow"], document["id"]
        return cls(
            id=id,
            title=document["title"],
            hash=hash,
            current=id in catalog.item_types and catalog.definition(id).hash == hash,
            initial=workflow["initial"],
            states=workflow["states"],
            transitions=workflow["transitions"],
            gates=_gates(document),
            roles=_roles(document, catalog),
            approvals=document["approvals"],
            confirmations=document["confirmations"],
            duties=document["duties"],
            timers=document["timers"],
            settings=document.get("settings", {}),
            versions=document.get("versions", {}),
        )


def _gates(document: Mapping[str, Any]) -> _Documents:
    modes = document.get("gate_modes", {})
    gates: dict[str, dict[str, Any]] = {}
    others = (document.get("creation", ()), document.get("editing", ()))
    for place in (*others, *(t["gates"] for t in document["workflow"]["transitions"])):
        for gate in place:
            gates.setdefault(gate["id"], gate | {"mode": modes.get(gate["id"], "enforce")})
    return list(gates.values())


def _roles(document: Mapping[str, Any], catalog: Catalog) -> _Documents:
    ids = dict.fromkeys(role for each in document["workflow"]["transitions"] for role in each["roles"])
    known = {id: catalog.roles.get(id) for id in ids}
    return [{"id": id, "title": role.title if role else id} for id, role in known.items()]
