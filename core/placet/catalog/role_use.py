"""Proofs about roles: each is named where its holders do something, and somebody can hold it there, and be given it.

A role that only the code of a check names is not seen here; then the warning says what is missing in the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from placet.catalog.catalog import Catalog
from placet.catalog.findings import Finding, warning
from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.roles import Role
from placet.definitions.wording import with_article


def role_use_findings(catalog: Catalog) -> Iterator[Finding]:
    """Roles that no table names, that nobody can hold where they are needed, or that only their holders give."""
    used = {role for item_type in catalog.item_types.values() for role in _used_on(item_type)}
    used.update(_used_elsewhere(catalog))
    given = _given(catalog)
    for role in catalog.roles.values():
        if role.id not in used:
            yield warning(
                "unused-role",
                role.id,
                "no transition, approval, waiver, duty, notification, creator or editor names it, and nobody is "
                "appointed by it",
                "name it where its holders decide or do something, or take it out",
            )
        elif role.max_holders == 0:
            yield warning(
                "nobody-holds",
                role.id,
                "it is in use, and nobody can hold it, as `max_holders` is 0",
                "raise `max_holders`, or take the role out",
            )
        elif role.held_on and role.on_item is not None and role.on_item.by and role.id not in given:
            yield warning(
                "nobody-appoints",
                role.id,
                f"those who appoint it, {' and '.join(role.on_item.by)}, are appointed by nobody but its holders",
                "name a role in `by` of `on_item` that is held in the workspace",
            )
    for item_type in catalog.item_types.values():
        yield from _out_of_reach(catalog, item_type)


def _out_of_reach(catalog: Catalog, item_type: ItemType) -> Iterator[Finding]:
    """Acts on items of a type that are for roles alone which nobody can hold on such an item."""
    for where, names in _acts(item_type):
        roles = [catalog.roles[name] for name in names if name in catalog.roles]
        if not roles or len(roles) < len(set(names)):
            continue
        if not any(_reaches(catalog, role, item_type, frozenset()) for role in roles):
            held_on = " or ".join(dict.fromkeys(place for role in roles for place in role.held_on))
            yield warning(
                "nobody-holds",
                where,
                f"nobody holds {' or '.join(names)} on {with_article(item_type.id)}, which neither lies below "
                f"{with_article(held_on)} nor "
                "names one",
                "name another role, a field of the items in its `through`, or a type above them in its `held_on`",
            )


def _acts(item_type: ItemType) -> Iterator[tuple[str, Sequence[str]]]:
    """The acts on items of a type, each with the roles that may do it."""
    yield item_type.id, item_type.creators
    for transition in item_type.workflow.transitions:
        yield f"{item_type.id}.{transition.name}", transition.roles
    for approval in item_type.approvals:
        yield approval.id, approval.asked


def _used_on(item_type: ItemType) -> Iterator[str]:
    """The roles that do or decide something on items of a type."""
    yield from (*item_type.creators, *item_type.editors)
    for roles in (*item_type.entries.values(), *item_type.writers.values()):
        yield from roles
    for transition in item_type.workflow.transitions:
        yield from transition.roles
    for approval in item_type.approvals:
        yield from approval.asked
    for gate in item_type.gates:
        yield from gate.waived_by
    for timer in item_type.timers:
        for threshold in timer.thresholds:
            yield from threshold.notifies
    for duty in item_type.duties:
        yield from (act.partition(":")[2] for act in (*duty.acts, *duty.bars) if act.startswith("appoint:"))


def _used_elsewhere(catalog: Catalog) -> Iterator[str]:
    """The roles that are notified, appoint, or are asked for where others are appointed."""
    for rule in catalog.notification_rules.values():
        yield from rule.roles
    for role in catalog.roles.values():
        if role.on_item is not None:
            yield from (*role.on_item.by, *role.on_item.to)


def _given(catalog: Catalog) -> frozenset[str]:
    """The roles that somebody gets without an administrator's help, or in the workspace, where administrators appoint.

    Parts of methods that are missing are assumed to exist.
    """
    found = {role.id for role in catalog.roles.values() if not role.held_on and role.max_holders != 0}
    while True:
        more = {
            role.id
            for role in catalog.roles.values()
            if role.id not in found and role.on_item is not None
            if any(each in found or method_of(each) in catalog.missing for each in role.on_item.by)
        }
        if not more:
            return frozenset(found)
        found |= more


def _reaches(catalog: Catalog, role: Role, item_type: ItemType, seen: frozenset[str]) -> bool:
    """Whether items of a type can have holders of a role: of their own, or of an item above them or in a field."""
    if not role.held_on or item_type.id in role.held_on:
        return True
    # With an empty list of types, anything may be its parent.
    anything = item_type.parents is not None and not item_type.parents
    if anything or any(name in item_type.fields.model_fields for name in role.through):
        return True
    for id in item_type.parents or ():
        above = catalog.item_types.get(id)
        if above is None or (id not in seen and _reaches(catalog, role, above, seen | {id})):
            return True
    return False
