"""Fields as typed values: validated once for each content, or one by one where only one has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from inspect import signature
from typing import Any

from pydantic import BaseModel

from placet.definitions.items import Fields
from placet.definitions.readonly import read_only_model
from placet.engine.act import lenient
from placet.engine.act.input import dump
from placet.engine.act.records import ItemRecord
from placet.errors import UnfitFieldError

#: A validator that runs on the whole model; it raises `ValueError` or `AssertionError`, or returns another model.
_AfterCheck = Callable[[Any], Any]


#: The most contents whose typed fields are kept at once.
_KEPT = 8192


class TypedFields:
    """A cache of typed fields by content, so that the same content is not validated again."""

    def __init__(self) -> None:
        # With the content itself, so that no later one can get the same `id`.
        self._known: dict[int, tuple[Mapping[str, Any], Fields]] = {}

    def of(self, model: type[Fields], record: ItemRecord) -> Fields:
        """Stored fields of an item as typed values; see `placet.engine.act.lenient` for those that do not fit."""
        fields = record.fields
        known = self._known.get(id(fields))
        if known is not None and (type(known[1]) is model or lenient.of_model(known[1], model)):
            return known[1]
        typed = read_only_model(lenient.typed(model, fields, record.key))
        self.keep(fields, typed)
        return typed

    def keep(self, fields: Mapping[str, Any], typed: Fields) -> None:
        """Keep the typed values of a content, which must not change from here on."""
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[id(fields)] = fields, typed


class Assignment:
    """Assigns one field of a model: with the same validation as the whole model, at the cost of one field."""

    def __init__(self, model: type[Fields], field: str, after: tuple[_AfterCheck, ...]) -> None:
        self._field = field
        self._after = after
        self._alone = lenient.alone(model, field)

    def to_json(self, value: Any) -> Any:
        """A value in its stored form. Raises Pydantic's error if it does not fit the field."""
        return dump(self._alone.model_validate({self._field: value})).get(self._field)

    def on(self, typed: Fields, stored: Any) -> Fields | None:
        """Typed fields with a new stored value; `None` if only validation of the whole model can decide."""
        value = getattr(read_only_model(self._alone.model_validate({self._field: stored})), self._field)
        changed = typed.model_copy(update={self._field: value})
        try:
            whole = all(_accepts(check, changed) for check in self._after)
        except (ValueError, AssertionError):
            return None
        return changed if whole else None


def _accepts(check: _AfterCheck, fields: Fields) -> bool:
    """Whether a rule of the model changes nothing, or reads a field that it cannot judge."""
    try:
        return check(fields) is fields
    except UnfitFieldError:
        return True


@lru_cache(maxsize=4096)
def assignment(model: type[Fields], field: str) -> Assignment | None:
    """The assignment of one field of a model, or `None` if a rule of the model may affect other fields."""
    after, info = _after_checks(model), model.model_fields.get(field)
    if after is None or info is None or info.validation_alias or info.serialization_alias:
        return None
    return Assignment(model, field, after)


@lru_cache(maxsize=1024)
def _after_checks(model: type[Fields]) -> tuple[_AfterCheck, ...] | None:
    """The validators that run on the whole model, or `None` if the model has others too."""
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
