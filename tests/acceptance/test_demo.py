"""The demonstration organisation, as a visitor meets it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from processes import environment

from .conftest import free_port, wait_until_ready


@dataclass(frozen=True, slots=True)
class Visit:
    """A running demonstration, and what its start printed."""

    base: str
    printed: str

    @property
    def curl(self) -> str:
        return next(line.strip() for line in self.printed.splitlines() if line.strip().startswith("curl"))

    @property
    def tokens(self) -> list[str]:
        return re.findall(r": (placet_\S+)$", self.printed, re.MULTILINE)

    def get(self, path: str, **params: str | int) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[0]}"}
        return httpx.get(f"{self.base}/api/v1{path}", params=params, headers=headers, timeout=60)


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
            wait_until_ready(base, server, seconds=120)
            yield Visit(base, log.read_text())
        finally:
            server.terminate()
            server.wait(timeout=30)


class TestTheDemonstration:
    def test_the_start_prints_where_it_listens_and_three_tokens(self, visit: Visit) -> None:
        assert f"Placet listens at {visit.base}" in visit.printed
        assert len(visit.tokens) == 3

    def test_the_printed_line_shows_a_refusal_with_all_its_blockers(self, visit: Visit) -> None:
        """Approval, lead time and collision are told at once, each with its remedy."""
        answer = subprocess.run(["/bin/sh", "-c", visit.curl], capture_output=True, text=True, check=True)

        problem = httpx.Response(200, text=answer.stdout).json()
        assert problem["status"] == 409
        assert [blocker["gate"] for blocker in problem["blockers"]] == [
            "itil.authority_granted",
            "itil.lead_time",
            "itil.no_collision",
        ]
        assert all(blocker["remedy"] for blocker in problem["blockers"])

    def test_there_are_about_forty_changes_in_all_states(self, visit: Visit) -> None:
        changes = visit.get("/items", workspace="PAY", type="itil.change", limit=100).json()["items"]

        states = {
            "new", "assess", "authorize", "scheduled", "implement", "backing_out", "failed", "review", "closed",
            "rejected", "cancelled",
        }  # fmt: skip
        assert len(changes) >= 38
        assert {change["state"] for change in changes} == states

    def test_its_history_was_made_through_the_engine(self, visit: Visit) -> None:
        """Every chain verifies, and the refusals of two months are there."""
        audit = visit.get("/audit/verify", workspace="PAY").json()
        refusals = visit.get("/events", workspace="PAY", kind="refused", limit=500).json()["events"]

        assert audit["ok"] is True
        assert len(refusals) > 20
