"""Runs the comparisons and prints their table."""

from __future__ import annotations

import argparse
import asyncio
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import asyncpg

from benchmarks import library, reading, scale, timers
from benchmarks.applications import Filled, create_database, fill
from benchmarks.auditing import auditing
from benchmarks.delivery import delivery
from benchmarks.desk.desk import Databases, Findings, desk, grown
from benchmarks.desk.together import together
from benchmarks.exchange import exchange
from benchmarks.http import over_http
from benchmarks.methods import methods
from benchmarks.rounds import FULL, QUICK, Effort, Line, loop
from benchmarks.searches import searches
from benchmarks.toy import WORKSPACE
from placet.testing.databases import postgres_server

#: Durable, as in production; the load of the large database must not wait for checkpoints.
_POSTGRESQL = {"fsync": "on", "shared_buffers": "512MB", "max_wal_size": "8GB", "checkpoint_timeout": "30min"}
#: Events read at a time.
_BATCH = 1000
SUBJECTS = (
    "library",
    "http",
    "explain",
    "list",
    "scale",
    "timers",
    "searches",
    "delivery",
    "exchange",
    "methods",
    "audit",
    "together",
    "desk",
    "growth",
)
#: The parts of an effort that can be chosen.
EFFORTS = ("rounds", "seconds", "small", "large")


class Bench:
    """One run."""

    def __init__(self, server: str, folder: Path, effort: Effort, runner: asyncio.Runner) -> None:
        self._server, self._folder, self._effort, self._runner = server, folder, effort, runner
        self._filled: dict[str, Filled] = {}
        self._databases = Databases(runner, server, folder)
        #: Notes below the table, and errors.
        self.details: list[str] = []
        self.failures: list[str] = []

    def _database(self, name: str, tasks: int) -> Filled:
        if name not in self._filled:
            began = time.monotonic()
            print(f"filling {name} with {tasks:,} items ...", flush=True)
            url = self._runner.run(create_database(self._server, name))
            self._filled[name] = fill(url, tasks)
            print(f"  {time.monotonic() - began:.0f} s", flush=True)
        return self._filled[name]

    @property
    def small(self) -> Filled:
        return self._database("small", max(self._effort.small, 4000))

    @property
    def large(self) -> Filled:
        return self._database("large", max(self._effort.large, 8000))

    def library(self) -> list[Line]:
        filled = fill(f"sqlite:///{self._folder / 'bench.db'}", 2000)
        lines = library.on_sqlite(filled, self._effort)
        self._verify(filled)
        return lines + library.on_postgresql(self._runner, self.small, self._effort)

    def http(self) -> list[Line]:
        peer = self._runner.run(create_database(self._server, "peer"))
        return over_http(self._runner, self.small, peer, self._effort)

    def explain(self) -> list[Line]:
        return reading.explain(self._runner, self.small, self._effort)

    def list(self) -> list[Line]:
        return reading.listing(self._runner, self.large, self._effort)

    def scale(self) -> list[Line]:
        return scale.growth(self._runner, self.small, self.large, self._effort)

    def timers(self) -> list[Line]:
        filled = fill(f"sqlite:///{self._folder / 'timers.db'}", 3000)
        lines = timers.on_sqlite(filled, self._effort)
        self._verify(filled)
        return lines + timers.on_postgresql(self._runner, self.small, self._effort)

    def searches(self) -> list[Line]:
        file = f"sqlite:///{self._folder}/searches"
        lines = searches("SQLite", (f"{file}-large.db", f"{file}-small.db"), self._effort)
        made = [self._runner.run(create_database(self._server, f"searches_{n}")) for n in ("large", "small")]
        return lines + searches("PostgreSQL", (made[0], made[1]), self._effort)

    def delivery(self) -> list[Line]:
        lines = []
        for kind, url in (
            ("SQLite", f"sqlite:///{self._folder / 'delivery.db'}"),
            ("PostgreSQL", self._runner.run(create_database(self._server, "delivery"))),
        ):
            filled = fill(url, 500)
            lines += delivery(filled, kind, self._effort)
            self._verify(filled)
        return lines

    def exchange(self) -> list[Line]:
        filled = fill(f"sqlite:///{self._folder / 'exchange.db'}", self._effort.small)
        return exchange(filled, self._folder, self._effort)

    def methods(self) -> list[Line]:
        lines = methods("SQLite", f"sqlite:///{self._folder / 'methods.db'}", self._effort)
        url = self._runner.run(create_database(self._server, "methods"))
        return lines + methods("PostgreSQL", url, self._effort)

    def audit(self) -> list[Line]:
        return auditing(str(self._folder / "audit.db"), self._effort)

    def together(self) -> list[Line]:
        return self._reported(together(self._runner, self._databases, self._effort))

    def desk(self) -> list[Line]:
        return self._reported(desk(self._runner, self._databases, self._effort))

    def growth(self) -> list[Line]:
        return self._reported(grown(self._runner, self._databases, self._effort))

    def _reported(self, found: Findings) -> list[Line]:
        self.details += found.details
        self.failures += found.failures
        return found.lines

    def verify(self) -> None:
        """Every chain that Placet and the hand-written form wrote holds, or the comparison was none."""
        if "small" in self._filled:
            self._verify(self._filled["small"])

    def _verify(self, filled: Filled) -> None:
        application = filled.application()
        events, heads = 0, dict[int, str]()
        with application.store.reading() as session:
            after = (1, 0)
            while batch := session.log.histories(WORKSPACE, after, _BATCH):
                for event in batch:
                    hashed = sha256(f"{event.prev_hash}\n{event.body}".encode()).hexdigest()
                    if (event.prev_hash, event.hash) != (heads.get(event.number, ""), hashed):
                        raise AssertionError(f"a chain is broken: {event.key} {event.seq}")
                    heads[event.number] = event.hash
                events, after = events + len(batch), (batch[-1].number, batch[-1].seq)
        application.close()
        print(f"the chains of {events:,} events hold", flush=True)


