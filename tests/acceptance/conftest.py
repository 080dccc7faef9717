"""The product from outside: a real `placet serve` with a clock of its own, driven over HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from patience import PATIENCE
from processes import PLAIN, RESTING, ending_together, mother, wait_until_ready

from placet.testing.ports import free_port

#: A Monday morning on which nothing is frozen.
START = "2026-11-16T09:00:00Z"

PEOPLE = {
    "maya": ["itil.change_initiator"],
    "ravi": ["itil.change_implementer"],
    "lea": ["itil.delegated_change_authority"],
    "carl": ["itil.change_manager"],
    "finn": ["itil.cab_member"],
    "gina": ["itil.cab_member"],
    "dana": ["itil.cab_member"],
    "emil": ["itil.cab_member"],
    "otto": ["itil.service_owner"],
    "ivy": ["itil.it_director"],
    "cora": ["itil.configuration_manager"],
    "dora": ["itil.duty_manager"],
    "ed": ["itil.ecab_member"],
    "ella": ["itil.ecab_member"],
    "uma": ["itil.requester"],
    "sam": ["itil.service_desk_analyst"],
    "rosa": ["itil.resolver"],
    "ines": ["itil.incident_manager"],
    "mia": ["itil.major_incident_manager"],
    "pia": ["itil.problem_manager"],
    "lin": ["itil.request_approver"],
    "bea": ["itil.request_approver"],
    "fred": ["itil.fulfiller"],
}


class Person:
    """One of the organization's people with a token of their own."""

    def __init__(self, base: str, token: str) -> None:
        self._http = httpx.Client(
            base_url=f"{base}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE,
            limits=RESTING,
            verify=PLAIN,
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **params: Any) -> Any:
        answer = self._http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def text(self, path: str) -> str:
        answer = self._http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        expect: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Any:
        answer = self._http.request(method, path, json=body, headers=headers)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def create(self, item_type: str, title: str, /, **fields: Any) -> str:
        """Make an item, below that of the key `parent` if there is one."""
        parent = fields.pop("parent", None)
        body = {"workspace": "OPS", "type": item_type, "title": title, "parent": parent, "fields": fields}
        return str(self.send("POST", "/items", body, expect=201)["key"])

    def edit(self, key: str, **fields: Any) -> Any:
        return self.send("PATCH", f"/items/{key}", {"fields": fields})

    def link(self, key: str, link_type: str, target: str, **attributes: Any) -> None:
        body = {"attributes": attributes} if attributes else None
        answer = self._http.put(f"/items/{key}/links/{link_type}/{target}", json=body)
        assert answer.status_code in {200, 201, 204}, answer.text

    def move(self, key: str, transition: str, comment: str = "", /, **fields: Any) -> Any:
        body = {"transition": transition, "fields": fields, "comment": comment}
        return self.send("POST", f"/items/{key}/transitions", body)["item"]

    def refused(self, key: str, transition: str, comment: str = "", /, **fields: Any) -> dict[str, Any]:
        """The blockers of a refusal, by check."""
        body = {"transition": transition, "fields": fields, "comment": comment}
        problem = self.send("POST", f"/items/{key}/transitions", body, expect=409)
        assert problem["type"].endswith("/blocked"), problem
        return {blocker["check"]: blocker for blocker in problem["blockers"]}

    def messages(self, key: str, transition: str, comment: str = "", /, **fields: Any) -> list[str]:
        """The whole text of a refusal."""
        body = {"transition": transition, "fields": fields, "comment": comment}
        problem = self.send("POST", f"/items/{key}/transitions", body, expect=409)
        return [blocker["message"] for blocker in problem["blockers"]]

    def vote(self, key: str, approval: str, decision: str = "approve", expect: int = 200) -> Any:
        return self.send("POST", f"/items/{key}/approvals/{approval}", {"decision": decision}, expect=expect)

    def attach(self, key: str, kind: str, content: bytes = b"passed", *, name: str = "") -> None:
        answer = self._http.post(
            f"/items/{key}/evidence",
            data={"kind": kind},
            files={"file": (name or f"{kind}.txt", content, "text/plain")},
        )
        assert answer.status_code == 201, answer.text


class Organization:
    """A running server with one workspace OPS under ITIL, and its people."""

    #: Their roles in the workspace.
    cast: Mapping[str, Sequence[str]] = PEOPLE

    def __init__(self, base: str, admin_token: str) -> None:
        self.base = base
        self.admin = Person(base, admin_token)
        self._people: dict[str, Person] = {}

    def close(self) -> None:
        for person in (self.admin, *self._people.values()):
            person.close()

    def open(self, **settings: Any) -> None:
        """Open the workspace, with everybody in their roles."""
        self.admin.send(
            "POST",
            "/workspaces",
            {
                "key": "OPS",
                "name": "Payments",
                "methods": ["itil"],
                "settings": {"itil": settings} if settings else {},
            },
            expect=201,
        )
        holders: dict[str, list[str]] = {}
        for person, roles in PEOPLE.items():
            self.admin.send("POST", "/actors", {"id": person, "name": person.title()}, expect=201)
            for role in roles:
                holders.setdefault(role, []).append(person)
        for role, people in holders.items():
            self.assign(role, *people)

    def assign(self, role: str, *people: str) -> None:
        self.admin.send("PUT", f"/workspaces/OPS/roles/{role}", {"actors": list(people)})

    def clock(self, now: str) -> None:
        self.admin.send("PUT", "/testing/clock", {"now": now})

    def __getattr__(self, person: str) -> Person:
        if person.startswith("_") or person not in self.cast:
            raise AttributeError(person)
        if person not in self._people:
            made = self.admin.send("POST", f"/actors/{person}/tokens", {"name": "test"}, expect=201)
            self._people[person] = Person(self.base, made["token"])
        return self._people[person]


def placet(*arguments: str, folder: Path, env: Mapping[str, str] | None = None) -> str:
    """The output of the command."""
    log = folder / "command.log"
    log.unlink(missing_ok=True)
    code = mother().placet(*arguments, folder=folder, log=log, env=env).wait()
    assert code == 0, log.read_text()
    return log.read_text().strip()


@contextmanager
def serving(folder: Path, start: str = START, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """A server in a sandbox, over the database of a folder or that of `env`, and the worker that belongs to it.

    Both are the same mother's children: a server that starts the worker itself loads the program once more.
    """
    base = f"http://127.0.0.1:{(port := free_port())}"
    log = folder / "server.log"
    options = ("--port", str(port), "--test-clock", start, "--no-worker")
    with ending_together() as children:
        server = mother().placet("serve", *options, folder=folder, log=log, env=env)
        children.append(server)
        wait_until_ready(base, server.alive, log)
        children.append(mother().placet("worker", folder=folder, log=folder / "worker.log", env=env))
        yield base


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with an organization that has just been opened, and its administrator's token."""
    folder = tmp_path_factory.mktemp("opened")
    with serving(folder) as base:
        placet("actor", "add", "root", "--admin", folder=folder)
        token = placet("token", "create", "root", folder=folder)
        with closing(Organization(base, token)) as organization:
            organization.open()
    return folder, token


@pytest.fixture
def organization(opened: tuple[Path, str], tmp_path: Path) -> Iterator[Organization]:
    """A server in a sandbox of its own, opened under the standard settings."""
    folder, token = opened
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    with serving(tmp_path) as base, closing(Organization(base, token)) as organization:
        yield organization
