"""The meaning of an act's reads and writes, so that Placet's statements can be compared with the peer's.

A query that is repeated in an act counts once: in Placet, the answer's list of next moves repeats, in a view of its
own, the queries that the gates made together with their counters. Queries differ by their parameters; moments and
small numbers in them (limits, counters) make no difference. Writes count once a table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from benchmarks.desk.recording import Recorded, Statement
from benchmarks.desk.templates import number_of

#: Data that both have: the peer's table, by our name.
SHARED = {
    "change": "desk_change",
    "incident": "desk_incident",
    "configuration_item": "desk_configurationitem",
    "change_window": "desk_window",
    "problem": "desk_problem",
    "dependency": "desk_configurationitem_depends_on",
    "actors": "auth_user",
    "events": "desk_log",
    "evidence": "desk_evidence",
    "timers": "desk_clock",
}
#: Our tables without a counterpart there, and the reason.
OURS_ALONE = {
    "workspaces": "methods, settings and roles of a workspace; there, code and rows of groups",
    "guards": "counters of searches, by which a commit checks its reads; there, nothing is compared",
    "counters": "the next number; there, a sequence or the row id",
    "item_states": "items by state, apart from the items so that these are updated in place; there, an index",
    "item_spans": "index rows of times from and to, so that windows and schedules are searched by range; there columns",
    "event_texts": "erasable texts of an event, stored beside it; there, in the row of the log",
    "item_values": "index rows of fields; there, columns with an index, and join tables",
    "item_roles": "index rows of roles on items; there, columns",
    "links": "index rows of links",
    "pending_approvals": "index rows of approvals; there, the approval's own row",
    "dues": "index rows of due work; there, columns of timers and approvals",
    "positions": "the order of the log; there, its row id",
    "unsealed": "marks of events without a position",
    "definitions": "the rules that decided; there, the code that happened to run",
}
#: Their tables without a counterpart here, and the reason.
THEIRS_ALONE = {
    "authtoken_token": "with every request; here once a second",
    "auth_group": "roles; here in the workspace's configuration, which a version guards",
    "auth_user_groups": "the same",
    "desk_approval": "here in the item's own row",
    "desk_vote": "here in the item's own row",
    "desk_change_cis": "here in the item's own row, and index rows",
    "desk_incident_cis": "here in the item's own row, and index rows",
    "desk_problem_cis": "here in the item's own row, and index rows",
}
#: They read it for every record shown, as the list of a record's items is a join table there: in Placet it is part of
#: the record. So they read it where we do, and elsewhere too.
MORE_OFTEN_THERE = {"configuration_item"}
#: They read these from separate tables, as parts of the record; in Placet they are in the record's row.
PART_OF_RECORD = {"evidence", "timers"}

#: Tables with which a search of items may begin.
_SEARCHED = {"items", "item_states", "item_values", "item_spans"}

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|\+00:00)?")
#: Numbers that are read with items in one statement: the version of their workspace, and counters.
_COUNTER = re.compile(r"^\d{1,5}$")
_SUBQUERY = re.compile(r"\(SELECT (?:workspaces\.version|guards\.count)\s+FROM\s[^()]*\)")
_READ = re.compile(r"\b(?:FROM|JOIN)\s+\"?(\w+)\"?")
_WRITTEN = re.compile(r"\b(?:INSERT(?: OR \w+)? INTO|(?<!DO )UPDATE|DELETE FROM)\s+\"?(\w+)\"?")
_TYPE = re.compile(r"^itil\.(change|incident|configuration_item|change_window|problem)$")


#: Returns the subject of a statement from its text, its tables and its parameters.
_About = Callable[[str, list[str], list[str]], str]


class UnknownTableError(Exception):
    """A statement is about a table that the mapping does not know."""


@dataclass
class Meaning:
    """The reads and writes of one act."""

    reads: Counter[str] = field(default_factory=Counter)
    writes: set[str] = field(default_factory=set)


def ours(recorded: Recorded, cis: Iterable[str]) -> dict[str, Meaning]:
    """The meanings of Placet's acts."""
    numbers = {number_of(key): about for about, key in recorded.keys.items()}
    numbers |= {number_of(key): "configuration_item" for key in cis}

    def about(text: str, tables: list[str], parameters: list[str]) -> str:
        if "links" in tables:
            return "dependency"
        if tables[0] not in _SEARCHED:
            return tables[0]
        named = [found[1] for each in parameters if (found := _TYPE.match(each))]
        own = [numbers[int(each)] for each in parameters if each.isdigit() and int(each) in numbers]
        if not (named or own):
            raise UnknownTableError(f"the statement names no known items: {text} {parameters}")
        return (named or own)[0]

    return {
        act: _meaning(_beyond_tokens(made), about, OURS_ALONE.keys()) for act, made in recorded.acts.items()
    }


def _beyond_tokens(made: Iterable[Statement]) -> Iterator[tuple[str, list[str]]]:
    """All statements except the check of the token, which is cached for a second."""
    for each in made:
        if "tokens" not in _READ.findall(each.text):
            # The values of all rows, if there are many.
            rows = each.parameters if each.many else (each.parameters,)
            yield each.text, [str(value) for row in rows for value in row]


def theirs(acts: Mapping[str, list[tuple[str, list[str]]]]) -> dict[str, Meaning]:
    """The meanings of the peer's acts, by our names."""
    names = {table: name for name, table in SHARED.items()}

    def about(text: str, tables: list[str], parameters: list[str]) -> str:
        del text, parameters
        if "desk_configurationitem_depends_on" in tables:
            return "dependency"
        return names.get(tables[0], tables[0])

    return {act: _meaning(made, about, THEIRS_ALONE.keys()) for act, made in acts.items()}


def _meaning(made: Iterable[tuple[str, list[str]]], about: _About, alone: AbstractSet[str]) -> Meaning:
    found = Meaning()
    asked: set[tuple[str, ...]] = set()
    for text, parameters in made:
        plain = _SUBQUERY.sub("", text)
        if written := _WRITTEN.findall(plain):
            # Rows are deleted before they are inserted again.
            names = (
                set()
                if plain.startswith("DELETE")
                else {about(plain, [each], parameters) for each in written}
            )
            found.writes |= {_known(name, plain) for name in names - alone}
            continue
        tables = _READ.findall(plain)
        if not tables or (name := about(plain, tables, parameters)) in alone:
            continue
        question = (name, *sorted(_MOMENT.sub("", each) for each in parameters if not _COUNTER.match(each)))
        if question not in asked:
            asked.add(question)
            found.reads[_known(name, plain)] += 1
    return found


def _known(name: str, text: str) -> str:
    if name not in SHARED:
        raise UnknownTableError(f"the mapping does not know {name}: {text}")
    return name


def differences(ours: Mapping[str, Meaning], theirs: Mapping[str, Meaning]) -> list[str]:
    """Differences between the reads and writes of the two, in words."""
    reported = []
    for act, own in ours.items():
        other = theirs[act]
        for name in sorted(own.reads | other.reads):
            here, there = own.reads[name], other.reads[name]
            if name in PART_OF_RECORD and not here:
                continue
            if name in MORE_OFTEN_THERE and there >= here:
                continue
            if here != there:
                reported.append(f"{act}: {name} is read {here} times here and {there} times there")
        reported += [f"{act}: {name} is written here alone" for name in sorted(own.writes - other.writes)]
        reported += [f"{act}: {name} is written there alone" for name in sorted(other.writes - own.writes)]
    return reported
