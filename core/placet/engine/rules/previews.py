"""Transitions as they would be now: each with everything that stands in its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from placet.definitions.items import Fields, ItemType, json_schema
from placet.definitions.verdicts import Blocker, GateMode
from placet.definitions.workflow import Transition
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.context import Context, Preview
from placet.engine.rules.evaluation import CheckReport, evaluate, people_of


@dataclass(frozen=True, slots=True)
class TransitionPreview:
    """One transition as it would be for one person now."""

    name: str
    title: str
    to: str
    #: Whether nothing enforced stands in the way, once what `fields_schema` requires is given.
    allowed: bool
    roles: tuple[str, ...]
    #: Enforced and warning ones; observed ones are recorded only. None that only asks for what the transition takes:
    #: that is required in `fields_schema`.
    blockers: tuple[Blocker, ...]
    #: When it can pass at the earliest, where every enforced blocker knows; `None` otherwise.
    earliest: datetime | None
    #: The people who can clear its blockers.
    waits_on: tuple[str, ...]
    #: JSON Schema of what it takes: fields, and a comment where one is demanded; required are those that it needs now.
    fields_schema: Mapping[str, Any]
    checks: tuple[CheckReport, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every transition defined from an item's state, for one person."""

    item: ItemRecord
    previews: tuple[TransitionPreview, ...]

    def preview(self, name: str) -> TransitionPreview | None:
        return next((preview for preview in self.previews if preview.name == name), None)


def previews(work: UnitOfWork, record: ItemRecord, actor: Actor) -> tuple[TransitionPreview, ...]:
    """Every transition from the item's state as it would be for somebody; none where its method is not there."""
    item_type = work.item_type(record)
    if item_type is None:
        return ()
    leaving = item_type.workflow.leaving(record.state)
    if not leaving:
        return ()
    ctx = Preview(work, record, actor.id)
    return tuple(preview(ctx.about(transition.name), item_type, transition) for transition in leaving)


def preview(ctx: Context, item_type: ItemType, transition: Transition) -> TransitionPreview:
    """A transition as it would be for the context's actor."""
    found = evaluate(ctx, transition)
    standing, needed = _needed(found.blockers, transition)
    enforced = [blocker for blocker in standing if blocker.mode is GateMode.ENFORCE]
    moments = [blocker.earliest for blocker in enforced]
    known = [moment for moment in moments if moment is not None]
    return TransitionPreview(
        name=transition.name,
        title=transition.title,
        to=ctx.record.state if transition.target == "same" else transition.target,
        allowed=not enforced,
        roles=transition.roles,
        blockers=tuple(blocker for blocker in standing if blocker.mode is not GateMode.OBSERVE),
        earliest=max(known) if known and len(known) == len(moments) else None,
        waits_on=people_of((name for blocker in enforced for name in blocker.who), ctx),
        fields_schema=fields_schema(item_type.fields, transition.input, _comment(transition), needed),
        checks=found.reports,
    )


def _comment(transition: Transition) -> int:
    """Characters of the comment that its gates demand."""
    return max((check.comment for gate in transition.gates for check in gate.checks), default=0)


def _needed(blockers: Iterable[Blocker], transition: Transition) -> tuple[list[Blocker], tuple[str, ...]]:
    """What stands in the way, and apart from it the inputs without which the transition is refused, each once."""
    taken = {"comment", *transition.input}
    standing: list[Blocker] = []
    needed: list[str] = []
    for blocker in blockers:
        if not blocker.inputs or not taken.issuperset(blocker.inputs):
            standing.append(blocker)
        elif blocker.mode is GateMode.ENFORCE:
            needed += blocker.inputs
    return standing, tuple(dict.fromkeys(needed))


@lru_cache(maxsize=4096)
def fields_schema(
    model: type[Fields], names: tuple[str, ...], comment: int, required: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    """JSON Schema of what a transition takes: some fields of a model, and a comment of so many characters, if any.

    `required` are those without which it is refused.
    """
    whole = json_schema(model)
    properties = {name: whole["properties"][name] for name in names if name in whole.get("properties", {})}
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if comment or "comment" in required:
        meaning = "Sent beside the fields, as the comment of the transition."
        properties["comment"] = {"type": "string", "minLength": max(comment, 1), "description": meaning}
    if required:
        schema["required"] = list(required)
    if "$defs" in whole and "#/$defs/" in str(properties):
        schema["$defs"] = whole["$defs"]
    return schema


def primary(found: Sequence[TransitionPreview]) -> TransitionPreview | None:
    """The first transition that is allowed, or else the first of the table."""
    return next((each for each in found if each.allowed), found[0] if found else None)
