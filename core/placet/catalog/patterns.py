"""Patterns of text fields: who sends a text that does not fit needs words, not a regular expression."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from placet.catalog.catalog import Catalog
from placet.catalog.findings import Finding, error
from placet.definitions.items import ITEM_KEY_PATTERN
from placet.definitions.patterns import Pattern


def pattern_findings(catalog: Catalog) -> Iterator[Finding]:
    """Fields and attributes of links whose pattern a refusal would show as it is."""
    models: dict[str, type[BaseModel]] = {id: each.fields for id, each in catalog.item_types.items()}
    models |= {id: each.attributes for id, each in catalog.link_types.items() if each.attributes is not None}
    for where, model in models.items():
        for name, pattern in _bare_patterns(model).items():
            yield error(
                "bare-pattern",
                f"{where}.{name}",
                f"its pattern {pattern:.100} says nothing to people",
                'write Pattern("...", "...") in place of it, with what to write and an example',
            )


@lru_cache(maxsize=1024)
def _bare_patterns(model: type[BaseModel]) -> dict[str, str]:
    """The first pattern without words of each field."""
    found = {
        name: next(_patterns([info, info.annotation], set()), None)
        for name, info in model.model_fields.items()
    }
    return {name: pattern for name, pattern in found.items() if pattern is not None}


def _patterns(hints: Iterable[Any], seen: set[type[BaseModel]]) -> Iterator[str]:
    for hint in hints:
        if isinstance(hint, FieldInfo):
            yield from _patterns(hint.metadata, seen)
        elif get_origin(hint) is Annotated:
            yield from _patterns([hint.__origin__, *hint.__metadata__], seen)
        elif isinstance(hint, type) and issubclass(hint, BaseModel):
            if hint not in seen:
                seen.add(hint)
                for inner in hint.model_fields.values():
                    yield from _patterns([inner, inner.annotation], seen)
        elif not isinstance(hint, Pattern) and isinstance(pattern := getattr(hint, "pattern", None), str):
            if pattern != ITEM_KEY_PATTERN:
                yield pattern
        else:
            yield from _patterns(get_args(hint), seen)
