"""Defaults of fields and settings: a default that does not fit its type would be stored, and block the item later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType, new_class
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from placet.catalog.catalog import Catalog
from placet.catalog.findings import Finding, error
from placet.definitions.misfits import sentence

_REMEDY = 'give a default of the field\'s type, or write "TYPE | None = None" for one that is filled in later'


def default_findings(catalog: Catalog) -> Iterator[Finding]:
    """Fields, attributes of links and settings whose defaults do not fit their own types."""
    models: dict[str, type[BaseModel]] = {id: each.fields for id, each in catalog.item_types.items()}
    models |= {id: each.attributes for id, each in catalog.link_types.items() if each.attributes is not None}
    models |= {f"{id}.settings": method.settings for id, method in catalog.methods.items()}
    for where, model in models.items():
        for name, wrong in unfit_defaults(model).items():
            yield error("unfit-default", f"{where}.{name}", wrong, _REMEDY)


@lru_cache(maxsize=1024)
def unfit_defaults(model: type[BaseModel]) -> Mapping[str, str]:
    """Faults of a model's defaults, by field. Cached, as the test builds a class."""
    members = {"__module__": model.__module__, "__doc__": model.__doc__}
    checking = new_class(
        model.__name__, (model,), {"validate_default": True}, lambda space: space.update(members)
    )
    return _faults(checking)


def unfit_default(model: type[BaseModel], name: str, made: tuple[Any, Any]) -> str | None:
    """The fault of the default of one field, which is made of a type and a description, as in `create_model`.

    By itself under the model's configuration: a class with all the model's fields takes many times as long to build.
    """
    config: ConfigDict = {**model.model_config, "validate_default": True}
    member: dict[str, Any] = {name: made}
    alone = create_model(model.__name__, __config__=config, __module__=model.__module__, **member)
    return _faults(alone).get(name)


def _faults(checking: type[BaseModel]) -> Mapping[str, str]:
    """The faults of the defaults of a model that validates them, by field."""
    try:
        checking()
    except ValidationError as refusal:
        return MappingProxyType(
            {
                str(each["loc"][0]): f"its default {each['input']!r:.100} does not fit: {sentence(each)}"
                for each in refusal.errors(include_url=False)
                # Fields without a default cannot be wrong; rules across fields are for whole items.
                if each["type"] != "missing" and each["loc"]
            }
        )
    return MappingProxyType({})
