"""A print shop behind a real HTTP server, and people with tokens; answers are checked against the OpenAPI document."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache, cached_property, partial
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import httpx
import jsonschema_rs
import pytest
from patience import PATIENCE
from pigeons import Loft
from processes import PLAIN
from pydantic import Field
from servers import Server

import placet_calendar_feed
import placet_process_mining
from placet import (
    ActorId,
    Appointment,
    Approval,
    Ballot,
    Category,
    CheckContext,
    Duty,
    Fields,
    Gate,
    Holds,
    ItemKey,
    ItemType,
    LinkType,
    Method,
    Metric,
    Moment,
    NotificationRule,
    Panel,
    Quorum,
    Role,
    State,
    Text,
    Transition,
    Verdict,
    Workflow,
    approval_granted,
    check,
    fields_present,
    hookimpl,
    metrics,
    passed,
)
from placet.api import create_app
from placet.app import Application, build
from placet.catalog.discovery import Registry
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.settings import Settings

CLERK = Role("shop.clerk", "Clerk", "takes orders", on_item=Appointment(["shop.boss"]))
BOSS = Role("shop.boss", "Boss", "consents and waives", max_holders=2)


@check("shop.no_secrets")
def no_secrets(ctx: CheckContext) -> Verdict:
    """Nothing secret is printed."""
    if ctx.item.fields.text == "raise":
        raise RuntimeError("out of ink")
    return passed(text=ctx.item.fields.text)


DESCRIBED = Gate("shop.described", "Described", fields_present("shop.text_given", "text"), waived_by=[BOSS])
CONSENTED = Gate(
    "shop.consented", "Consented", approval_granted("shop.consent_given", "shop.consent"), no_secrets
)


class OrderFields(Fields):
    text: Text | None = None
    copies: int | None = None
    owner: ActorId | None = None
    due: Moment | None = None
    like: ItemKey | None = None


class Continuation(Fields):
    pages: Annotated[int, Field(ge=1)]
    note: Text | None = None


# fmt: off
STATES = (
    State("draft",   "Draft",     Category.TODO),
    State("asked",   "Asked for", Category.WAITING),
    State("printed", "Printed",   Category.DONE),
    State("dropped", "Dropped",   Category.CANCELLED),
)
TRANSITIONS = (
    Transition("ask",   "draft",            "asked",   [CLERK],       [DESCRIBED],
               input=["text"], asks=["shop.consent"]),
    Transition("print", "asked",            "printed", [CLERK],       [CONSENTED]),
    Transition("back",  "asked",            "draft",   [CLERK]),
    Transition("drop",  ["draft", "asked"], "dropped", [CLERK, BOSS]),
)
# fmt: on
CONSENT = Approval("shop.consent", "Consent", Panel(Ballot([BOSS], Quorum.any())), material_fields=["text"])
ORDER = ItemType(
    "shop.order",
    "Order",
    fields=OrderFields,
    workflow=Workflow("shop.order", STATES, TRANSITIONS),
    description="Something to be printed.",
    indexed=["copies", "owner"],
    frozen_in={"printed": ["text"]},
    approvals=[CONSENT],
    duties=[
        Duty("shop.two_people", "Nobody consents to their own order", ("create",), ("vote:shop.consent",))
    ],
)
SHOP = Method(
    "shop",
    "Print shop",
    item_types=[ORDER],
    roles=[CLERK, BOSS],
    notification_rules=[
        NotificationRule(
            "shop.printed",
            "An order is printed",
            "shop.order",
            ["state:printed"],
            [BOSS, "create"],
            "you wait for it",
        )
    ],
    link_types=[
        LinkType("shop.follows", "follows", inverse="is followed by"),
        LinkType("shop.continues", "continues", inverse="is continued by", attributes=Continuation),
    ],
    metrics=[
        Metric(
            "shop.asked_share",
            "Orders asked for",
            "%",
            "100 * orders asked for / orders",
            metrics.Share(metrics.Items("shop.order", metrics.Made()), metrics.Did("ask")),
            ("copies", "text"),
        ),
        Metric(
            "shop.singles",
            "Single copies",
            "count",
            "orders of one copy",
            metrics.Count(metrics.Items("shop.order", metrics.Made(), Holds("copies", (1,)))),
        ),
    ],
)  # fmt: skip


def plugin(method: Method) -> ModuleType:
    """A plugin's module that gives a method."""
    module = ModuleType(method.id)
    module.placet_method = hookimpl(lambda: method)  # type: ignore[attr-defined]
    # pluggy reads a hook's name from the attribute, and the marks from the function.
    return module


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.of(
        plugin(SHOP),
        Loft().plugin(),
        placet_calendar_feed,
        placet_process_mining,
        broken={"torn": "SyntaxError: page 7 is missing"},
    )


