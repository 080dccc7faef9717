"""The hire of tools: a small method with fields of every kind, and the rules of a pack for it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel

from placet import (
    Fields,
    ItemType,
    Line,
    Method,
    Moment,
    Role,
    State,
    Transition,
    Workflow,
    hookimpl,
)
from placet.testing import Registry
from placet_packs import Pack

CLERK = Role("hire.clerk", "Clerk", "what is lent")


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Place(BaseModel):
    """A part without a type in a condition."""

    shelf: int


class ToolFields(Fields):
    days: int | None = None
    price: Decimal | None = None
    size: Size | None = None
    due: date | None = None
    starts: Moment | None = None
    lasts: timedelta | None = None
    insured: bool | None = None
    parts: tuple[Line, ...] = ()
    note: Line | None = None
    places: tuple[Place, ...] = ()


# fmt: off
TOOL = ItemType(
    "hire.tool",
    "Tool",
    fields=ToolFields,
    creators=[CLERK],
    workflow=Workflow(
        "hire.tool",
        states=[
            State("wanted", "Wanted",     "todo",    "Somebody wants it"),
            State("asked",  "Asked for",  "waiting", "The clerk looks for it"),
            State("lent",   "Lent",       "active",  "Somebody has it"),
            State("back",   "Given back", "done",    "It is on its shelf"),
        ],
        transitions=[
            Transition("ask",       ["wanted"],          "asked", [CLERK]),
            Transition("lend",      ["wanted", "asked"], "lent",  [CLERK]),
            Transition("give_back", ["lent"],            "back",  [CLERK]),
        ],
    ),
)
# fmt: on


class Hire:
    """The method `hire`."""

    @hookimpl
    def placet_method(self) -> Method:
        return Method("hire", "Hire of tools", item_types=[TOOL], roles=[CLERK])


#: The rules of a shop.
RULES = """\
id: shop
title: The shop's own rules
requires: [hire]

roles:
  - id: shop.owner
    title: Owner
    decides: whether an expensive tool is lent

settings:
  longest:
    type: integer
    default: 14
    unit: days

item_types:
  hire.tool:
    fields:
      contract:
        type: line
        indexed: true
        frozen_in: [lent]
      reason:
        type: choice
        choices: [repair, garden]
    inputs:
      lend: [contract]
    gates:
      - id: shop.terms
        title: The shop's terms are kept
        before: [lend]
        checks:
          - id: shop.short
            title: A tool is lent for no longer than the shop allows
            requires: fields.days <= settings.longest
            message: it is lent for {days:count day}, and {longest} are allowed
            remedy: lend it for a shorter time
            who: [hire.clerk]
          - id: shop.insured
            title: A large tool is insured
            when: fields.size == "large"
            requires: fields.insured
            message: it is large and not insured
            remedy: insure it
    approvals:
      - id: shop.consent
        title: Consent of the owner
        by: [shop.owner]
        asked_by: [ask]
        needed_by: [lend]
        material_fields: [price]
    duties:
      - id: shop.apart
        title: who asks does not consent
        acts: ["transition:ask"]
        bars: ["vote:shop.consent"]
    timers:
      - id: shop.consent_due
        title: Consent due
        starts: [ask]
        stops: [lend]
        time: {hours: 4}
        thresholds:
          - notifies: [shop.owner]
    notifications:
      - id: shop.lent
        title: A tool is out
        on: ["transition:lend"]
        to: [shop.owner]
        because: the shop is yours
"""


def pack_of(folder: Path, rules: str = RULES) -> Pack:
    """The pack of some rules, in a file."""
    file = folder / "rules.yaml"
    file.write_text(rules, encoding="utf-8")
    return Pack(file)


def line_of(text: str, rules: str = RULES) -> int:
    """The number of the first line of the rules in which a text is."""
    return next(n for n, line in enumerate(rules.splitlines(), 1) if text in line)


def registry_of(folder: Path, rules: str = RULES) -> Registry:
    """The method and a pack, as if both were installed."""
    return Registry.of(Hire(), pack_of(folder, rules))
