"""The demonstration organization, which plugins make through the engine, on a stage whose clock can be moved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from placet.app import Application
from placet.definitions.demonstration import Script, Shown
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.engine.moved import Wish
from placet.engine.workspaces.people import People
from placet.errors import SettingsError

#: The installation's note with the plugin of its demonstration.
_NOTE = "demonstration"
_ADMINISTRATOR = "admin"


class StageClock:
    """A clock that walks through the past while a history is made."""

    def __init__(self, moment: datetime) -> None:
        self._now = moment

    def now(self) -> datetime:
        """The present moment of the clock."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Let time pass."""
        self._now = moment


@dataclass(frozen=True, slots=True)
class Scene:
    """The script of one plugin, with tokens for its people."""

    welcome: str
    #: The people; the first of them tries the transition.
    people: tuple[Shown, ...]
    #: Where a transition is tried that is refused with reasons, and with which body.
    path: str
    body: str


@dataclass(frozen=True, slots=True)
class Showing:
    """The scenes of all plugins, and an administrator besides their people."""

    scenes: tuple[Scene, ...]
    administrator: Shown
    #: The examples of all scripts: see `placet.definitions.demonstration.Script`.
    examples: Mapping[str, Any] = field(default_factory=dict)

    @property
    def people(self) -> tuple[Shown, ...]:
        """Everybody whom a visitor can play, the administrator last."""
        return (*(person for scene in self.scenes for person in scene.people), self.administrator)


class DemoStage:
    """The stage over a database: see `placet.definitions.demonstration.Stage`."""

    def __init__(self, engine: Engine, clock: StageClock, methods: Iterable[str] = ()) -> None:
        self.engine = engine
        self._clock = clock
        #: The installed methods.
        self.methods = tuple(methods)
        #: The moment from which the demonstration runs in real time.
        self.today = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        self._people: dict[str, Actor] = {}

    @property
    def director(self) -> Actor:
        """The administrator of the stage."""
        return SYSTEM_ACTOR

    def person(self, id: str, name: str, email: str) -> Actor:
        """A person of the organization: the one whom an earlier demonstration has added under the id, or a new one."""
        there = self._people.get(id)
        if there is None:
            there = self._people[id] = self.engine.people.add(self.director, id=id, name=name, email=email)
        return there

    def at(self, moment: datetime) -> None:
        """Move the stage's clock; timers that become due on the way forward fire.

        Raises:
            ValueError: the moment is after `today`.
        """
        if moment > self.today:
            raise ValueError(f"a demonstration ends at {self.today}, and cannot go on to {moment}")
        if moment > self._clock.now():
            # Jobs that look every day would take a fifth of the time, and find little: they look at the end.
            self.engine.timers.pass_time(self._clock, moment, jobs=False)
        else:
            self._clock.move_to(moment)
        if moment == self.today:
            self.engine.timers.catch_up()

    def move(self, actor: Actor, key: str, transition: str, *, comment: str = "", **fields: Any) -> None:
        """Make a transition."""
        # As the only one of a bulk, whose answers do not list what can be done next: nobody looks at it here, and it
        # takes a sixth of the time.
        [result] = self.engine.bulk(actor, [Wish(key, transition, fields, comment)], atomic=True)
        if result.error is not None:
            raise result.error


def load_demo(application: Application) -> Showing:
    """Load the demonstration into an empty database, or find it there; issue new tokens for its people.

    Raises:
        SettingsError: no plugin has a demonstration, or the database has other records.
    """
    note = application.store.note(_NOTE)
    if note is None:
        if application.engine.workspaces.all(SYSTEM_ACTOR):
            raise SettingsError(
                "this database has records of its own: the demonstration needs an empty database"
            )
        note = _load(application)
        application.store.set_note(_NOTE, note)
    return _showing(application, json.loads(note))


def _load(application: Application) -> str:
    clock = StageClock(datetime.now(UTC))
    engine = application.engine.by_clock(clock)
    installed = [plugin.method for plugin in application.registry.plugins if plugin.status == "active"]
    stage = DemoStage(engine, clock, installed)
    scripts = [script for write in application.registry.demos if (script := write(stage)) is not None]
    if not scripts:
        raise SettingsError("no installed plugin has a demonstration: install a method that brings one")
    return json.dumps(
        {
            "scripts": [
                {
                    "welcome": script.welcome,
                    "people": [[shown.actor, shown.name, shown.does] for shown in script.people],
                    "key": script.key,
                    "transition": script.transition,
                }
                for script in scripts
            ],
            "examples": _joined(scripts),
        }
    )


def _joined(scripts: Iterable[Script]) -> dict[str, Any]:
    """The examples of scripts: all of one, or none where an earlier one has some of the same names.

    The examples of a script fit each other, and not those of another one.
    """
    joined: dict[str, Any] = {}
    for script in scripts:
        if not joined.keys() & script.examples.keys():
            joined |= script.examples
    return joined


def _showing(application: Application, note: Mapping[str, Any]) -> Showing:
    people = application.engine.people
    scenes = tuple(_scene(people, script) for script in note["scripts"])
    return Showing(scenes, _administrator(application.engine), note["examples"])


def _scene(people: People, script: Mapping[str, Any]) -> Scene:
    shown = tuple(Shown(actor, name, does, _token(people, actor)) for actor, name, does in script["people"])
    body = json.dumps({"transition": script["transition"]})
    return Scene(script["welcome"], shown, f"/items/{script['key']}/transitions", body)


def _token(people: People, actor: str) -> str:
    return people.issue_token(SYSTEM_ACTOR, actor, name="demonstration")[0]


def _administrator(engine: Engine) -> Shown:
    """An administrator: the plugin's own, or else one that is added here.

    Plugins need not provide one, and without one a visitor could not try the work of administrators.
    """
    there = engine.people.find(SYSTEM_ACTOR, limit=500).rows
    found = next((actor for actor in there if actor.admin and actor.kind == "person"), None)
    if found is None:
        found = engine.people.add(SYSTEM_ACTOR, id=_ADMINISTRATOR, name="Administrator", admin=True)
    return Shown(found.id, found.name, "administers everything", _token(engine.people, found.id))