#: The administrator, the clerk, the boss, and one without a role; and a token of each.
PEOPLE = ("ada", "clara", "bo", "stranger")
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
    """A running server over one workspace SHOP, with Clara the clerk, Bo the boss, and Ada the administrator."""

    def __init__(self, make: Callable[[], Application], url: str, tokens: Tokens | None) -> None:
        """`make` builds an application over the database, in which everything is already where `tokens` are given."""
        self.url, self._make = url, make
        self._until_over = ExitStack()
        tokens = tokens or furnish(self.application.engine)
        self.ada, self.clara, self.bo, self.stranger = (self.client(tokens[id]) for id in PEOPLE)
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

    def order(self, title: str = "Flyers", **fields: Any) -> str:
        """An order of Clara's."""
        body = {"workspace": "SHOP", "type": "shop.order", "title": title, "fields": fields}
        answer = self.clara.post("/items", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])

    def asked(self, **fields: Any) -> str:
        """An order that waits for consent."""
        key = self.order(**({"text": "Sale!"} | fields))
        answer = self.clara.post(f"/items/{key}/transitions", json={"transition": "ask"})
        assert answer.status_code == 200, answer.text
        return key


def issued(engine: Engine, actor: str, *scopes: str) -> str:
    """A new token, for everything unless scopes are named."""
    kept = scopes or ("read", "write", "admin")
    return engine.people.issue_token(SYSTEM_ACTOR, actor, name="test", scopes=kept)[0]


def furnish(engine: Engine) -> Tokens:
    """Make the workspace and its people; answers a token of each."""
    for id in PEOPLE:
        engine.people.add(SYSTEM_ACTOR, id=id, name=id.title(), admin=id == "ada")
    engine.workspaces.create(SYSTEM_ACTOR, key="SHOP", name="Print shop", methods=["shop"])
    engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", "shop.clerk", ["clara"])
    engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", "shop.boss", ["bo"])
    return {id: issued(engine, id) for id in PEOPLE}


def furnished(database_url: str) -> Tokens:
    """Open a print shop in a database that is migrated."""
    with closing(
        build(Settings(database_url=database_url), registry=Registry.of(plugin(SHOP)))
    ) as application:
        return furnish(application.engine)


@pytest.fixture(scope="session")
def sqlite_print_shop(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Tokens]:
    """A SQLite file with an open print shop, to be copied, and its people's tokens."""
    file = tmp_path_factory.mktemp("print_shop") / "placet.db"
    shutil.copyfile(sqlite_template, file)
    return file, furnished(f"sqlite:///{file}")


@pytest.fixture(scope="session")
def postgresql_print_shop(new_postgresql: Callable[..., str]) -> tuple[str, Tokens]:
    """The name of a PostgreSQL database with an open print shop, to be used as a template, and its people's tokens."""
    return "print_shop", furnished(new_postgresql("migrated", "print_shop"))


@pytest.fixture
def shop(
    serve: Callable[..., Shop], sqlite_print_shop: tuple[Path, Tokens], sqlite_url: str, tmp_path: Path
) -> Shop:
    """The shop on SQLite."""
    template, tokens = sqlite_print_shop
    shutil.copyfile(template, tmp_path / "placet.db")
    return serve(sqlite_url, tokens=tokens)


@pytest.fixture(params=["sqlite", "postgresql"])
def print_shop(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Tokens]:
    """A database of the test's own, of either kind, with an open print shop, and its people's tokens."""
    if request.param == "sqlite":
        url, (file, tokens) = (
            request.getfixturevalue("sqlite_url"),
            request.getfixturevalue("sqlite_print_shop"),
        )
        shutil.copyfile(file, tmp_path / "placet.db")
        return url, tokens
    template, tokens = request.getfixturevalue("postgresql_print_shop")
    create: Callable[[str], str] = request.getfixturevalue("new_postgresql")
    return create(template), tokens


@pytest.fixture
def any_shop(print_shop: tuple[str, Tokens], serve: Callable[..., Shop]) -> Shop:
    """The shop on both databases."""
    url, tokens = print_shop
    return serve(url, tokens=tokens)
