"""The people of the story, and what they do again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from acceptance.conftest import Organization, Person, placet, serving
from post import eventually
from processes import mother

from placet_integration.demo import tale

#: The roles of everybody in the organization, besides those on the project or the team.
CAST = {person: roles for person, (_, roles) in tale.CAST.items()}
#: The gates of controls begin with it.
CONTROL = "cobit.control."


class Cast(Organization):
    """A running server with one workspace under all methods, and its people."""

    cast = CAST

    def open(self, **settings: Any) -> None:
        self.admin.send("POST", "/workspaces", tale.WORKSPACE | settings, expect=201)
        holders: dict[str, list[str]] = {}
        for person, roles in CAST.items():
            self.admin.send("POST", "/actors", {"id": person, "name": tale.CAST[person][0]}, expect=201)
            for role in roles:
                holders.setdefault(role, []).append(person)
        for role, people in holders.items():
            self.assign(role, *people)


class Story(tale.Tale):
    """The story as it is played over HTTP."""

    def __init__(self, cast: Cast) -> None:
        super().__init__()
        self.cast = cast

    def by(self, person: str) -> Person:
        """One of the people."""
        found: Person = getattr(self.cast, person)
        return found

    def fields(self, key: str) -> dict[str, Any]:
        """The fields of an item."""
        fields: dict[str, Any] = self.cast.admin.get(f"/items/{key}")["fields"]
        return fields

    def state(self, key: str) -> str:
        """Where an item stands."""
        return str(self.cast.admin.get(f"/items/{key}")["state"])

    def linked(self, key: str, link_type: str) -> list[str]:
        """The items at the other end of links from or to an item."""
        found = self.cast.admin.get(f"/items/{key}/links")["links"]
        return [each["key"] for each in found if each["link_type"] == link_type]

    def decided_on(self, key: str) -> list[tuple[str, str]]:
        """The decisions about an item that are in the register, the oldest first: the right, and who has decided."""
        found = sorted(self.linked(key, "governance.records"), key=lambda each: int(each.rpartition("-")[2]))
        return [(each["right"], each["decided_by"]) for each in map(self.fields, found)]

    def all(self, type: str, **where: Any) -> list[str]:
        """Items of a type, the oldest first."""
        wanted = {f"field.{name}": value for name, value in where.items()}
        found = self.cast.admin.get("/items", type=type, limit=200, **wanted)["items"]
        return sorted((each["key"] for each in found), key=lambda key: int(key.rpartition("-")[2]))

    def status(self, key: str, aspect: str) -> dict[str, Any]:
        """One tolerance of an item against its forecast."""
        return next(each for each in self.fields(key)["statuses"] if each["aspect"] == aspect)

    def clock(self, now: str) -> None:
        self.cast.clock(now)

    @property
    def now(self) -> str:
        return str(self.cast.admin.get("/testing/clock")["now"])

    def seed(self, only: tuple[str, ...]) -> list[str]:
        self.by("cora").send("POST", "/x/cobit/objectives?workspace=OPS", {})
        made = self.by("cleo").send("POST", "/x/cobit/controls?workspace=OPS", {"only": list(only)})["made"]
        return [str(key) for key in made]

    def below(self, parent: str, type: str) -> list[str]:
        found = self.cast.admin.get("/items", workspace="OPS", type=type, parent=parent, limit=100)["items"]
        return [str(each["key"]) for each in found]

    def hears(self, person: str, key: str) -> bool:
        """Whether somebody is notified of an item; the worker writes it soon."""

        def notified() -> bool:
            found = self.by(person).get("/inbox", limit=100)["notifications"]
            return key in {each["item"] for each in found}

        return eventually(notified)

    def appoint(self, by: str, key: str, role: str, *people: str) -> None:
        """Let somebody appoint people on an item."""
        self.by(by).send("PUT", f"/items/{key}/roles/{role}", {"actors": list(people)})

    def confirm(self, person: str, key: str, confirmation: str) -> None:
        """Let somebody confirm in person what another has written about them."""
        self.by(person).send("PUT", f"/items/{key}/confirmations/{confirmation}", {"decision": "confirm"})


def blocks(
    story: Story, person: str, key: str, transition: str, *gates: str, comment: str = "", **fields: Any
) -> dict[str, Any]:
    """Somebody is refused a transition by these gates, all of them in one answer; the blockers by their checks."""
    found = story.by(person).refused(key, transition, comment, **fields)
    assert set(map(stopped_by, found.values())) == set(gates), found
    return found


def stopped_by(blocker: Mapping[str, Any]) -> str:
    """The gate of a blocker; the gates of a control have its key, and are known by their check."""
    gate, check = str(blocker["gate"]), str(blocker["check"])
    return check if gate.startswith(CONTROL) else gate


Step = Callable[[Story], None]
Chapter = Mapping[int, Step]


@contextmanager
def performed(folder: Path, database: str) -> Iterator[Story]:
    """The stage on which the story is played: a server over a database, with everybody in their roles."""
    env = {"PLACET_DATABASE_URL": database}
    mother().compose(*tale.WORKSPACE["methods"], **tale.WORKSPACE["settings"])
    with serving(folder, tale.START, env) as base:
        placet("actor", "add", "root", "--admin", folder=folder, env=env)
        token = placet("token", "create", "root", folder=folder, env=env)
        with closing(Cast(base, token)) as cast:
            cast.open()
            yield Story(cast)
