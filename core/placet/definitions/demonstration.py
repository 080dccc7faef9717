"""The stage on which a plugin makes its demonstration, and the script that a visitor sees first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from placet.definitions.stage_engine import Person, StageEngine


@dataclass(frozen=True, slots=True)
class Shown:
    """A person whom a visitor can play."""

    actor: str
    name: str
    does: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """The first steps of a visitor with one method."""

    welcome: str
    #: The people; the first of them tries the transition.
    people: tuple[Shown, ...]
    #: An item, and a transition that is refused with reasons.
    key: str
    transition: str
    #: Examples for the OpenAPI document, each of which works on the demonstration: bodies by the id of the operation,
    #: such as `create_item`; parameters in the path of one operation, as `get_item_type.type`, or of all, as `path.ws`.
    #: Where an earlier plugin has some of the same names, its examples are shown, and none of these.
    examples: Mapping[str, Any] = field(default_factory=dict)


class Stage(Protocol):
    """The stage of a demonstration: the engine, by which people act there, and a clock that can be moved."""

    @property
    def engine(self) -> StageEngine: ...
    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that are installed and can be switched on."""
        ...

    @property
    def today(self) -> datetime:
        """The moment from which the demonstration runs in real time."""
        ...

    @property
    def director(self) -> Person:
        """The administrator of the stage."""
        ...

    def person(self, id: str, name: str, email: str) -> Any:
        """A person of the organization: the one whom an earlier demonstration has added under the id, or a new one."""
        ...

    def at(self, moment: datetime) -> None:
        """Move the stage's clock; timers that become due on the way forward fire.

        Raises:
            ValueError: the moment is after `today`.
        """
        ...

    def move(self, actor: Person, key: str, transition: str, *, comment: str = "", **fields: Any) -> None:
        """Make a transition."""
        ...
