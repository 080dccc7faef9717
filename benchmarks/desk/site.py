"""An installation with people, configuration items and a workspace, made by the engine itself."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import psycopg

import placet_itil_change
from benchmarks.desk import listener
from benchmarks.desk.flow import CIS
from placet.app import Application, build, migrate
from placet.catalog.discovery import Registry
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings

WORKSPACE = "OPS"
PEOPLE = 16
#: Where the numbers of items begin.
FIRST_NUMBER = 700_000
#: Moves of one bulk request.
BULK = 100
_MAKERS = ("change_initiator", "resolver", "service_desk_analyst", "change_implementer")
_BOSSES = ("change_manager", "delegated_change_authority")


@dataclass(frozen=True)
class Site:
    """A database that is ready to be worked on."""

    url: str
    #: By person: `maker0`, `boss0` and so on, and `root`, who administers.
    tokens: dict[str, str]
    #: Keys of the configuration items.
    cis: list[str]
    #: Keys of incidents that are new, for bulk moves.
    crowd: list[str]
    origin: datetime
    #: What stored secrets are encrypted with.
    secret: str

    def at(self, url: str) -> Site:
        """The same in a copy of the database."""
        return replace(self, url=url)

    @property
    def kind(self) -> str:
        return "SQLite" if self.url.startswith("sqlite:") else "PostgreSQL"

    @property
    def settings(self) -> Settings:
        return Settings(database_url=self.url, secret_key=self.secret, webhook_allow_private=True)

    @property
    def environment(self) -> dict[str, str]:
        """What a process that serves it has to know."""
        return {
            "PLACET_DATABASE_URL": self.url,
            "PLACET_SECRET_KEY": self.secret,
            "PLACET_WEBHOOK_ALLOW_PRIVATE": "true",
            "PLACET_LOG_LEVEL": "error",
        }

    def application(self) -> Application:
        return build(self.settings, registry=registry())


def registry() -> Registry:
    """The method that is measured, and the plugin that listens."""
    return Registry.of(placet_itil_change, listener)


def prepare(url: str, crowd: int = BULK) -> Site:
    """Make the schema and everything that is there before the first person comes."""
    site = Site(url, {}, [], [], datetime.now(UTC).replace(microsecond=0), secrets.token_hex(16))
    migrate(site.settings)
    application = site.application()
    engine = application.engine
    root = engine.people.add(SYSTEM_ACTOR, id="root", name="Root", admin=True)
    engine.workspaces.create(
        SYSTEM_ACTOR, key=WORKSPACE, name="Operations", methods=["itil", listener.METHOD]
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
    application.store.settle()
    application.close()
    return site


def _begin_numbers(url: str) -> None:
    """Let the workspace's items have numbers that are nothing else too: so they are found among parameters."""
    counted = f"INSERT INTO counters (workspace, last) VALUES ('{WORKSPACE}', {FIRST_NUMBER})"
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute(counted)
    else:
        with psycopg.connect(url) as connection:
            connection.execute(counted)


def _person(application: Application, id: str) -> Actor:
    return application.engine.people.add(SYSTEM_ACTOR, id=id, name=id.title())
