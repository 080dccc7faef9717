"""An installation with people, configuration items and a workspace, created by the engine itself."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import psycopg

from benchmarks.desk import controls, listener
from benchmarks.desk.flow import CIS
from placet.app import Application, build, migrate
from placet.catalog.discovery import Registry
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings

WORKSPACE = "OPS"
PEOPLE = 16
#: The first number of an item.
FIRST_NUMBER = 700_000
#: Moves in one bulk request.
BULK = 100
#: The method whose acts are measured, and all methods with what joins them.
ALONE = ("itil",)
TOGETHER = ("governance", "itil", "prince2", "agile", "cobit", "integration")
_MAKERS = ("change_initiator", "resolver", "service_desk_analyst", "change_implementer")
_BOSSES = ("change_manager", "delegated_change_authority")


@dataclass(frozen=True)
class Site:
    """A database that is ready for use."""

    url: str
    #: By person: `maker0`, `boss0` and so on, and `root`, who administers.
    tokens: dict[str, str]
    #: Keys of the configuration items.
    cis: list[str]
    #: Keys of new incidents, for bulk moves.
    crowd: list[str]
    origin: datetime
    #: The key with which stored secrets are encrypted.
    secret: str

    def at(self, url: str) -> Site:
        """The same site in a copy of the database."""
        return replace(self, url=url)

    @property
    def kind(self) -> str:
        return "SQLite" if self.url.startswith("sqlite:") else "PostgreSQL"

    @property
    def settings(self) -> Settings:
        return Settings(database_url=self.url, secret_key=self.secret, webhook_allow_private=True)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that serves the site."""
        return {
            "PLACET_DATABASE_URL": self.url,
            "PLACET_SECRET_KEY": self.secret,
            "PLACET_WEBHOOK_ALLOW_PRIVATE": "true",
            "PLACET_LOG_LEVEL": "error",
        }

    def application(self) -> Application:
        return build(self.settings, registry=registry())


def registry() -> Registry:
    """What the measured servers load: the installed methods, and the plugin that gets events.

    Under rules of another version, they would take computed values for outdated until a worker has come, and read all
    items of a type where they search for a few.
    """
    with listener.found():
        return Registry.discover()


def prepare(url: str, crowd: int = BULK, methods: Sequence[str] = ALONE) -> Site:
    """Create the schema and all that exists before the first person starts; under COBIT, with its controls."""
    site = Site(url, {}, [], [], datetime.now(UTC).replace(microsecond=0), secrets.token_hex(16))
    migrate(site.settings)
    application = site.application()
    engine = application.engine
    root = engine.people.add(SYSTEM_ACTOR, id="root", name="Root", admin=True)
    engine.workspaces.create(
        SYSTEM_ACTOR, key=WORKSPACE, name="Operations", methods=[*methods, listener.METHOD]
    )
    _begin_numbers(url)
    makers = [_person(application, f"maker{n}") for n in range(PEOPLE)]
    bosses = [_person(application, f"boss{n}") for n in range(PEOPLE)]
    for people, roles in ((makers, _MAKERS), (bosses, _BOSSES), ([root], ("configuration_manager",))):
        for role in roles:
            engine.workspaces.assign(SYSTEM_ACTOR, WORKSPACE, f"itil.{role}", [each.id for each in people])
    for person in (root, *makers, *bosses):
        site.tokens[person.id] = engine.people.issue_token(SYSTEM_ACTOR, person.id, name="desk")[0]
    for n in range(CIS):
        made = engine.items.create(
            root, workspace=WORKSPACE, type="itil.configuration_item", title=f"srv-{n}",
            fields={"kind": "server", "criticality": 1, "data_class": "internal", "owner": "root"},
        )  # fmt: skip
        site.cis.append(made.key)
    for n in range(crowd):
        made = engine.items.create(
            makers[0], workspace=WORKSPACE, type="itil.incident", title=f"Crowd {n}",
            fields={"summary": "slow", "symptoms": "20 s until the page is there", "channel": "portal"},
        )  # fmt: skip
        site.crowd.append(made.key)
    if "cobit" in methods:
        controls.attach(application, WORKSPACE)
    application.store.settle()
    application.close()
    return site


def _begin_numbers(url: str) -> None:
    """Give the workspace's items numbers that occur nowhere else, so that they are found among parameters."""
    counted = f"INSERT INTO counters (workspace, last) VALUES ('{WORKSPACE}', {FIRST_NUMBER})"
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute(counted)
    else:
        with psycopg.connect(url) as connection:
            connection.execute(counted)


def _person(application: Application, id: str) -> Actor:
    return application.engine.people.add(SYSTEM_ACTOR, id=id, name=id.title())
