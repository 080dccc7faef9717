"""Background jobs, as real processes: inside `placet serve`, and as `placet worker`."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from patience import PATIENCE
from post import Box, box, eventually
from processes import Child, mother

from placet.app import build
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import load_settings

from .conftest import PROGRAM
from .serving import forked, serving, variables

if TYPE_CHECKING:
    from .conftest import Shell


@pytest.fixture
def mail(office: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """A box that an installation notifies of new items, on this machine."""
    monkeypatch.setenv("PLACET_WEBHOOK_ALLOW_PRIVATE", "true")
    with box() as opened:
        with closing(build(load_settings())) as application:
            secret = application.vault.lock("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            application.engine.deliveries.add_webhook(
                SYSTEM_ACTOR, url=opened.url, secret=secret, kinds=["created"]
            )
        yield opened


@contextmanager
def working(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """`placet worker` in a folder, once it works."""
    with subprocess.Popen(
        [PROGRAM, "worker"], cwd=folder, env=dict(os.environ), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().endswith(" works\n")
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextmanager
def forked_worker(folder: Path) -> Iterator[Child]:
    """The same, where starting the program is not what is tested."""
    log = folder / "worker.log"
    log.unlink(missing_ok=True)
    child = mother().placet("worker", folder=folder, log=log, env=variables())
    try:
        assert eventually(lambda: log.exists() and log.read_text().endswith(" works\n"))
        yield child
    finally:
        child.end()


def is_free(lock: Path) -> bool:
    """Whether no process does the work."""
    with lock.open() as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def make_an_item(office: Shell) -> None:
    office.run(
        "item", "create", "OPS", "itil.configuration_item", "db-1", "--as", "cora", "--field", "kind=database",
        "--field", "criticality=2", "--field", "data_class=public", "--field", "owner=cora",
    )  # fmt: skip


class TestServing:
    def test_with_several_processes_does_everything_once(
        self, office: Shell, mail: Box, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """They share a database that only a flag of the first one names. One works; one says which plugin is broken."""
        office.install('raise RuntimeError("page 7 is missing")')
        for file in office.folder.glob("placet.db*"):
            file.rename(file.with_name(file.name.replace("placet", "chosen")))

        with serving(office.folder, "--workers", "2", url="sqlite:///chosen.db") as server:
            assert server.get("/healthz") == {"status": "ok"}
            monkeypatch.setenv("PLACET_DATABASE_URL", "sqlite:///chosen.db")
            make_an_item(office)
            assert eventually(lambda: len(mail.letters) == 1)

        assert len(mail.letters) == 1
        assert not (office.folder / "placet.db").exists()
        assert server.printed.count("page 7 is missing") == 1
        assert "Traceback" not in server.printed

    def test_leaves_the_work_to_others_when_it_is_switched_off(self, office: Shell, mail: Box) -> None:
        """`placet worker` does it then, and catches up with what happened before."""
        with forked(office.folder, "--no-worker") as server:
            make_an_item(office)
            assert server.get("/readyz")
            assert not eventually(lambda: bool(mail.letters), seconds=1.5)

            with forked_worker(office.folder):
                assert eventually(lambda: len(mail.letters) == 1)

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
    def test_has_a_worker_that_ends_with_it(self, office: Shell, number: signal.Signals) -> None:
        """However the server ends, so does the process beside it, and who works next finds the lock free."""
        with forked(office.folder) as server:
            assert eventually(lambda: " works\n" in server.printed)
            assert not is_free(office.folder / "placet.work.db.lock")

            server.end(number)

            assert eventually(lambda: is_free(office.folder / "placet.work.db.lock"))


class TestAWorker:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_ends_when_it_is_asked_to(self, office: Shell, number: signal.Signals) -> None:
        with working(office.folder) as process:
            process.send_signal(number)

            assert process.wait(PATIENCE) == 0
            assert process.stderr is not None
            assert process.stderr.read() == ""

    def test_gives_way_to_servers(self, office: Shell) -> None:
        """With every one of its threads."""
        with forked_worker(office.folder) as worker:
            threads = [int(each.name) for each in Path(f"/proc/{worker.pid}/task").iterdir()]
            precedence = {os.getpriority(os.PRIO_PROCESS, thread) for thread in threads}

        assert len(threads) > 1
        assert precedence == {os.nice(0) + 5}

    def test_is_alone_on_sqlite(self, office: Shell) -> None:
        """A second one says who works, and what to do."""
        with forked_worker(office.folder):
            message = office.refused("worker")

        assert message.startswith("another process does the work of this database already")
        assert "--no-worker" in message

    def test_takes_the_place_of_one_that_was_killed(self, office: Shell, mail: Box) -> None:
        """Nothing that the dead held is in the way."""
        with forked_worker(office.folder) as worker:
            worker.end(signal.SIGKILL)

        make_an_item(office)
        with forked_worker(office.folder):
            assert eventually(lambda: len(mail.letters) == 1)
