"""Fields as typed values: made once for each content, and one value at a time where only one is new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from inspect import signature
from typing import Any

from pydantic import BaseModel, create_model

from placet.definitions.items import Fields
from placet.definitions.readonly import read_only_model
from placet.engine.act.input import dump, validated

#: Answers whether what it is given still fits; raises `ValueError` or `AssertionError`, or answers another model.
_AfterCheck = Callable[[Any], Any]


#: Contents whose typed fields are remembered at once.
_KEPT = 8192


class TypedFields:
    """The typed fields of the contents that acts have met: what was validated is not validated again."""

    def __init__(self) -> None:
        # With the content itself, so that none that is made later can have its identity.
        self._known: dict[int, tuple[Mapping[str, Any], Fields]] = {}

    def of(self, model: type[Fields], fields: Mapping[str, Any]) -> Fields:
        """Stored fields as typed values. Raises `InvalidError` where they do not fit the model."""
        known = self._known.get(id(fields))
        if known is not None and type(known[1]) is model:
            return known[1]
        typed = read_only_model(validated(model, fields))
        self.keep(fields, typed)
        return typed

    def keep(self, fields: Mapping[str, Any], typed: Fields) -> None:
        """Remember the typed values of a content, which is not to change from here on."""
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[id(fields)] = fields, typed


class Assignment:
    """Gives one field of a model another value, validated as the whole would be, at the cost of the one."""

    def __init__(self, model: type[Fields], field: str, after: tuple[_AfterCheck, ...]) -> None:
        info = model.model_fields[field]
        self._field = field
        self._after = after
        alone: Any = {field: (info.annotation, info)}
        self._alone: type[BaseModel] = create_model(model.__name__, __config__=model.model_config, **alone)

    def to_json(self, value: Any) -> Any:
        """A value as it is stored. Raises Pydantic's error where it does not fit the field."""
        return dump(self._alone.model_validate({self._field: value})).get(self._field)

    def on(self, typed: Fields, stored: Any) -> Fields | None:
        """Typed fields with a stored value in the place of the old one; `None` where only the whole can tell."""
        value = getattr(read_only_model(self._alone.model_validate({self._field: stored})), self._field)
        changed = typed.model_copy(update={self._field: value})
        try:
            whole = all(check(changed) is changed for check in self._after)
        except (ValueError, AssertionError):
            return None
        return changed if whole else None


@lru_cache(maxsize=4096)
def assignment(model: type[Fields], field: str) -> Assignment | None:
    """How one field of a model is given a value, or `None` where a rule of the model may touch other fields."""
    after, info = _after_checks(model), model.model_fields.get(field)
    if after is None or info is None or info.validation_alias or info.serialization_alias:
        return None
    return Assignment(model, field, after)


@lru_cache(maxsize=1024)
def _after_checks(model: type[Fields]) -> tuple[_AfterCheck, ...] | None:
    """The checks that a model makes of its values together, or `None` where it does something else besides."""
    decorated = model.__pydantic_decorators__
    other = (
        decorated.validators, decorated.field_validators, decorated.root_validators, decorated.field_serializers,
        decorated.model_serializers, decorated.computed_fields,
    )  # fmt: skip
    replaced = any(
        getattr(model, name) is not getattr(BaseModel, name)
        for name in ("__init__", "model_post_init", "model_dump", "model_copy")
    )
    if any(other) or replaced or model.__private_attributes__:
        return None
    checks: list[_AfterCheck] = []
    for name, validator in decorated.model_validators.items():
        check = getattr(model, name)
        if validator.info.mode != "after" or len(signature(check).parameters) != 1:
            return None
        checks.append(check)
    return tuple(checks)