def table(lines: list[Line]) -> str:
    """All comparisons."""
    rows = [("comparison", "per second", "against", "per second", "ratio", "aim", "")]
    rows += [
        (
            line.title,
            f"{line.rate:,.0f}",
            line.other,
            f"{line.other_rate:,.0f}",
            f"{line.ratio:.2f}",
            "" if line.aim is None else f"{line.aim:g}",
            line.verdict,
        )
        for line in lines
    ]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    left = {0, 2, 6}
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n in left else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subjects", nargs="*", choices=[*SUBJECTS, []], help="all if none is named")
    parser.add_argument(
        "--quick", action="store_true", help="a moment each, on few items: shows that it runs"
    )
    parser.add_argument("--rounds", type=int, help="so many rounds of each comparison")
    parser.add_argument("--seconds", type=float, help="so long in each round")
    parser.add_argument("--small", type=int, help="so many items in the smaller of two databases")
    parser.add_argument("--large", type=int, help="so many items in the larger of two databases")
    asked = parser.parse_args()
    wished = {name: value for name in EFFORTS if (value := getattr(asked, name)) is not None}
    effort = replace(QUICK if asked.quick else FULL, **wished)
    began, lines = time.monotonic(), []
    with tempfile.TemporaryDirectory() as folder, postgres_server(_POSTGRESQL) as server, loop() as runner:
        bench = Bench(server, Path(folder), effort, runner)
        for subject in asked.subjects or SUBJECTS:
            print(f"{subject} ...", flush=True)
            run: Callable[[], list[Line]] = getattr(bench, subject)
            found = run()
            print(table(found), flush=True)
            lines += found
        bench.verify()
        version = runner.run(_version(server))
    print(
        f"\nPython {platform.python_version()}, PostgreSQL {version}, {time.monotonic() - began:.0f} s in all"
    )
    print(f"medians of {effort.rounds} round(s); ratio: Placet's rate to the other's\n")
    print(table(lines))
    print("".join(f"\n{detail}\n" for detail in bench.details), end="")
    if bench.failures:
        print("\nfailed, so that the figures mean nothing:")
        print("\n".join(bench.failures))
        sys.exit(1)


async def _version(server: str) -> str:
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
