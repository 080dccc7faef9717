"""A repair shop with a worker, a plugin that listens, and a post office box for webhooks."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from post import Box, box
from shop import CUSTOMER, METHOD, ShopSettings, plugin

from placet import Method
from placet.app import Application, build
from placet.catalog.discovery import Registry
from placet.engine.act.deliveries import Delivery, DeliveryQuery, DeliveryStatus, Webhook
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.settings import Settings
from placet.store.tasks import TaskStore, beside
from placet.worker.tasks import Tasks
from placet.worker.worker import Worker

SECRET = "whsec_" + base64.b64encode(b"of the repair shop, 32 bytes lon").decode()
#: Seconds between attempts, so short that a test sees the last one.
DELAYS = (0.1, 0.2)


@dataclass
class Office:
    """An application with one workspace, and a worker that starts when it is asked to."""

    application: Application
    ann: Actor
    worker: Worker
    heard: list[dict[str, Any]]
    #: The largest estimate that the plugin was notified of with each.
    estimates: list[int]
    started: bool = False
    items: list[str] = field(default_factory=list)

    @property
    def engine(self) -> Engine:
        return self.application.engine

    def work(self) -> None:
        """Start the worker; it notifies of what happens from now on."""
        self.application.store.settle()
        self.worker.start()
        self.started = True

    def happen(self, count: int = 1, workspace: str = "SHOP") -> list[str]:
        """Make something happen; answers the ids of the events."""
        if not self.items:
            made = self.engine.items.create(self.ann, workspace=workspace, type="shop.repair", title="A lamp")
            self.items.append(made.key)
        return [self.engine.items.comment(self.ann, self.items[0], f"no. {n}").id for n in range(count)]

    def hook(self, url: str, *kinds: str, workspace: str | None = None, secret: str = SECRET) -> Webhook:
        """Make a webhook; `comment` unless said otherwise."""
        return self.engine.deliveries.add_webhook(
            SYSTEM_ACTOR, url=url, secret=self.application.vault.lock(secret), kinds=kinds or ("comment",),
            workspace=workspace,
        )  # fmt: skip

    def deliveries(
        self, webhook: Webhook | None = None, status: DeliveryStatus | None = None
    ) -> Sequence[Delivery]:
        """Deliveries of a webhook, or of all subscribers."""
        subscriber = None if webhook is None else webhook.subscriber
        return self.engine.deliveries.find(SYSTEM_ACTOR, DeliveryQuery(subscriber, status, limit=500)).rows

    def heard_ids(self) -> list[str]:
        """Ids of the events that the plugin was notified of."""
        return [event["id"] for event in list(self.heard)]


OpenOffice = Callable[..., Office]


def make_tasks(url: str) -> None:
    """Make the tables of the task engine, as the first worker of a database does: that takes longer than most tests.

    No task is in them, and no worker has signed on.
    """
    with closing(TaskStore(url)) as store:
        tasks = Tasks(store, "the first")
        tasks.start(lambda _task, _subscriber: None)
        tasks.stop()


@pytest.fixture(scope="session")
def sqlite_tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a worker that has nothing to do, to be copied."""
    file = tmp_path_factory.mktemp("tasks") / "placet.db"
    make_tasks(f"sqlite:///{file}")
    return beside(file)


@pytest.fixture(scope="session")
def postgresql_tasks(new_postgresql: Callable[..., str]) -> str:
    """The name of a migrated PostgreSQL database with the tables of the task engine, to be used as a template."""
    make_tasks(new_postgresql("migrated", "tasks"))
    return "tasks"


@pytest.fixture
def sqlite_url(sqlite_url: str, sqlite_tasks: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of the test's own, on which a worker has been before."""
    shutil.copyfile(sqlite_tasks, beside(tmp_path / "placet.db"))
    return sqlite_url


@pytest.fixture
def postgresql_url(new_postgresql: Callable[[str], str], postgresql_tasks: str) -> str:
    """A migrated PostgreSQL database of the test's own, on which a worker has been before."""
    return new_postgresql(postgresql_tasks)


@pytest.fixture
def open_office(tmp_path: Path) -> Iterator[OpenOffice]:
    """Opens an office over a database; `react` is the plugin's `placet_event`, `plugins` are there besides it."""
    with ExitStack() as opened:

        def opening(
            url: str,
            *,
            react: Callable[[dict[str, Any]], None] | None = None,
            method: Method = METHOD,
            plugins: Sequence[ModuleType] = (),
            **settings: Any,
        ) -> Office:
            heard: list[dict[str, Any]] = []
            estimates: list[int] = []

            def placet_event(event: dict[str, Any], settings: ShopSettings) -> None:
                if react is not None:
                    react(event)
                heard.append(event)
                estimates.append(settings.largest_estimate)

            values: dict[str, Any] = {
                "delivery_delays": DELAYS,
                "webhook_allow_private": True,
                "secret_key": "of the repair shop",
                **settings,
            }
            configured = Settings(database_url=url, evidence_url=str(tmp_path / "evidence"), **values)
            application = build(
                configured, registry=Registry.of(plugin(method, placet_event=placet_event), *plugins)
            )
            opened.callback(application.close)
            engine = application.engine
            engine.workspaces.create(SYSTEM_ACTOR, key="SHOP", name="The shop", methods=["shop"])
            ann = engine.people.add(SYSTEM_ACTOR, id="ann", name="Ann")
            engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", CUSTOMER.id, ["ann"])
            office = Office(application, ann, Worker(application), heard, estimates)
            opened.callback(office.worker.stop)
            return office

        yield opening


@pytest.fixture
def office(open_office: OpenOffice, sqlite_url: str) -> Office:
    """An office on SQLite whose worker works."""
    opened = open_office(sqlite_url)
    opened.work()
    return opened


@pytest.fixture
def any_office(open_office: OpenOffice, database_url: str) -> Office:
    """An office on either database whose worker works."""
    opened = open_office(database_url)
    opened.work()
    return opened


@pytest.fixture
def mail() -> Iterator[Box]:
    """A box that takes everything."""
    with box() as opened:
        yield opened
