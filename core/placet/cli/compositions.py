"""The rules from which a workflow is shown: its method's own, or those that a workspace composes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from placet.app import build
from placet.catalog.catalog import Catalog, Rules
from placet.catalog.discovery import installed
from placet.definitions import diagrams
from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import NotFoundError
from placet.settings import Settings

_DRAWINGS = {"mermaid": diagrams.mermaid, "svg": diagrams.svg, "scxml": diagrams.scxml}


def composed(settings: Settings, id: str, workspace: str | None) -> Mapping[str, Any]:
    """The document of a workflow: as its method defines it, or as a workspace composes it.

    Raises:
        NotFoundError: with the nearest names.
    """
    document: Mapping[str, Any] = _rules(settings, id, workspace).definition(id).document["workflow"]
    return document


def found(settings: Settings, id: str, workspace: str | None) -> ItemType:
    """The item type that follows a workflow, as its method defines it, or as a workspace composes it.

    Raises:
        NotFoundError: with the nearest names.
    """
    return _rules(settings, id, workspace).item_types[id]


def _rules(settings: Settings, id: str, workspace: str | None) -> Catalog:
    """Rules with the workflow."""
    if workspace is not None:
        with closing(build(settings)) as application:
            catalog = application.engine.workspaces.catalog(SYSTEM_ACTOR, workspace)
    else:
        registry = installed(frozenset(settings.disabled_plugins))
        method = registry.methods.get(method_of(id))
        if method is None:
            raise NotFoundError(
                "workflow", id, [t.id for m in registry.methods.values() for t in m.item_types]
            )
        catalog = registry.catalog(Rules((*method.requires, method.id)))
    if id not in catalog.item_types:
        raise NotFoundError("workflow", id, catalog.item_types)
    return catalog


def drawn(document: Mapping[str, Any], format: str) -> str:
    """The workflow as a picture or in the exchange form. Raises `NotFoundError` for another format."""
    if format not in _DRAWINGS:
        raise NotFoundError("format", format, ["table", *_DRAWINGS])
    return _DRAWINGS[format](document)
