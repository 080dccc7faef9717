"""A repair shop behind a real HTTP server, and people with tokens; answers are checked against the OpenAPI document."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Annotated, Any

import httpx
import jsonschema_rs
import pytest
from patience import PATIENCE
from pigeons import Loft
from processes import PLAIN
from pydantic import Field
from servers import Server
from shop import (
    AGREED,
    AGREEMENT,
    MASTER,
    METHOD,
    PARTS_USED,
    REPAIR,
    SIGNATURE,
    changed,
    furnish,
    plugin,
    replace_transition,
)

import placet_calendar_feed
import placet_process_mining
from placet import (
    Ballot,
    Fields,
    Holds,
    LinkType,
    Metric,
    NotificationRule,
    Panel,
    Quorum,
    Text,
    metrics,
)
from placet.api import create_app
from placet.app import Application, build
from placet.catalog.discovery import Registry
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.settings import Settings


class Continuation(Fields):
    days: Annotated[int, Field(ge=1)]
    note: Text | None = None


_START, _TEST = (each for each in REPAIR.transitions if each.name in {"start", "test"})
#: The start asks the master alone to agree, and the test waits for the agreement.
_AGREED_FIRST = replace_transition(
    changed(_START, asks=["shop.agreement"]),
    changed(_TEST, gates=[AGREED, PARTS_USED]),
    approvals=[changed(AGREEMENT, panel=Panel(Ballot([MASTER], Quorum.any())), expires=None), SIGNATURE],
    indexed=["express", "hours", "fixer"],
)
#: With what is shown of a method besides.
SHOP = changed(
    _AGREED_FIRST,
    notification_rules=[
        NotificationRule(
            "shop.tested", "A repair is tested", "shop.repair", ["state:testing"], [MASTER, "create"],
            "you wait for it",
        )
    ],
    link_types=[
        *METHOD.link_types,
        LinkType("shop.continues", "Continues", inverse="Continued by", attributes=Continuation),
    ],
    metrics=[
        Metric(
            "shop.started_share", "Repairs started", "%", "100 * repairs started / repairs",
            metrics.Share(metrics.Items("shop.repair", metrics.Made()), metrics.Did("start")), ("hours", "fault"),
        ),
        Metric(
            "shop.quick", "Quick repairs", "count", "repairs of one hour",
            metrics.Count(metrics.Items("shop.repair", metrics.Made(), Holds("hours", (1,)))),
        ),
    ],
)  # fmt: skip


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.of(
        plugin(SHOP),
        Loft().plugin(),
        placet_calendar_feed,
        placet_process_mining,
        broken={"torn": "SyntaxError: page 7 is missing"},
    )


#: The administrator, a fixer, the master, and one without a role; and a token of each.
PEOPLE = ("ida", "ben", "mia", "tom")
Tokens = dict[str, str]

#: The OpenAPI document, once the first application is there.
_document: dict[str, Any] = {}


def described() -> dict[str, Any]:
    """The OpenAPI document."""
    return _document


def _schema(method: str, path: str, status: str, media: str) -> dict[str, Any]:
    response = described()["paths"][path][method]["responses"].get(status)
    assert response is not None, f"{method} {path} answers {status}, which is not in the document"
    content = response.get("content", {})
    assert media in content or "*/*" in content, (
        f"{method} {path} {status} answers {media}, not in the document"
    )
    return dict(content.get(media, content.get("*/*"))["schema"])


@cache
def _validator(schema: str) -> Any:
    return jsonschema_rs.validator_for(
        json.loads(schema) | {"components": described()["components"]}, validate_formats=True
    )


def check_against_document(response: httpx.Response) -> None:
    """Answers are as the document says: status, media type and schema."""
    if response.status_code in {204, 405} or response.request.method == "HEAD":
        return
    for path in described()["paths"]:
        pattern = re.sub(r"\{\w+\}", "[^/]+", path)
        method = response.request.method.lower()
        if re.fullmatch(pattern, response.url.path) and method in described()["paths"][path]:
            response.read()
            media = response.headers["content-type"].partition(";")[0]
            schema = _schema(method, path, str(response.status_code), media)
            if media.endswith("json"):
                _validator(json.dumps(schema)).validate(response.json())
            return


#: By plugins.
_sent: dict[Registry, dict[str, Any]] = {}


@pytest.fixture
def document(shop: Shop, registry: Registry) -> dict[str, Any]:
    """The OpenAPI document as it is sent: once, as it is the same for all servers with the same plugins."""
    if registry not in _sent:
        _sent[registry] = shop.nobody.get(f"{shop.url}/openapi.json").json()
    return _sent[registry]


@pytest.fixture(scope="session")
def ending() -> Iterator[list[Server]]:
    """Servers that are ending: they take their time, and the next test need not wait for it."""
    servers: list[Server] = []
    yield servers
    for server in servers:
        server.join()


@pytest.fixture
def serve(
    registry: Registry, request: pytest.FixtureRequest, tmp_path: Path, ending: list[Server]
) -> Iterator[Callable[..., Shop]]:
    """Starts a server over a database, with settings of the test's own.

    Whatever a test did on SQLite, in the end all that is stored is what the events say.
    """
    started: list[tuple[Server, Shop]] = []
    engines: dict[str, Engine] = {}

    def start(database_url: str, *, tokens: Tokens | None = None, **settings: Any) -> Shop:
        asynchronous = database_url.startswith("postgresql")
        configured = Settings(database_url=database_url, evidence_url=str(tmp_path / "evidence"), **settings)
        application = build(configured, registry=registry, asynchronous=asynchronous)
        if not asynchronous:
            engines[database_url] = application.engine
        app = create_app(application)
        _document.update(_document or app.openapi())
        server = Server(app)
        shop = Shop(partial(build, configured, registry=registry), server.url, tokens)
        started.append((server, shop))
        return shop

    yield start
    try:
        tampered = request.node.get_closest_marker("tampered") is not None
        for engine in () if tampered else engines.values():
            assert engine.reports.verify(SYSTEM_ACTOR).findings == ()
    finally:
        for server, shop in started:
            shop.close()
            server.end()
            ending.append(server)


class Shop:
    """A running server over the workspace SHOP, and some of its people."""

    def __init__(self, make: Callable[[], Application], url: str, tokens: Tokens | None) -> None:
        """`make` builds an application over the database, in which everything is already where `tokens` are given."""
        self.url, self._make = url, make
        self._until_over = ExitStack()
        if tokens is None:
            furnish(self.application.engine)
            tokens = tokens_of(self.application.engine)
        self.ida, self.ben, self.mia, self.tom = (self.client(tokens[id]) for id in PEOPLE)
        self.nobody = self.client("")

    @cached_property
    def application(self) -> Application:
        """An application beside the one that is served, made for those who ask for it."""
        made = self._make()
        self._until_over.callback(made.close)
        return made

    def token(self, actor: str, *scopes: str) -> str:
        return issued(self.application.engine, actor, *scopes)

    def client(self, token: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers=headers,
            timeout=PATIENCE,
            verify=PLAIN,
            event_hooks={"response": [check_against_document]},
        )
        self._until_over.callback(client.close)
        return client

    def close(self) -> None:
        self._until_over.close()

    def wish(self, title: str = "A broken lamp", **fields: Any) -> str:
        """A wish of Ben's."""
        body = {"workspace": "SHOP", "type": "shop.repair", "title": title, "fields": fields}
        answer = self.ben.post("/items", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])

    def on_bench(self, **fields: Any) -> str:
        """A repair that waits for the master's agreement."""
        wanted: dict[str, Any] = {"fault": "dark", "hours": 2, **fields}
        key = self.wish(**wanted)
        answer = self.ben.post(f"/items/{key}/transitions", json={"transition": "start"})
        assert answer.status_code == 200, answer.text
        return key


