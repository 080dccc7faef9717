"""Ports for servers that tests start."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from placet.testing import ports


class TestFreePort:
    def test_a_server_can_listen_there(self) -> None:
        with socket.socket() as server:
            server.bind(("127.0.0.1", ports.free_port()))
            server.listen()

    def test_no_connection_is_given_it_by_chance(self) -> None:
        """Ports from 32768 on are given to clients, so that a server may find its own in use."""
        assert ports.free_port() < 32_768

    def test_nobody_is_given_one_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        free = ports.free_port()
        monkeypatch.setattr(ports, "_PORTS", range(free, free + 1))
        monkeypatch.setattr(ports, "_TRIES", 1)

        with pytest.raises(
            RuntimeError, match=rf"^1 ports between {free} and {free} are in use: end other servers$"
        ):
            ports.free_port()

    def test_another_process_is_given_another(self) -> None:
        free = ports.free_port()
        other = (
            "from placet.testing import ports\n"
            f"ports._PORTS, ports._TRIES = range({free}, {free + 1}), 1\n"
            "ports.free_port()\n"
        )

        tried = subprocess.run(
            [sys.executable, "-c", other],
            check=False,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parent,
        )

        assert tried.returncode == 1
        assert "are in use" in tried.stderr
