"""Refusals of changes to frozen fields: each says why the field is frozen, and one way to change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.roles import EDIT
from placet.definitions.verdicts import Blocker, worded
from placet.definitions.wording import listed, literal
from placet.engine.rules.context import Context
from placet.engine.rules.material import TITLE
from placet.engine.rules.ways import Way, later_way, way_of

#: So many people are named; where more may, their role is.
_NAMED = 3
_TO_CHANGE = "use {move:transition} to change {fields:field and}"
_TO_OPEN = "use {move:transition} first"


def frozen_fields(ctx: Context, item_type: ItemType, locked: Sequence[str], act: str) -> list[Blocker]:
    """The blockers for fields that the rules freeze in the item's state: one where one transition takes them all.

    Otherwise one for each reason and each way to change them: the times of a change are taken by one transition, and
    its items are free again after another one.
    """
    state = ctx.record.state
    way = way_of(ctx, item_type, _taking(item_type, state, locked))
    if way is not None:
        reasons = dict.fromkeys(_why(item_type, state, name) for name in locked)
        why = listed([each for each in reasons if each], "and")
        return [_frozen(ctx, item_type, locked, act, why, (_TO_CHANGE, way))]
    alike: dict[tuple[str, str, str], tuple[list[str], tuple[str, Way | None]]] = {}
    for name in locked:
        remedy, way = _unfreezing(ctx, item_type, [name])
        key = (_why(item_type, state, name), remedy, way.transition.name if way is not None else "")
        alike.setdefault(key, ([], (remedy, way)))[0].append(name)
    return [_frozen(ctx, item_type, names, act, why, found) for (why, *_), (names, found) in alike.items()]


def frozen_title(ctx: Context, item_type: ItemType, approved: Sequence[str]) -> list[Blocker]:
    """The blocker for the title of an item that has ended, or that is approved: it is free with the approved fields."""
    why = "it names what was approved" if approved else ""
    return [_frozen(ctx, item_type, [TITLE], EDIT, why, _unfreezing(ctx, item_type, [TITLE, *approved]))]


def _why(item_type: ItemType, state: str, name: str) -> str:
    """The reason for which a field is frozen in a state; empty where the state says it by itself."""
    found = item_type.workflow.state(state)
    if found is None or found.category.final:
        return ""
    reason = item_type.frozen_because.get(name, "others rely on the window" if item_type.binds(state) else "")
    return reason if isinstance(reason, str) else reason.get(state, "")


def _frozen(
    ctx: Context,
    item_type: ItemType,
    locked: Sequence[str],
    act: str,
    why: str,
    found: tuple[str, Way | None],
) -> Blocker:
    """The blocker for frozen fields, with the remedy and the way that it names."""
    remedy, way = found
    params: dict[str, Any] = {"fields": list(locked), "state": ctx.record.state, "act": act}
    who: tuple[str, ...] = ()
    if way is not None:
        params["move"] = way.transition.name
        if not way.later:
            params |= {"people": list(way.people), "roles": list(way.roles)}
            remedy, who = _asked(remedy, way, ctx.actor), way.people or way.roles
    reason = f", as {literal(why)}" if why else ""
    return worded(
        f"{{fields:field and}} cannot be changed in {{state:state}}{reason}",
        remedy,
        params,
        wording=ctx.titles,
        who=who,
        message_id="field.frozen",
        gate="frozen",
        check="frozen",
        source=method_of(item_type.id),
    )


def _asked(remedy: str, way: Way, actor: str) -> str:
    """The remedy, with those who are to be asked for it where the actor may not do it."""
    if actor in way.people:
        return remedy
    if not way.people:
        return f"ask an administrator to appoint {{roles:a role or}}, who can {remedy}"
    return (
        f"have {{people:person or}} {remedy}"
        if len(way.people) <= _NAMED
        else f"have {{roles:a role or}} {remedy}"
    )


def _taking(item_type: ItemType, state: str, locked: Sequence[str]) -> list[str]:
    """The transitions from a state that take all of some fields."""
    return [t.name for t in item_type.workflow.leaving(state) if set(locked) <= set(t.input)]


def _unfreezing(ctx: Context, item_type: ItemType, locked: Sequence[str]) -> tuple[str, Way | None]:
    """The remedy for fields that are frozen in the item's state, and the transition that it names."""
    workflow, state = item_type.workflow, ctx.record.state
    for remedy, names in (
        (_TO_CHANGE, _taking(item_type, state, locked)),
        *(_unbinding(item_type, state, locked) if item_type.binds(state) else ()),
        (
            _TO_OPEN,
            [
                t.name
                for t in workflow.leaving(state)
                if t.target != "same" and _thaws(item_type, t.target, locked)
            ],
        ),
    ):
        way = way_of(ctx, item_type, names)
        if way is not None:
            return remedy, way
    now = workflow.state(state)
    if now is not None and now.category.final:
        return "record what is new on another item", None
    way = later_way(item_type, state, locked)
    if way is not None:
        return "wait: {move:transition} records it later", way
    return "leave it out", None


def _unbinding(item_type: ItemType, state: str, locked: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The remedies for a window in force, with their transitions, in the order in which they are tried.

    A transition that asks for another `start` takes it as `new_start`. What cannot be asked for belongs to another
    window, once this one is out of force.
    """
    leaving = item_type.workflow.leaving(state)
    wanted = {f"new_{name}" for name in locked}
    out = [t.name for t in leaving if t.target != "same" and not item_type.binds(t.target)]
    return [
        ("use {move:transition}", [t.name for t in leaving if t.asks and wanted <= set(t.input)]),
        (f"{_TO_OPEN} and declare another", [t.name for t in leaving if t.asks and not t.input] or out),
    ]


def _thaws(item_type: ItemType, target: str, locked: Sequence[str]) -> bool:
    """Whether a state is not final, and the fields can be changed in it."""
    state = item_type.workflow.state(target)
    return state is not None and not state.category.final and not set(locked) & set(item_type.frozen(target))