def issued(engine: Engine, actor: str, *scopes: str) -> str:
    """A new token, for everything unless scopes are named."""
    kept = scopes or ("read", "write", "admin")
    return engine.people.issue_token(SYSTEM_ACTOR, actor, name="test", scopes=kept)[0]


def tokens_of(engine: Engine) -> Tokens:
    """A token of each."""
    return {id: issued(engine, id) for id in PEOPLE}


def tokens_in(database_url: str) -> Tokens:
    """A token of each in a database with an open shop."""
    settings = Settings(database_url=database_url)
    with closing(build(settings, registry=Registry.of(plugin(SHOP)))) as application:
        return tokens_of(application.engine)


@pytest.fixture(scope="session")
def sqlite_opened(sqlite_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Tokens]:
    """A SQLite file with an open shop, to be copied, and its people's tokens."""
    file = tmp_path_factory.mktemp("opened") / "placet.db"
    shutil.copyfile(sqlite_shop, file)
    return file, tokens_in(f"sqlite:///{file}")


@pytest.fixture(scope="session")
def postgresql_opened(new_postgresql: Callable[..., str], postgresql_shop: str) -> tuple[str, Tokens]:
    """The name of a PostgreSQL database with an open shop, to be used as a template, and its people's tokens."""
    return "opened_shop", tokens_in(new_postgresql(postgresql_shop, "opened_shop"))


@pytest.fixture
def shop(
    serve: Callable[..., Shop], sqlite_opened: tuple[Path, Tokens], sqlite_url: str, tmp_path: Path
) -> Shop:
    """The shop on SQLite."""
    template, tokens = sqlite_opened
    shutil.copyfile(template, tmp_path / "placet.db")
    return serve(sqlite_url, tokens=tokens)


@pytest.fixture(params=["sqlite", "postgresql"])
def opened_shop(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Tokens]:
    """A database of the test's own, of either kind, with an open shop, and its people's tokens."""
    if request.param == "sqlite":
        url, (file, tokens) = (
            request.getfixturevalue("sqlite_url"),
            request.getfixturevalue("sqlite_opened"),
        )
        shutil.copyfile(file, tmp_path / "placet.db")
        return url, tokens
    template, tokens = request.getfixturevalue("postgresql_opened")
    create: Callable[[str], str] = request.getfixturevalue("new_postgresql")
    return create(template), tokens


@pytest.fixture
def any_shop(opened_shop: tuple[str, Tokens], serve: Callable[..., Shop]) -> Shop:
    """The shop on both databases."""
    url, tokens = opened_shop
    return serve(url, tokens=tokens)
