"""Findings about roles: where they are held, and who appoints their holders."""

from __future__ import annotations

from collections.abc import Iterator

from placet.catalog.catalog import Catalog
from placet.catalog.findings import Finding, absent, error, warning
from placet.definitions.document import method_of
from placet.definitions.roles import Role


def role_findings(catalog: Catalog) -> Iterator[Finding]:
    """Roles that nobody can be given, and names in them that do not exist."""
    for role in catalog.roles.values():
        for named in role.held_on:
            yield from item_type_findings(catalog, role.id, named)
        yield from _through(catalog, role)
        for named in role.apart_from:
            if named not in catalog.roles and method_of(named) not in catalog.missing:
                yield absent(role.id, "role", named, catalog.roles)
        if role.held_on and role.on_item is None:
            yield error(
                "nobody-appoints",
                role.id,
                f"it is held on {' or '.join(role.held_on)}, and nobody can be given it there",
                "say in `on_item` who appoints it: Appointment(by=[...])",
            )
        if role.on_item is None:
            continue
        if not role.on_item.by:
            yield warning(
                "nobody-appoints",
                role.id,
                "only administrators appoint it",
                "name roles in `by` of `on_item`",
            )
        for named in (*role.on_item.by, *role.on_item.to):
            if named not in catalog.roles and method_of(named) not in catalog.missing:
                yield absent(role.id, "role", named, catalog.roles)
        yield from _unreachable(catalog, role)


def _unreachable(catalog: Catalog, role: Role) -> Iterator[Finding]:
    """People who have to hold a role in the workspace that is held on items alone."""
    for named in role.on_item.to if role.on_item is not None else ():
        known = catalog.roles.get(named)
        if known is not None and known.held_on:
            yield error(
                "nobody-eligible",
                role.id,
                f"its holders have to hold {known.id} in the workspace, which is held on {' or '.join(known.held_on)}",
                "name roles of the workspace in `to`",
            )


def _through(catalog: Catalog, role: Role) -> Iterator[Finding]:
    if role.through and not role.held_on:
        yield error(
            "held-nowhere",
            role.id,
            "items inherit it through fields, and it is held on no item",
            "name the types of the items in `held_on`",
        )
    known = {name for item_type in catalog.item_types.values() for name in item_type.fields.model_fields}
    for name in role.through:
        if name not in known:
            yield absent(role.id, "field", name, known)


def item_type_findings(catalog: Catalog, where: str, named: str) -> Iterator[Finding]:
    """A reference to an item type, which may be of a method that is switched off."""
    other = method_of(named)
    if named in catalog.item_types or other in catalog.missing:
        return
    if other in catalog.methods or "." not in named:
        yield absent(where, "item type", named, catalog.item_types)
        return
    method = catalog.methods.get(method_of(where))
    if method is None or other not in method.extends:
        yield warning(
            "unknown-method",
            where,
            f'the item type "{named}" is of a method that is not switched on, "{other}"',
            f"check the spelling, or name {other} in `extends` if it may be off",
        )
