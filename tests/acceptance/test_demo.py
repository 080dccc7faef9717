"""The demonstration organization, as a visitor meets it."""

from __future__ import annotations

import html
import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from patience import PATIENCE
from processes import PLAIN, RESTING, environment, wait_until_ready

from placet.app import build
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings
from placet.showing import load_demo
from placet.testing.ports import free_port

from .conftest import placet


@dataclass(frozen=True, slots=True)
class Visit:
    """A running demonstration, and what its start printed."""

    base: str
    printed: str
    #: The file of its database.
    database: Path

    @property
    def curls(self) -> list[str]:
        """The refusals to try, one of each method."""
        return [line.strip() for line in self.printed.splitlines() if line.strip().startswith("curl")]

    @property
    def tokens(self) -> list[str]:
        return re.findall(r": (placet_\S+)$", self.printed, re.MULTILINE)

    def token(self, name: str) -> str:
        """The token that was printed for a person."""
        return str(re.findall(rf"^  {name} .*: (placet_\S+)$", self.printed, re.MULTILINE)[0])

    def asked(self, name: str, path: str, **params: str | int) -> Any:
        """The answer to a person whose token was printed."""
        headers = {"Authorization": f"Bearer {self.token(name)}"}
        answer = httpx.get(
            f"{self.base}/api/v1{path}", params=params, headers=headers, timeout=PATIENCE, verify=PLAIN
        )
        assert answer.is_success, answer.text
        return answer.json()

    def get(self, path: str, **params: str | int) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token('Carl Novak')}"}
        return httpx.get(
            f"{self.base}/api/v1{path}", params=params, headers=headers, timeout=PATIENCE, verify=PLAIN
        )


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """`placet serve --demo` in an empty folder."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    command = [str(Path(sys.executable).parent / "placet"), "serve", "--demo", "--port", str(port)]
    base = f"http://127.0.0.1:{port}"
    log = folder / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, cwd=folder, env=environment(), stdout=output, stderr=subprocess.STDOUT, text=True
        ) as server,
    ):
        try:
            wait_until_ready(base, lambda: server.poll() is None, log)
            yield Visit(base, log.read_text(), folder / "placet.db")
        finally:
            server.terminate()
            server.wait(PATIENCE)


#: Operations whose examples cannot work on the demonstration, each with the reason.
_ELSEWHERE = {
    "ask_approval_again": "the approval of the examples waits for votes: only one that has ended is asked again",
    "decide_proposal": "no change of rules of the demonstration waits for a second person",
    "decide_installation_proposal": "one administrator gives offices there: only two people have something to decide",
    "add_webhook": "it looks up the address, and no address outside is there for everybody who runs the tests",
    "rotate_webhook_secret": "there is no webhook whose secret it could replace",
    "redeem_invitation": "a code is shown once, to the administrator who invites, and stands in no document",
    "move_clock": "the demonstration goes by the time of the machine: only a sandbox has a clock that can be moved",
}


def _stopped_by(blocker: dict[str, Any]) -> str:
    """The gate of a blocker; those of a control have its key, and are known by their check."""
    return str(blocker["check" if blocker["gate"].startswith("cobit.control.") else "gate"])


def _day_of(moment: str) -> date:
    return datetime.fromisoformat(moment).date()


def _sent(visit: Visit, method: str, path: str, operation: dict[str, Any]) -> list[int]:
    """The outcome of an example, tried by one person after the other until one may."""
    asked: dict[str, str] = {}
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
        elif parameter["in"] == "query" and parameter["required"]:
            asked[parameter["name"]] = parameter["example"]
    body = operation["requestBody"]["content"]["application/json"]["example"]
    statuses: list[int] = []
    for token in visit.tokens:
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.request(
            method,
            f"{visit.base}{path}",
            params=asked,
            json=body,
            headers=headers,
            timeout=PATIENCE,
            verify=PLAIN,
        )
        statuses.append(answer.status_code)
        if answer.is_success:
            break
    return statuses


Worklists = dict[str, tuple[httpx.Client, dict[str, Any]]]


@pytest.fixture(scope="module")
def worklists(visit: Visit) -> Iterator[Worklists]:
    """Each person of the demonstration, with a client of their own and their worklist."""
    with ExitStack() as opened:

        def client(token: str) -> httpx.Client:
            headers = {"Authorization": f"Bearer {token}"}
            made = httpx.Client(
                base_url=f"{visit.base}/api/v1",
                headers=headers,
                timeout=PATIENCE,
                limits=RESTING,
                verify=PLAIN,
            )
            return opened.enter_context(made)

        admin = client(visit.tokens[-1])
        found: Worklists = {}
        for each in admin.get("/actors", params={"limit": 100}).json()["actors"]:
            if each["deactivated_at"] is not None:
                continue
            made = admin.post(f"/actors/{each['id']}/tokens", json={"name": "worklist"})
            person = client(made.json()["token"])
            found[each["id"]] = person, person.get("/me/worklist").json()
        yield found


def _allowed(person: httpx.Client, key: str) -> dict[str, bool]:
    listed = person.get(f"/items/{key}/transitions").json()["transitions"]
    return {each["name"]: each["allowed"] for each in listed}


#: How a map finds changes and their states in an export.
_MAPS = {
    "csv": 'case = "item"\ntime = "at"\nonly.type = "itil.change"',
    "xes": 'case = "case:concept:name"\ntime = "time:timestamp"\nonly."case:type" = "itil.change"',
    "ocel2": (
        'case = "ocel:oid"\ntime = "ocel:timestamp"\n'
        'only = {"ocel:type" = "itil.change", "ocel:qualifier" = "item"}'
    ),
}
_MAPS["ocel2-sqlite"] = _MAPS["ocel2"]


class TestTheDemonstration:
    def test_the_start_prints_where_it_listens_and_the_tokens_of_its_people(self, visit: Visit) -> None:
        """Of each method some, and an administrator behind them."""
        assert f"Placet listens at {visit.base}" in visit.printed
        asked = [
            httpx.get(
                f"{visit.base}/api/v1/me",
                headers={"Authorization": f"Bearer {token}"},
                timeout=PATIENCE,
                verify=PLAIN,
            ).json()
            for token in visit.tokens
        ]
        assert [(each["id"], each["admin"]) for each in asked] == [
            ("olga", False), ("petr", False), ("ana", False), ("ravi", False), ("cora", False), ("cleo", False),
            ("aude", False),
            ("kim", False), ("vera", False), ("milo", False),
            ("carl", False), ("maya", False), ("sam", False), ("lea", False),
            ("paula", False), ("edgar", False), ("berta", False),
            ("admin", True),
        ]  # fmt: skip

    def test_it_is_loaded_once(self, visit: Visit, tmp_path: Path) -> None:
        """Another start over the same database finds it, and issues fresh tokens."""
        file = tmp_path / "placet.db"
        with closing(sqlite3.connect(visit.database)) as running, closing(sqlite3.connect(file)) as copy:
            running.backup(copy)
        with closing(build(Settings(database_url=f"sqlite:///{file}"))) as application:
            events = application.engine.reports.verify(SYSTEM_ACTOR, "PAY").events

            second = load_demo(application)

            assert application.engine.reports.verify(SYSTEM_ACTOR, "PAY").events == events
        assert len(second.scenes) == len(visit.curls) == 4
        for scene, curl in zip(second.scenes, visit.curls, strict=True):
            assert f"/api/v1{scene.path} " in curl
            assert scene.body in curl
        assert not {person.token for person in second.people} & set(visit.tokens)

    def test_the_page_at_the_address_shows_the_same_tokens_on_this_machine(self, visit: Visit) -> None:
        page = httpx.get(f"{visit.base}/", timeout=PATIENCE, verify=PLAIN).text

        assert all(f"<code>{token}</code>" in page for token in visit.tokens)
        assert all(html.escape(curl) in page for curl in visit.curls)

    def test_the_printed_lines_show_a_refusal_of_each_method_with_all_its_blockers(
        self, visit: Visit
    ) -> None:
        """Of all joined: the case and two controls. Of each: a full column, approval and lead time, the executive."""
        refused = []
        for curl in visit.curls:
            answer = subprocess.run(["/bin/sh", "-c", curl], capture_output=True, text=True, check=True)
            problem = httpx.Response(200, text=answer.stdout).json()
            assert problem["status"] == 409
            assert all(blocker["remedy"] for blocker in problem["blockers"])
            refused.append([_stopped_by(blocker) for blocker in problem["blockers"]])

        assert refused == [
            ["prince2.business_case_current", "cobit.value_owned", "cobit.risk_treated"],
            ["agile.column_limit", "agile.person_limit", "agile.pull_order"],
            ["itil.authority_granted", "itil.lead_time", "itil.no_collision"],
            [
                "role",
                "segregation",
                "prince2.level_authority",
                "prince2.new_tolerance_covers",
                "prince2.new_tolerance_covers",
            ],
        ]

    def test_its_main_thread_is_a_project_under_all_methods(self, visit: Visit) -> None:
        """The welcome names the change whose thread it is, and the auditor sees all of it, with its five refusals."""
        named = re.findall(r"GET /items/(OPS-\d+)/thread", visit.printed)
        assert len(named) == 1
        thread = visit.asked("Aude Lambert", f"/items/{named[0]}/thread", limit=500)
        events = [each for each in thread["events"] if each["item"] == named[0]]

        assert thread["hidden"] == 0
        assert {each["type"] for each in thread["items"]} >= {
            "prince2.project", "prince2.stage", "prince2.product", "prince2.work_package", "prince2.issue",
            "agile.story", "itil.change", "itil.incident", "itil.problem", "governance.decision", "governance.training",
        }  # fmt: skip
        refused = [each["transition"] for each in events if each["kind"] == "refused"]
        assert refused == [
            "request_authorization", "authorize_change", "authorize_change", "start_implementation", "close_change",
        ]  # fmt: skip

    def test_its_controls_have_something_due_something_open_and_something_that_ends(
        self, visit: Visit
    ) -> None:
        """Seven in force, one to be tested by Sunday, one finding open, and one risk accepted for a while."""
        found = visit.asked("Aude Lambert", "/x/cobit/controls", workspace="OPS")
        card = visit.asked("Aude Lambert", "/x/cobit/scorecard", workspace="OPS")
        sunday = _day_of(found["as_of"])
        sunday += timedelta(days=7 - sunday.isoweekday())

        controls = found["controls"]
        assert [(each["state"], each["mode"]) for each in controls] == [("operating", "block")] * 7
        due = [
            date.fromisoformat(each["on"]) for control in controls for each in control["due"] if each["on"]
        ]
        assert sunday in due
        states = [
            each["state"] for control in controls for each in control["failed"] if each["what"] == "finding"
        ]
        assert sorted(states) == ["accepted", "open"]
        assert [each["what"] for control in controls for each in control["expires"]] == ["acceptance"]
        figures = {each["id"]: each["value"] for part in card["parts"] for each in part["figures"]}
        assert figures["cobit.open_findings"] == 2
        assert round(figures["cobit.control_effectiveness"], 1) == 33.3

    def test_there_are_a_team_in_its_third_sprint_and_one_whose_work_grows_old(self, visit: Visit) -> None:
        team = {"Authorization": f"Bearer {visit.token('Vera Koch')}"}
        other = {"Authorization": f"Bearer {visit.token('Kim Lund')}"}

        def asked(path: str, headers: dict[str, str], **params: str) -> Any:
            url = f"{visit.base}/api/v1{path}"
            return httpx.get(url, params=params, headers=headers, timeout=PATIENCE, verify=PLAIN).json()

        def key(headers: dict[str, str]) -> str:
            return str(asked("/items", headers, workspace="WEB", type="agile.team")["items"][0]["key"])

        sprints = asked("/items", team, workspace="WEB", type="agile.sprint")["items"]
        velocity = asked(f"/x/agile/teams/{key(team)}/velocity", team)
        board = asked(f"/x/agile/boards/{key(other)}", other)
        forecast = asked(f"/x/agile/teams/{key(other)}/forecast", other, items="6")

        numbers = {each["fields"]["number"]: each["state"] for each in sprints}
        assert numbers == {1: "closed", 2: "closed", 3: "running"}
        assert [each["velocity"] for each in velocity["sprints"]] == [13, 21]
        lights = [card["light"] for column in board["columns"] for card in column["cards"]]
        assert "red" in lights
        assert len(forecast["answers"]) == 4

    def test_there_are_about_forty_changes_in_all_states(self, visit: Visit) -> None:
        changes = visit.get("/items", workspace="PAY", type="itil.change", limit=100).json()["items"]

        states = {
            "new", "assess", "authorize", "scheduled", "implement", "backing_out", "failed", "review", "closed",
            "rejected", "cancelled",
        }  # fmt: skip
        assert len(changes) >= 38
        assert {change["state"] for change in changes} == states

    def test_there_is_a_month_of_incidents_and_the_problems_behind_them(self, visit: Visit) -> None:
        """In all states, promises kept and broken, and a major one that was notified of every half hour."""
        incidents = visit.get("/items", workspace="PAY", type="itil.incident", limit=100).json()["items"]
        problems = visit.get("/items", workspace="PAY", type="itil.problem").json()["items"]
        timers = visit.get("/timers", workspace="PAY", limit=500).json()["timers"]

        assert len(incidents) >= 20
        assert {incident["state"] for incident in incidents} == {
            "new", "triaged", "in_progress", "pending", "resolved", "closed",
        }  # fmt: skip
        major = next(each for each in incidents if each["title"] == "Nobody can pay")
        assert len(major["fields"]["major_updates"]) == 4
        assert {problem["fields"]["source"] for problem in problems} == {
            "reactive", "proactive", "major_incident",
        }  # fmt: skip
        resolution = {each["status"] for each in timers if each["timer"] == "itil.resolution"}
        assert resolution == {"met", "breached", "running", "paused"}

    def test_its_history_was_made_through_the_engine(self, visit: Visit) -> None:
        """Every chain verifies, and the refusals of two months are there."""
        audit = visit.get("/audit/verify", workspace="PAY").json()
        refusals = visit.get("/events", workspace="PAY", kind="refused", limit=500).json()["events"]

        assert audit["ok"] is True
        assert len(refusals) > 20

    def test_every_example_of_the_document_works(self, visit: Visit) -> None:
        """That of every operation with a body is sent as it stands, by one of the demonstration's people who may.

        Transitions come last: the item of all examples ends with one, and nobody edits it any more.
        """
        document = httpx.get(f"{visit.base}/openapi.json", timeout=PATIENCE, verify=PLAIN).json()
        bodies = [
            (path, method, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if "application/json" in operation.get("requestBody", {}).get("content", {})
            and operation["operationId"] not in _ELSEWHERE
        ]
        bodies.sort(key=lambda each: each[0].endswith("/transitions"))
        sent = {
            operation["operationId"]: _sent(visit, method, path, operation)
            for path, method, operation in bodies
        }

        assert len(sent) > 20
        assert {id: statuses for id, statuses in sent.items() if statuses[-1] >= 300} == {}

    def test_worklists_have_moves_that_they_can_make(self, worklists: Worklists) -> None:
        """The listing allows each, and a dry run refuses it at most for an input that its form asks for."""
        moves = 0
        for person, worklist in worklists.values():
            for entry in worklist["items"]:
                key = entry["item"]["key"]
                listed = person.get(f"/items/{key}/transitions").json()["transitions"]
                forms = {each["name"]: each for each in listed if each["allowed"]}
                for name in entry["transitions"]:
                    assert name in forms, (entry, listed)
                    moves += 1
                    dry = person.post(
                        f"/items/{key}/transitions", params={"dry_run": True}, json={"transition": name}
                    )
                    lacking = forms[name]["fields_schema"].get("required", [])
                    assert dry.is_success or lacking, dry.text
        assert moves > 100

    def test_worklists_have_votes_that_are_asked_of_them(self, worklists: Worklists) -> None:
        for name, (person, worklist) in worklists.items():
            asked = person.get("/approvals", params={"actor": "me", "limit": 100}).json()["approvals"]
            assert {(each["item"]["key"], each["approval"]) for each in worklist["approvals"]} == {
                (each["item"]["key"], each["approval"]) for each in asked
            }, name

    def test_worklists_have_blockers_only_that_they_can_clear(self, worklists: Worklists) -> None:
        """A missing reason is part of a form, and a move for another kind of change is nobody's work."""
        for name, (person, worklist) in worklists.items():
            assert len(worklist["checks"]) <= 5, (name, worklist["checks"])
            for entry in worklist["checks"]:
                assert entry["blocker"]["check"] not in {"itil.type_emergency", "itil.exemption_needed"}
                assert "comment" not in str(entry["blocker"]["params"])
                moves = _allowed(person, entry["item"]["key"])
                assert entry["unblocks"]
                assert not any(moves[move] for move in entry["unblocks"])

    def test_worklists_begin_with_what_is_due_first_and_give_the_reason_of_each_entry(
        self, worklists: Worklists
    ) -> None:
        for _, worklist in worklists.values():
            assert worklist["complete"] is True
            for entries in (each for each in worklist.values() if isinstance(each, list)):
                assert all(entry["reason"] for entry in entries)
                dues = [entry["due_at"] or "9999" for entry in entries]
                assert dues == sorted(dues)

    def test_the_worklist_of_somebody_who_raises_changes_fits_on_a_page(self, worklists: Worklists) -> None:
        _, worklist = worklists["maya"]
        assert sum(len(each) for each in worklist.values() if isinstance(each, list)) <= 20

    @pytest.mark.parametrize("form", _MAPS)
    def test_its_log_is_legal_under_its_own_workflow(self, visit: Visit, tmp_path: Path, form: str) -> None:
        """Exported in any format, and checked against the workflow of changes: two months without a step too many."""
        (tmp_path / "log").write_bytes(visit.get("/workspaces/PAY/export", format=form).content)
        (tmp_path / "map.toml").write_text(f'state = "to_state"\nignore = [""]\n{_MAPS[form]}\n')
        command = ["replay", "log", "--workflow", "itil.change", "--map", "map.toml", "--json"]

        report = json.loads(placet(*command, folder=tmp_path))

        changes = visit.get("/items", workspace="PAY", type="itil.change", limit=100).json()["items"]
        assert (report["legal_step_share"], report["legal_case_share"]) == (1.0, 1.0)
        assert report["steps"] > 150
        assert report["ends"] == Counter(change["state"] for change in changes)
