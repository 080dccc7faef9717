"""The busy desk under all methods, with the default controls in force, against the same desk under ITIL alone.

The acts are the same, and so are the items; what is added are rules, and the controls that judge these items too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from statistics import median

from benchmarks.desk import candidates, targets
from benchmarks.desk.candidates import Candidate, in_turns
from benchmarks.desk.clients import Desk, Measured, Person
from benchmarks.desk.desk import Databases, Findings, failures, round_of
from benchmarks.desk.flow import Turn
from benchmarks.desk.site import ALONE, PEOPLE, TOGETHER, Site
from benchmarks.rounds import Effort, Line

#: The rate under all methods, of the rate under one: acts of everybody, and explanations of one item.
AIM = 0.5
_EXPLAIN = "explain"
_NAMES = {"all methods": TOGETHER, "ITIL alone": ALONE}


def together(runner: asyncio.Runner, databases: Databases, effort: Effort) -> Findings:
    """Measure both desks in turns, on both databases."""
    found = Findings()
    for kind, processes in (("SQLite", 1), ("PostgreSQL", 2)):
        title = f"desk, {kind}, {PEOPLE} at once, {processes} process(es)"
        print(f"{title}, all methods ...", flush=True)
        sites = {name: databases.site(kind, methods) for name, methods in _NAMES.items()}
        with ExitStack() as stack:
            common = {"processes": processes, "people": PEOPLE, "worker": False, "webhook": ""}
            busy = {
                name: replace(
                    stack.enter_context(
                        candidates.placet(site, database=databases.processes(kind), **common)
                    ),
                    name=name,
                )
                for name, site in sites.items()
            }
            asking = {name: _asking(each, sites[name]) for name, each in busy.items()}
            for those, what in ((busy, title), (asking, f"explanations of a change, {kind}")):
                in_turns(runner, list(those.values()), effort, round_of(effort))
                found.lines.append(_line(what, those))
                found.details.append(_costs(what, those))
                for each in those.values():
                    found.failures += failures(f"{what}, {each.name}", each.total)
    return found


def _asking(busy: Candidate, site: Site) -> Candidate:
    """The same servers, with one person who asks again and again what can be done with a change."""
    return replace(busy, desks=[Desk(_asks(site))], total=Measured(), rates=[], left=[])


def _asks(site: Site) -> Person:
    """The requests of one turn up to the explanation, which is then asked for without an end."""
    # Nobody else is the last of so many people, so that the change has a slot of its own.
    of = Turn(PEOPLE, PEOPLE + 1, 0, site.origin)
    own = replace(site, tokens=site.tokens | {of.maker: site.tokens["maker0"]})
    steps = targets.turn(targets.placet(own), of, {})
    request = next(steps)
    while request.act != _EXPLAIN:
        answer = yield request
        request = steps.send(answer)
    while True:
        yield request


def _line(title: str, those: Mapping[str, Candidate]) -> Line:
    """Medians over the rounds, each of neighbors in time."""
    every, alone = those.values()
    ratios = [mine / theirs for mine, theirs in zip(every.rates, alone.rates, strict=True)]
    return Line(
        f"{title}, {every.name}", median(every.rates), alone.name, median(alone.rates), median(ratios), AIM
    )


def _costs(title: str, those: Mapping[str, Candidate]) -> str:
    """Processor time, in which other work of the machine has less part than in rates."""
    each = ", ".join(f"{one.total.per_act('server', 'database'):.2f} {one.name}" for one in those.values())
    return f"{title}; ms of processor time an act: {each}"
