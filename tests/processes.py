"""Processes that tests start."""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import httpx
from patience import PATIENCE

_HERE = Path(__file__).parent
#: For clients of servers on this machine, which show no certificates: loading those of the world, as each client does
#: by itself, takes longer than most tests.
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
#: For clients that live as long as a story: they give up a connection that rests before the server does, which is after
#: five seconds. With the same limit on both sides, a request now and then meets a connection that is just being closed.
RESTING = httpx.Limits(keepalive_expiry=1)


def environment(**settings: str) -> dict[str, str]:
    """The environment for a server that is killed, crowded or asked thousands of times.

    Without what makes coverage follow it: that makes a server three times slower, and shows nothing that the tests
    within the process do not. Also without the settings of the person who runs the tests.
    """
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "PLACET_"))
    }
    return inherited | settings


def wait_until_ready(base: str, alive: Callable[[], bool], log: Path) -> None:
    """Raises `RuntimeError` with what a server wrote, if it ends or does not answer."""
    deadline = time.monotonic() + PATIENCE
    with httpx.Client(timeout=5, trust_env=False, verify=PLAIN) as probe:
        while time.monotonic() < deadline:
            if not alive():
                raise RuntimeError(f"the server has ended: {log.read_text()}")
            try:
                if probe.get(f"{base}/readyz").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
    raise RuntimeError(f"no answer from {base} in {PATIENCE:g} seconds: {log.read_text()}")


@dataclass(slots=True)
class Child:
    """A process of a mother's."""

    pid: int
    #: Its output.
    log: Path
    _mother: Mother
    #: With what it has ended, once that was seen; negative for a signal.
    _code: int | None = None

    def alive(self) -> bool:
        if self._code is None:
            self._code = self._mother.ask(ended=self.pid)
        return self._code is None

    def send(self, signal: signal.Signals) -> None:
        """Send a signal to one that may have ended already."""
        if self.alive():
            os.kill(self.pid, signal)

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, and wait until it is gone; answers with what it ended."""
        self.send(by)
        return self.wait()

    def wait(self) -> int:
        """Wait until it is gone; answers with what it ended."""
        deadline = time.monotonic() + PATIENCE
        while self.alive():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.pid} does not end: {self.log.read_text()}")
            time.sleep(0.01)
        assert self._code is not None
        return self._code


@contextmanager
def ending_together() -> Iterator[list[Child]]:
    """Children that are put into the list end when the context does, all at the same time."""
    children: list[Child] = []
    try:
        yield children
    finally:
        for child in children:
            child.send(signal.SIGTERM)
        for child in children:
            child.wait()


class Mother:
    """A process that has the product loaded, and forks others: loading takes longer than most of what they are for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._composed: list[Any] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.processes"],
            env=environment(PYTHONPATH=str(_HERE)),
            cwd=_HERE.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def bear(
        self, target: str, *arguments: str, folder: Path, log: Path, env: Mapping[str, str] | None = None
    ) -> Child:
        """Start a process that calls `module:function` with arguments, in a folder, under settings."""
        child = {
            "target": target,
            "arguments": arguments,
            "folder": str(folder),
            "log": str(log),
            "env": env or {},
        }
        return Child(self.ask(child=child), log, self)

    def placet(self, *arguments: str, folder: Path, log: Path, env: Mapping[str, str] | None = None) -> Child:
        """Start a command as the installed program does."""
        return self.bear("processes:run_placet", *arguments, folder=folder, log=log, env=env)

    def compose(self, *methods: str, **settings: Any) -> None:
        """Compose and lint the rules of methods with their settings, once for all who are born from now on.

        For several servers under the same rules: each of them, and each of their workers, would do it again.
        """
        rules = {"methods": methods, "settings": settings}
        if rules not in self._composed:
            self.ask(composed=rules)
            self._composed.append(rules)

    def ask(self, **what: Any) -> Any:
        """For the number of a new `child`, for the code with which one has `ended`, or for rules to be `composed`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(f"{json.dumps(what)}\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Bear nobody any more."""
        self._process.communicate()


@cache
def mother() -> Mother:
    """The one of this process."""
    made = Mother()
    atexit.register(made.close)
    return made


def run_placet(*arguments: str) -> None:
    """The program `placet`."""
    from placet.cli import main  # only the mother loads it

    main(arguments)


def _live(target: str, arguments: Sequence[str], folder: str, log: str, env: Mapping[str, str]) -> None:
    """Be the child."""
    code = 1
    try:
        os.chdir(folder)
        os.environ.update(env)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for standard in (1, 2):
            os.dup2(output, standard)
        module, _, function = target.partition(":")
        getattr(import_module(module), function)(*arguments)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        if code and (error := sys.exception()) is not None:
            sys.excepthook(type(error), error, error.__traceback__)
        sys.stderr.flush()
        os._exit(code)


def _ended(pid: int) -> int | None:
    gone, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if gone else None


def _load() -> None:
    """Load what children need, plugins included, and do once what each child would do again.

    The commands and the operations are described, and a first workspace is opened: with the plugins loaded, the
    statements for it compiled and prepared, and the rules of its method composed.
    """
    from placet.cli.collecting import loading

    with loading():
        for module in ("placet.cli.commands", "placet.cli.serve", "placet.worker.worker"):
            import_module(module)
    from placet.cli.commands import _program

    _program()
    _rehearse(["itil"], {})


def _rehearse(methods: Sequence[str], settings: Mapping[str, Any]) -> None:
    """Open an installation with a workspace under these methods, and lint its rules as a server does at its start."""
    from placet.api import create_app
    from placet.app import build, migrate
    from placet.engine.engine import SYSTEM_ACTOR
    from placet.settings import Settings

    with TemporaryDirectory() as folder:
        own = Settings(database_url=f"sqlite:///{folder}/placet.db", evidence_url=f"{folder}/evidence")
        migrate(own)
        with closing(build(own)) as application:
            create_app(application)
            engine = application.engine
            engine.people.add(SYSTEM_ACTOR, id="ada", name="Ada", admin=True)
            engine.people.issue_token(SYSTEM_ACTOR, "ada", name="first steps")
            engine.workspaces.create(
                SYSTEM_ACTOR, key="OPS", name="Operations", methods=methods, settings=settings
            )
            catalog = engine.workspaces.catalog(SYSTEM_ACTOR, "OPS")
            # Code of a plugin that has a say in it would start the thread that watches plugins.
            if not catalog.appointments:
                engine.workspaces.assign(SYSTEM_ACTOR, "OPS", next(iter(catalog.roles)), ["ada"])
            engine.reports.lint(SYSTEM_ACTOR, stored=False)
    # Children have this thread alone, and would wait for ever for a lock that another one holds.
    assert threading.active_count() == 1, threading.enumerate()
    gc.collect()
    gc.freeze()


def main() -> None:
    """Answer every line."""
    _load()
    for line in sys.stdin:
        what = json.loads(line)
        if "ended" in what:
            answer = _ended(what["ended"])
        elif "composed" in what:
            answer = None
            _rehearse(**what["composed"])
        elif not (answer := os.fork()):
            _live(**what["child"])
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
