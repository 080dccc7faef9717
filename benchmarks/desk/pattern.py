"""A few items with whole histories, which the engine makes: the pattern from which a large desk is filled.

Two configuration items, and on each the changes and incidents of some turns, from their record to their closing. The
clock stands so far in the past that all of it has happened before the measured people begin.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.desk import targets
from benchmarks.desk.flow import ACTS, CIS, COMMENT, EVIDENCE, LEAD, Act, Fields, Turn
from benchmarks.desk.site import PEOPLE, WORKSPACE, Site, registry
from placet.app import Application, build
from placet.definitions.context import Decision
from placet.engine.act.people import Actor
from placet.testing import DeskClock

#: Items of a pattern: two for each turn, and those on which they are. Ten, so that the numbers of a copy differ from
#: those of another in all digits but the last.
SIZE = 10
_ON = 2
_TURNS = (SIZE - _ON) // 2
#: Time from the record of a change to its start, from its authorization to its start, and for the whole pattern.
_AHEAD, _DECIDED = timedelta(days=20), timedelta(days=10)
_LASTS = _AHEAD * (_TURNS + 1)

#: The steps after a turn, which close its items: by whom, what, the transition, and its fields.
_RESOLVED: tuple[tuple[str, str, Fields], ...] = (
    ("maker", "confirm_resolution", {}),
    ("maker", "close", {}),
)
_IMPLEMENTED: tuple[tuple[str, str, Fields], ...] = (
    ("maker", "start_implementation", {}),
    ("maker", "complete_implementation", {"verification_note": "It answers within a second."}),
    ("maker", "confirm_items", {"no_data_change": True}),
    ("boss", "close_change", {"pir_reviewer": "{boss}", "pir_findings": "It went as planned."}),
)


@dataclass(frozen=True)
class Pattern:
    """The numbers of the items, from the first on."""

    first: int

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + SIZE)


def play(site: Site) -> Pattern:
    """Make a pattern on a site, before the time of the site's own items."""
    clock = DeskClock(site.origin - _LASTS)
    with closing(build(site.settings, registry=registry(), clock=clock)) as application:
        players = _Players(application, site, clock)
        made = [players.configuration_item(n) for n in range(_ON)]
        for n in range(_TURNS):
            made += players.turn(n, made[n % _ON])
        application.store.settle()
    numbers = [int(key.partition("-")[2]) for key in made]
    pattern = Pattern(numbers[0])
    if numbers != list(pattern.numbers):
        raise AssertionError(f"somebody else has made items meanwhile: the pattern has the numbers {numbers}")
    return pattern


class _Players:
    """The people of a site, who act inside the process."""

    def __init__(self, application: Application, site: Site, clock: DeskClock) -> None:
        self._engine, self._clock = application.engine, clock
        self._people: Mapping[str, Actor] = {
            id: self._engine.people.authenticate(token)[0] for id, token in site.tokens.items()
        }

    def configuration_item(self, number: int) -> str:
        fields = {"kind": "server", "criticality": 1, "data_class": "internal", "owner": "root"}
        return self._made("root", "configuration_item", f"old-{number}", fields)

    def turn(self, number: int, ci: str) -> list[str]:
        """A turn on a configuration item, and the closing of its two items."""
        turn = Turn(number, PEOPLE, 0, self._clock.now() + _AHEAD - LEAD)
        keys: dict[str, str] = {}
        for act in ACTS:
            if act.boss:
                self._clock.move_to(turn.start - _DECIDED)
            self._act(act, turn, ci, keys)
        self._close(turn, keys["incident"], _RESOLVED)
        self._clock.move_to(turn.start)
        self._close(turn, keys["change"], _IMPLEMENTED)
        return [keys["change"], keys["incident"]]

    def _act(self, act: Act, turn: Turn, ci: str, keys: dict[str, str]) -> None:
        person = f"{'boss' if act.boss else 'maker'}{turn.person}"
        actor, fields = self._people[person], targets.given(act, turn, [ci] * CIS)
        match act.verb:
            case "create":
                keys[act.about] = self._made(person, act.about, targets.title(act, turn), fields)
            case "move":
                self._engine.transition(actor, keys[act.about], act.name, fields=fields)
            case "evidence":
                self._engine.evidence.attach(actor, keys[act.about], **EVIDENCE)
            case "approve":
                self._engine.approvals.vote(actor, keys[act.about], targets.APPROVAL, Decision.APPROVE)
            case "comment":
                self._engine.items.comment(actor, keys[act.about], COMMENT)

    def _close(self, turn: Turn, key: str, steps: tuple[tuple[str, str, Fields], ...]) -> None:
        boss = f"boss{turn.person}"
        for role, transition, fields in steps:
            filled = {name: boss if value == "{boss}" else value for name, value in fields.items()}
            self._engine.transition(self._people[f"{role}{turn.person}"], key, transition, fields=filled)

    def _made(self, person: str, type: str, title: str, fields: Fields) -> str:
        return self._engine.items.create(
            self._people[person], workspace=WORKSPACE, type=f"itil.{type}", title=title, fields=fields
        ).key
