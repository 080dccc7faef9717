"""The busy desk on both databases, with one person and with sixteen, with one process and with two."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path

import asyncpg
import psutil

from benchmarks.applications import create_database
from benchmarks.desk import candidates, meanings, peer, report, targets
from benchmarks.desk.candidates import Candidate, in_turns
from benchmarks.desk.clients import Desk, Measured, work
from benchmarks.desk.floor import floor
from benchmarks.desk.growth import growth
from benchmarks.desk.methods import methods
from benchmarks.desk.recording import record
from benchmarks.desk.site import ALONE, PEOPLE, Site, prepare
from benchmarks.rounds import QUICK, Effort, Line

#: How many times as long as the round of a single act a round of the desk is: it has fifteen acts.
_LONGER = 4
_SHORTEST = 1.5
#: Seconds of a run with a bulk move.
_BULK = 4.0
#: The settings for which there are aims: the busy desk, and the desk of one person.
_AIMED = (("PostgreSQL", 2, PEOPLE), ("SQLite", 1, 1))
#: Processes and people of a run that only shows that the benchmark works.
_QUICKLY = ((1, 1), (2, PEOPLE))


@dataclass
class Findings:
    """The results of the desk."""

    lines: list[Line] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    #: Answers that are errors, which must not occur.
    failures: list[str] = field(default_factory=list)


class Databases:
    """Copies of one prepared site, on a PostgreSQL server or in a folder."""

    def __init__(self, runner: asyncio.Runner, server: str, folder: Path) -> None:
        self._runner, self._server, self._folder = runner, server, folder
        self._numbers = count()
        self._prepared: dict[tuple[str, tuple[str, ...]], Site] = {}

    def site(self, kind: str, methods: tuple[str, ...] = ALONE) -> Site:
        """A new database, the same for everybody at the start."""
        first = "_".join(("desk", *methods))
        if (kind, methods) not in self._prepared:
            self._prepared[kind, methods] = prepare(self._empty(kind, first), methods=methods)
        made = self._prepared[kind, methods]
        name = f"desk{next(self._numbers)}"
        if kind == "SQLite":
            url = f"sqlite:///{self._folder / name}.db"
            shutil.copy(made.url.removeprefix("sqlite:///"), url.removeprefix("sqlite:///"))
        else:
            self._runner.run(self._copy(first, name))
            url = f"{self._server}/{name}"
        return made.at(url)

    def peer(self, kind: str) -> peer.PeerSite:
        """A new database for the peer."""
        return peer.prepare(self._empty(kind, f"peer{next(self._numbers)}"))

    def empty(self, kind: str) -> str:
        """The address of a new database without tables."""
        return self._empty(kind, f"empty{next(self._numbers)}")

    def _empty(self, kind: str, name: str) -> str:
        if kind == "SQLite":
            return f"sqlite:///{self._folder / name}.db"
        return self._runner.run(create_database(self._server, name))

    async def _copy(self, source: str, name: str) -> None:
        connection = await asyncpg.connect(f"{self._server}/postgres")
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        await connection.close()

    def processes(self, kind: str) -> list[int]:
        """The server's main process, the parent of all others; none on SQLite."""
        return [] if kind == "SQLite" else [self._runner.run(self._postmaster())]

    async def _postmaster(self) -> int:
        connection = await asyncpg.connect(f"{self._server}/postgres")
        backend = await connection.fetchval("SELECT pg_backend_pid()")
        parent = psutil.Process(backend).ppid()
        await connection.close()
        return parent


def desk(runner: asyncio.Runner, databases: Databases, effort: Effort) -> Findings:
    """Measure all candidates in turns."""
    found = Findings()
    found.failures += same_questions(runner, databases)
    for kind in ("SQLite", "PostgreSQL"):
        for processes, people in _QUICKLY if effort == QUICK else product((1, 2), (1, PEOPLE)):
            title = f"desk, {kind}, {people} at once, {processes} process(es)"
            print(f"{title} ...", flush=True)
            site = databases.site(kind)
            with _candidates(runner, databases, site, processes, people) as those:
                in_turns(runner, list(those.values()), effort, round_of(effort))
                _report(found, title, those, aimed=(kind, processes, people) in _AIMED)
                if people == PEOPLE:
                    _bulk(runner, found, title, those["placet"], site)
    _methods(runner, databases, found, effort)
    return found


