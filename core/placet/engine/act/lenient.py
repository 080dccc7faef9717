"""Stored fields under the definition in force, which may be newer than they are.

An item keeps its values when its type changes: a field that no rule knows any more, a value that no longer fits, a new
required field without a value. None of these stops the item. Rules that do not read such a field do not notice; a rule
that reads it gets an `UnfitFieldError`, which becomes a blocker that asks for the value.
"""

from __future__ import annotations

import types
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from inspect import signature
from typing import Any

from pydantic import BaseModel, ValidationError, create_model

from placet.definitions.items import Fields
from placet.engine.act.input import dump, faults_of, stored, validated
from placet.errors import Fault, InvalidError, UnfitFieldError

#: Faults by field; those of the whole model, which belong to no single field, under the empty name.
Misfits = Mapping[str, tuple[Fault, ...]]
_NONE: Misfits = types.MappingProxyType({})


def misfits(model: type[Fields], fields: Mapping[str, Any]) -> Misfits:
    """The faults of stored fields: values that do not fit the model, and required fields without a value."""
    known = {name: value for name, value in fields.items() if name in model.model_fields}
    try:
        model.model_validate(known)
    except ValidationError as error:
        found: dict[str, tuple[Fault, ...]] = {}
        for each, fault in zip(
            error.errors(include_url=False), faults_of(error, model, "/fields"), strict=True
        ):
            name = str(each["loc"][0]) if each["loc"] else ""
            found[name] = (*found.get(name, ()), fault)
        return found
    return _NONE


def typed(model: type[Fields], fields: Mapping[str, Any], key: str = "") -> Fields:
    """Stored fields as typed values; reading one that does not fit, or that is required and missing, raises.

    Args:
        model: the fields of the type.
        fields: the stored ones.
        key: the item's key, for the error.
    """
    try:
        return validated(model, fields)
    except InvalidError:
        return _partial(model, fields, misfits(model, fields), key)


def _partial(model: type[Fields], fields: Mapping[str, Any], unfit: Misfits, key: str) -> Fields:
    values = {
        name: getattr(alone(model, name).model_validate({name: fields[name]}), name)
        for name in model.model_fields
        if name in fields and name not in unfit
    }
    made = _partial_model(model).model_construct(None, **values)
    for name in unfit:
        # A field with a default has got it.
        vars(made).pop(name, None)
    errors = {
        name: UnfitFieldError(key, name, fields.get(name), faults) for name, faults in unfit.items() if name
    }
    object.__setattr__(made, "__pydantic_private__", errors)
    return made


class _Unfit:
    """Marks typed fields of which some cannot be read."""


@lru_cache(maxsize=512)
def _partial_model(model: type[Fields]) -> type[Fields]:
    """The model, for values of which some cannot be read; equal for `isinstance` to the model itself."""

    def missing(self: BaseModel, name: str) -> Any:
        error = (self.__pydantic_private__ or {}).get(name)
        if error is None:
            raise AttributeError(f"{model.__name__} has no field {name}")
        raise error.again()

    namespace = {"__module__": model.__module__, "__getattr__": missing, "__qualname__": model.__qualname__}
    made: type[Fields] = types.new_class(
        model.__name__, (_Unfit, model), exec_body=lambda body: body.update(namespace)
    )
    return made


def of_model(fields: Fields, model: type[Fields]) -> bool:
    """Whether typed fields were read by a model, with or without values that do not fit."""
    return type(fields) is model or (isinstance(fields, _Unfit) and isinstance(fields, model))


def unfit(fields: Fields) -> Mapping[str, UnfitFieldError]:
    """The fields of typed values that cannot be read, with the error that reading them raises."""
    if not isinstance(fields, _Unfit):
        return {}
    errors: Mapping[str, UnfitFieldError] = fields.__pydantic_private__ or {}
    return {name: error for name, error in errors.items() if name not in vars(fields)}


@lru_cache(maxsize=4096)
def alone(model: type[Fields], field: str) -> type[BaseModel]:
    """A model of one field alone."""
    info = model.model_fields[field]
    only: Any = {field: (info.annotation, info)}
    return create_model(model.__name__, __config__=model.model_config, **only)


@lru_cache(maxsize=512)
def defaults(model: type[Fields]) -> Mapping[str, Any]:
    """The values, as they are stored, that fields have until they are given."""
    given = {
        name: info.get_default(call_default_factory=True)
        for name, info in model.model_fields.items()
        if not info.is_required()
    }
    return dump(model.model_construct(None, **given))


def stored_after(
    model: type[Fields], before: Mapping[str, Any], after: Mapping[str, Any], touched: Collection[str]
) -> dict[str, Any]:
    """The fields as they are stored after a change. Only fields that it touches have to fit.

    A value that did not fit before stays as it is until somebody changes it; so does the fault of a rule about several
    fields that they broke before.

    Args:
        model: the fields of the type.
        before: the stored fields.
        after: the fields with the change.
        touched: the fields that the change names.

    Raises:
        InvalidError: with a pointer for each touched field that does not fit, and for each rule that is newly broken.
    """
    try:
        return stored(model, after)
    except InvalidError:
        found = misfits(model, after)
    faults = [fault for name in found if name and name in touched for fault in found[name]]
    if not faults and touched:
        standing = {fault.message for fault in _of_the_whole(model, before)}
        faults = [fault for fault in _of_the_whole(model, after) if fault.message not in standing]
    if faults:
        raise InvalidError(faults)
    kept = {name for name in found if name}
    fitting = {name: value for name, value in after.items() if name not in kept}
    own = dump(_partial(model, fitting, dict.fromkeys(kept, ()), ""))
    ordered = {name: own.get(name, after.get(name)) for name in model.model_fields}
    return {name: value for name, value in after.items() if name not in model.model_fields} | {
        name: value for name, value in ordered.items() if value is not None
    }


def _of_the_whole(model: type[Fields], fields: Mapping[str, Any]) -> tuple[Fault, ...]:
    """The faults of rules about several fields, as far as the fields that they read fit."""
    found = misfits(model, fields)
    if not found or "" in found:
        return found.get("", ())
    return tuple(_whole_faults(typed(model, fields)))


def _whole_faults(fields: Fields) -> Iterator[Fault]:
    for name, validator in fields.__pydantic_decorators__.model_validators.items():
        rule = getattr(fields, name)
        if validator.info.mode == "after" and not signature(rule).parameters:
            try:
                rule()
            except UnfitFieldError:
                continue
            except (ValueError, AssertionError) as error:
                yield Fault("/fields", str(error))
