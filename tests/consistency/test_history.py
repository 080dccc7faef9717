"""The history of random acts is one that could have been made by one act after the other, in the order of the log.

Acts read ledgers, by key and by search, and write to others, singly and in bulk. From what each of them saw follows
which acts must have come before which (Elle's list-append: who wrote after whom, who saw whom, who did not see whom).
If that leads in a circle, no order of acts explains the history.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest
from law import all_items, feed

from placet.app import Application
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.moved import Wish

from .blind import nothing_compared
from .conftest import two_applications
from .ledgers import PLUGIN
from .rendezvous import MEETING

LEDGERS, WRITERS = 4, 4
#: Waves of acts with nothing compared at most: in the first of them, as good as always, two do not see each other.
BLIND = 60

#: An act precedes another.
Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Books:
    """Some ledgers, reached through two applications."""

    applications: tuple[Application, Application]
    clerk: Actor
    ledgers: list[str]

    def wave(self, n: int, chance: random.Random) -> None:
        """As many acts as there are writers; each has read before one of them writes."""
        acts = [self._act(f"{n}-{k}", chance) for k in range(WRITERS)]
        with MEETING.of(WRITERS), ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(self._write, range(WRITERS), acts))

    def _act(self, name: str, chance: random.Random) -> list[Wish]:
        written = chance.sample(self.ledgers, chance.choice([1, 1, 2]))
        wishes = []
        for key in written:
            lists, searches = (chance.sample(self.ledgers, chance.randint(0, 2)) for _ in range(2))
            wishes.append(Wish(key, "write", {"act": name, "lists": lists, "searches": searches}))
        return wishes

    def _write(self, writer: int, wishes: list[Wish]) -> None:
        engine = self.applications[writer % 2].engine
        if len(wishes) == 1:
            (wish,) = wishes
            engine.transition(self.clerk, wish.key, wish.transition, fields=wish.fields)
        else:
            results = engine.bulk(self.clerk, wishes, atomic=True)
            assert [each.error for each in results] == [None] * len(wishes)

    def edges(self) -> set[Edge]:
        """Which acts precede which, by what they saw."""
        lists: dict[str, list[str]] = {}
        for key in self.ledgers:
            lists[key] = self.applications[0].engine.items.get(self.clerk, key).fields.get("acts", [])
        found = {edge for acts in lists.values() for edge in pairwise(acts)}
        for line in self._lines():
            act = line.fields["act"]
            for key, seen in json.loads(line.fields["saw_lists"]).items():
                assert lists[key][: len(seen)] == seen, f"{act} saw in {key} what never was"
                found |= {(before, act) for before in seen[-1:]}
                found |= {(act, after) for after in lists[key][len(seen) :][:1]}
            for key, seen in json.loads(line.fields["saw_lines"]).items():
                found |= {(before, act) for before in seen}
                found |= {(act, after) for after in lists[key] if after not in seen}
        return {(before, after) for before, after in found if before != after}

    def _lines(self) -> list[ItemRecord]:
        return [item for item in all_items(self.applications[0].engine) if item.type == "ledgers.line"]

    def reported(self) -> dict[str, int]:
        """The place of each act in the log."""
        names = {line.key: line.fields["act"] for line in self._lines()}
        return {
            names[event.key]: place
            for place, event in enumerate(feed(self.applications[0].engine))
            if event.key in names
        }


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    """Ledgers that were written to once, so that all searches are counted."""
    with two_applications(database_url, tmp_path, PLUGIN) as applications:
        engine = applications[0].engine
        engine.workspaces.create(SYSTEM_ACTOR, key="BOOKS", name="Books", methods=["ledgers"])
        clerk = engine.people.add(SYSTEM_ACTOR, id="cleo", name="Cleo")
        engine.workspaces.assign(SYSTEM_ACTOR, "BOOKS", "ledgers.clerk", ["cleo"])
        made = [
            engine.items.create(
                clerk, workspace="BOOKS", type="ledgers.ledger", title=f"Ledger {n}", fields={}
            ).key
            for n in range(LEDGERS)
        ]
        for n, application in enumerate(applications):
            for key in made:
                fields = {"act": f"application {n} to {key}", "searches": made}
                application.engine.transition(clerk, key, "write", fields=fields)
        yield Books(applications, clerk, made)


def circle(edges: set[Edge]) -> list[str]:
    """Acts that each precede the next and the last the first; none if there is an order of all."""
    before: dict[str, set[str]] = defaultdict(set)
    for one, other in edges:
        before[other].add(one)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


class TestTheHistory:
    def test_leads_in_no_circle_and_is_logged_in_order(self, books: Books, rounds: int) -> None:
        """There is an order of all acts in which each saw what came before it: the log's."""
        chance = random.Random(rounds)  # noqa: S311  # the same acts for everybody

        for n in range(rounds):
            books.wave(n, chance)

        edges, reported = books.edges(), books.reported()
        assert len(edges) > rounds * WRITERS
        assert circle(edges) == []
        assert [(one, other) for one, other in edges if reported[one] > reported[other]] == []

    def test_would_lead_in_circles_if_nothing_were_compared(self, books: Books) -> None:
        """So what finds no circle above would find one."""
        chance = random.Random(1)  # noqa: S311

        with nothing_compared():
            for n in range(BLIND):
                books.wave(n, chance)
                if circle(books.edges()):
                    return

        pytest.fail(f"{BLIND} waves of acts that compare nothing are in order all the same")
