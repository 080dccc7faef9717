"""Gates that a workspace adds to its rules as data, while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from placet.definitions.readonly import sealed
from placet.definitions.verdicts import GateMode


@dataclass(frozen=True, slots=True)
class AddedGate:
    """A gate on a transition, with one check that a method offers; an item's effect adds it and takes it away.

    It is part of the workspace's rules: of their version, of the definition that events name, and of what the linter
    proves.
    """

    #: It begins with the method that adds it: `acme.rule.OPS.12`.
    id: str
    #: A state of affairs that holds when it passes.
    title: str
    item_type: str
    transition: str
    #: Id of an offered check, `core.evidence_present` among them.
    check: str
    params: Mapping[str, Any] = field(default_factory=dict)
    mode: GateMode = GateMode.ENFORCE
    #: The beginning of its messages, such as the number of the regulation; empty for none.
    label: str = ""
    #: Id of an offered check that lets an item through where the gate is not met, such as for an accepted risk.
    unless: str | None = None
    unless_params: Mapping[str, Any] = field(default_factory=dict)
    #: The items that it is for, by their fields: `{"type": ["normal"], "cis": ["OPS-3"], "cost": {"at_least": 100}}`.
    #: All conditions have to hold; an empty field is in scope. Without any it is for all.
    only: Mapping[str, Any] = field(default_factory=dict)
    #: Key of the item that it comes from; the engine sets it.
    item: str = ""

    def __post_init__(self) -> None:
        sealed(self, "params", "unless_params", "only")
