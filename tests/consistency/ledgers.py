"""Ledgers: a method made for looking, afterwards, at which act saw what of which other.

A ledger keeps a list of names of acts, and has lines below it, one for each act that wrote there. Who writes to a
ledger appends its name to the list, and adds a line with the ledgers that it saw: their lists by key, and their
lines by a search. That is part of the act, and so is notified of acts that came to be, and of no others.
"""

from __future__ import annotations

import json
from types import ModuleType

from placet import (
    Category,
    CheckContext,
    EffectContext,
    Fields,
    Gate,
    ItemType,
    Method,
    Role,
    State,
    Text,
    Transition,
    Verdict,
    Workflow,
    check,
    effect,
    hookimpl,
    passed,
)

from .rendezvous import MEETING

CLERK = Role("ledgers.clerk", "Clerk")


class LedgerFields(Fields):
    #: Names of acts, in the order in which they wrote.
    acts: list[str] = []  # noqa: RUF012  # Pydantic copies defaults
    #: The act that writes, and the ledgers that it looks into.
    act: Text | None = None
    lists: list[str] = []  # noqa: RUF012
    searches: list[str] = []  # noqa: RUF012


class LineFields(Fields):
    ledger: Text
    act: Text
    #: The reads of the act: names of acts by ledger, as JSON.
    saw_lists: Text
    saw_lines: Text


@check("ledgers.everybody_has_read")
def everybody_has_read(ctx: CheckContext) -> Verdict:
    """Reads what will be noted; reading it twice is the same read."""
    _lists(ctx)
    _lines(ctx)
    MEETING.arrive()
    return passed()


def _lists(ctx: CheckContext) -> dict[str, list[str]]:
    seen = {}
    for key in ctx.item.fields.lists:
        other = ctx.get(key)
        seen[key] = [] if other is None else list(other.fields.acts)
    return seen


def _lines(ctx: CheckContext) -> dict[str, list[str]]:
    return {
        key: [line.fields.act for line in ctx.items("ledgers.line", ledger=key)]
        for key in ctx.item.fields.searches
    }


@effect("ledgers.enter")
def enter(ctx: EffectContext) -> None:
    """Append, and add a line with what was seen."""
    fields = ctx.item.fields
    seen = {"saw_lists": json.dumps(_lists(ctx)), "saw_lines": json.dumps(_lines(ctx))}
    ctx.set(acts=[*fields.acts, fields.act])
    ctx.create("ledgers.line", f"Line of {fields.act}", ledger=ctx.item.key, act=fields.act, **seen)


# fmt: off
LEDGER = ItemType("ledgers.ledger", "Ledger", fields=LedgerFields, workflow=Workflow(
    "ledgers.ledger",
    [State("kept", "Kept", Category.ACTIVE), State("full", "Full", Category.DONE)],
    [
        Transition("write", "kept", "same", [CLERK], [Gate("ledgers.read", "Read", everybody_has_read)],
                   input=["act", "lists", "searches"], effects=[enter]),
        Transition("fill", "kept", "full", [CLERK]),
    ],
))
LINE = ItemType("ledgers.line", "Line", fields=LineFields, indexed=["ledger"], workflow=Workflow(
    "ledgers.line",
    [State("written", "Written", Category.ACTIVE), State("struck", "Struck", Category.DONE)],
    [Transition("strike", "written", "struck", [CLERK])],
))
# fmt: on
METHOD = Method("ledgers", "Ledgers", item_types=[LEDGER, LINE], roles=[CLERK])

#: The plugin as an entry point would lead to it.
PLUGIN = ModuleType("ledgers")
PLUGIN.placet_method = hookimpl(lambda: METHOD)  # type: ignore[attr-defined]  # a module made on the fly
