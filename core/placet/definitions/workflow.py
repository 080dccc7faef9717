"""The workflow of an item type: states, and the transitions between them with their gates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from placet.definitions.arguments import written
from placet.definitions.checks import Effect, Gate
from placet.definitions.places import Written
from placet.definitions.roles import Role, role_ids
from placet.definitions.states import State

#: As a target: the item stays where it is.
SAME = "same"
#: As a source: every state that is not final. Tables may write the word below, where no state has this id.
OPEN = "*"
_OPEN_WORD = "open"


@written
@dataclass(frozen=True, slots=True)
class Transition(Written):
    """A named move from one or more states to one."""

    #: Bare and local to the item type: `schedule_standard`.
    name: str
    sources: tuple[str, ...]
    #: A state, or `SAME`.
    target: str
    #: Roles, each of which may fire it; `system` stands for timers and effects.
    roles: tuple[str, ...]
    gates: tuple[Gate, ...] = ()
    effects: tuple[Effect, ...] = ()
    title: str = ""
    #: Fields that it asks for.
    input: tuple[str, ...] = ()
    #: Approvals and confirmations that it asks for, by id.
    asks: tuple[str, ...] = ()
    #: Approvals that it withdraws, by id.
    voids: tuple[str, ...] = ()
    #: Whether it is a decision of the person who makes it, who then needs a token of their own, as for a vote.
    decides: bool = False
    #: The method that added it; empty for the item type's own.
    origin: str = ""
    #: For names in `input`, `asks` and `voids` that another method added: that method.
    added: Mapping[str, str] = field(default_factory=dict)

    def __init__(
        self,
        name: str,
        sources: Sequence[str] | str,
        target: str,
        roles: Sequence[Role | str],
        gates: Sequence[Gate] = (),
        effects: Sequence[Effect] = (),
        *,
        title: str = "",
        input: Sequence[str] = (),
        asks: Sequence[str] = (),
        voids: Sequence[str] = (),
        decides: bool = False,
        origin: str = "",
        added: Mapping[str, str] | None = None,
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "sources", (sources,) if isinstance(sources, str) else tuple(sources))
        object.__setattr__(self, "target", target)
        object.__setattr__(self, "roles", role_ids(roles))
        object.__setattr__(self, "gates", tuple(gates))
        object.__setattr__(self, "effects", tuple(effects))
        object.__setattr__(self, "title", title or name.replace("_", " ").capitalize())
        object.__setattr__(self, "input", tuple(input))
        object.__setattr__(self, "asks", tuple(asks))
        object.__setattr__(self, "voids", tuple(voids))
        object.__setattr__(self, "decides", decides)
        object.__setattr__(self, "origin", origin)
        object.__setattr__(self, "added", dict(added or {}))


@written
@dataclass(frozen=True)
class Workflow(Written):
    """States and transitions, as a frozen value that is identified by the hash of its content."""

    #: The item type's id.
    id: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    def __init__(self, id: str, states: Iterable[State], transitions: Iterable[Transition]) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "states", tuple(states))
        object.__setattr__(self, "transitions", tuple(transitions))

    @property
    def initial(self) -> State:
        return self.states[0]

    def state(self, id: str) -> State | None:
        # Loops, as both are asked for dozens of times in an act.
        for state in self.states:
            if state.id == id:
                return state
        return None

    def transition(self, name: str) -> Transition | None:
        for transition in self.transitions:
            if transition.name == name:
                return transition
        return None

    def sources_of(self, transition: Transition) -> tuple[str, ...]:
        """The states from which it leaves."""
        return self.spelled_out(transition.sources)

    def spelled_out(self, states: tuple[str, ...]) -> tuple[str, ...]:
        """States of a table, with `OPEN` expanded."""
        named = [name for name in states if not self.means_open(name)]
        if len(named) == len(states):
            return states
        open_ = [state.id for state in self.states if not state.category.final]
        return tuple(dict.fromkeys((*named, *open_)))

    def means_open(self, name: str) -> bool:
        """Whether a name in a table stands for every state that is not final."""
        return name == OPEN or (name == _OPEN_WORD and self.state(_OPEN_WORD) is None)

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """The transitions defined from a state, in the order of the table."""
        return tuple(t for t in self.transitions if state in self.sources_of(t))
