"""The form of a bridge: a rule that one method adds to a transition of another, and what follows there from one.

A bridge is a row of a table: where it is added, its gate and check, its messages, who can clear it. The check's own
sentence, the first line of its docstring, says when it passes. Each is switched off by the setting of its name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps

from placet import Check, CheckContext, EffectContext, Extension, Gate, Verdict, blocked, passed, strictest
from placet_integration.findings import ELSEWHERE, Found, Test

#: Item type and transition.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Bridge:
    """A gate that joins two methods, as a row of their table."""

    #: The name of the gate `integration.NAME`, and of the setting `bridge_NAME`.
    name: str
    #: The gate's title: true when it passes.
    title: str
    at: tuple[Place, ...]
    test: Test
    #: Messages with their remedies, by the name by which the check gives them; the first has the empty name.
    says: Mapping[str, tuple[str, str]]
    #: Roles that can clear it.
    who: tuple[str, ...]

    @property
    def setting(self) -> str:
        return f"bridge_{self.name}"

    @property
    def check(self) -> str:
        """The id of the check, by its function."""
        return f"integration.{getattr(self.test, '__name__', self.name)}"

    @property
    def passes_when(self) -> str:
        """The requirement, as an auditor would read it aloud."""
        return (inspect.getdoc(self.test) or "").partition("\n")[0]

    def gate(self) -> Gate:
        """The gate with its one check."""

        @wraps(self.test)  # the definition names the function that decides
        def verdict(ctx: CheckContext) -> Verdict:
            verdicts = [self._blocker(found) for found in self.test(ctx)]
            return strictest(verdicts) if verdicts else passed()

        return Gate(
            f"integration.{self.name}", self.title, Check(self.check, verdict, title=self.passes_when)
        )

    def _blocker(self, found: Found) -> Verdict:
        message, remedy = self.says[found.says]
        return blocked(
            message,
            remedy=remedy,
            who=found.who or self.who,
            earliest=found.earliest,
            message_id=f"{self.check}.{found.says}" if found.says else "",
            params=found.figures,
        )


def of_another(needed: str, remedy: str) -> dict[str, tuple[str, str]]:
    """The message for items of other workspaces, whose state is not shown: `needed` says what they have to be."""
    return {ELSEWHERE: (f"{{keys:and}} of another workspace {needed}", remedy)}


@dataclass(frozen=True, slots=True)
class Follow:
    """A consequence in one method of a transition of another, in the same transaction."""

    #: The name of the setting `bridge_NAME`.
    name: str
    at: tuple[Place, ...]
    does: Callable[[EffectContext], None]

    @property
    def setting(self) -> str:
        return f"bridge_{self.name}"


def _nothing(catalog: Extension) -> None:
    """Adds nothing else."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two methods, and everything that joins them."""

    methods: tuple[str, str]
    bridges: tuple[Bridge, ...] = ()
    follows: tuple[Follow, ...] = ()
    #: Fields, links' effects and other parts; called where both methods are switched on or one of them is linked.
    adds: Callable[[Extension], None] = _nothing

    def joins(self, methods: Collection[str], linked: Collection[str]) -> bool:
        """Whether both are there: one in this workspace, the other here or in a workspace that it works with."""
        here = sum(name in methods for name in self.methods)
        return here > 0 and all(name in methods or name in linked for name in self.methods)

    def extend(self, catalog: Extension) -> None:
        """Add what is switched on to the methods of this workspace."""
        self.adds(catalog)
        for bridge in self.bridges:
            if getattr(catalog.settings, bridge.setting):
                for type, transition in bridge.at:
                    if type.partition(".")[0] in catalog.methods:
                        catalog.add_gate(type, transition, bridge.gate())


def follows_of(pairs: Iterable[Pair]) -> dict[Place, list[tuple[Pair, Follow]]]:
    """The consequences of a transition, with the two methods that it joins, by the place of the transition."""
    found: dict[Place, list[tuple[Pair, Follow]]] = {}
    for pair in pairs:
        for follow in pair.follows:
            for place in follow.at:
                found.setdefault(place, []).append((pair, follow))
    return found
