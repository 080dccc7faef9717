"""What a plugin makes its demonstration with, and what it wants a visitor to see first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody whom a visitor can be."""

    actor: str
    name: str
    does: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """What a plugin wants a visitor to see first."""

    welcome: str
    #: The first of them tries the transition.
    people: tuple[Shown, ...]
    #: An item and a transition that is refused with reasons.
    key: str
    transition: str
    #: Examples for the OpenAPI document, each of which works on the demonstration: bodies by the id of the operation,
    #: such as `create_item`; what stands in the path of one, as `get_item_type.type`, or of all, as `path.ws`.
    examples: Mapping[str, Any] = field(default_factory=dict)


class Stage(Protocol):
    """What a plugin makes its demonstration with: the engine and a clock, as any caller has them.

    The engine, and the actors that it takes, stand above this room, which knows nothing of their types.
    """

    @property
    def engine(self) -> Any: ...
    @property
    def today(self) -> datetime:
        """The moment at which the demonstration begins to run by itself."""
        ...

    @property
    def director(self) -> Any:
        """The actor that administers while the stage is set."""
        ...

    def at(self, moment: datetime) -> None:
        """Move the stage's clock; what becomes due on the way forward happens."""
        ...

    def move(self, actor: Any, key: str, transition: str, *, comment: str = "", **fields: Any) -> None:
        """Make a transition."""
        ...