def _methods(runner: asyncio.Runner, databases: Databases, found: Findings, effort: Effort) -> None:
    """Measure the same people under each method."""
    for kind, processes in (("SQLite", 1), ("PostgreSQL", 2)):
        title = f"desk, {kind}, {PEOPLE} at once, {processes} process(es)"
        print(f"{title}, methods ...", flush=True)
        url = databases.empty(kind)
        lines, those = methods(
            runner, title, url, processes=processes, effort=effort, seconds=round_of(effort)
        )
        found.lines += lines
        for each in those:
            found.failures += failures(f"{title}, {each.name}", each.total)


def grown(runner: asyncio.Runner, databases: Databases, effort: Effort) -> Findings:
    """Measure the same desk in a database that is many times as large."""
    kind = "PostgreSQL"
    lines, reported, those = growth(
        runner,
        databases.site(kind),
        databases.site(kind),
        databases.processes(kind),
        effort,
        seconds=round_of(effort),
    )
    found = Findings(lines, [reported])
    for each in those:
        found.failures += failures(reported, each.total)
    return found


def round_of(effort: Effort) -> float:
    """Seconds that one candidate works in one round."""
    return max(effort.seconds * _LONGER, _SHORTEST)


def same_questions(runner: asyncio.Runner, databases: Databases) -> list[str]:
    """How the peer's acts read and write differently from ours; on SQLite, where every write is a statement."""
    site = databases.site("SQLite")
    recorded = record(runner, site, 1).turns[0]
    theirs = meanings.theirs(peer.recorded(databases.peer("SQLite"), 2))
    return meanings.differences(meanings.ours(recorded, site.cis), theirs)


@contextmanager
def _candidates(
    runner: asyncio.Runner, databases: Databases, site: Site, processes: int, people: int
) -> Iterator[dict[str, Candidate]]:
    with ExitStack() as stack:
        webhook = stack.enter_context(candidates.endpoint(runner))
        kind = site.kind
        without = {"processes": processes, "people": people, "database": databases.processes(kind)}
        common = without | {"webhook": webhook}
        yield {
            "placet": stack.enter_context(candidates.placet(site, worker=False, **common)),
            "worker": stack.enter_context(candidates.placet(databases.site(kind), worker=True, **common)),
            "floor": stack.enter_context(floor(runner, databases.site(kind), **without)),
            "peer": stack.enter_context(peer.django(databases.peer(kind), site.origin, **without)),
        }


def _report(found: Findings, title: str, those: dict[str, Candidate], *, aimed: bool) -> None:
    aims = report.AIMS if aimed else dict.fromkeys(report.AIMS)
    found.lines += report.lines(
        title, those["placet"], [(those[name], aims[name]) for name in ("floor", "peer")]
    )
    beside = (those["placet"], aims["worker"])
    found.lines += report.lines(f"{title}, with worker", those["worker"], [beside])
    found.details += [report.verdicts(title, each) for each in (those["placet"], those["worker"])]
    found.details.append(report.details(title, list(those.values())))
    for each in those.values():
        found.failures += failures(f"{title}, {each.name}", each.total)


def failures(whose: str, measured: Measured) -> list[str]:
    """Answers that were errors, in words; the benchmark fails if there are any."""
    reported = [
        f"{whose}: {act} was answered {status}, {times} times"
        for (act, status), times in measured.failures.items()
    ]
    return reported + [f"  {shown}" for shown in measured.shown]


def _bulk(runner: asyncio.Runner, found: Findings, title: str, candidate: Candidate, site: Site) -> None:
    """Measure a hundred moves in one request, while everybody else continues."""
    others, bulk = Measured(), Measured()

    async def later() -> None:
        await asyncio.sleep(_BULK / 4)
        await work([Desk(targets.crowd(site))], candidate.ports, 0, bulk)

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(work(candidate.desks, candidate.ports, _BULK, others))
            group.create_task(later())

    runner.run(both())
    found.details.append(report.bulk(title, len(site.crowd), bulk.seconds, others))
    found.failures += failures(f"{title}, bulk", bulk) + failures(f"{title}, beside the bulk", others)
