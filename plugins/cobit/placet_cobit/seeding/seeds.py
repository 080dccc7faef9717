"""Make the objectives and the draft controls of tables in a workspace. Those that exist stay as they are.

Items are made one by one, under the rules of any other: seeding that was interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from placet import InvalidError, NotFoundError
from placet.api import CurrentActor, CurrentEngine, ItemRecord
from placet_cobit.controls.defaults import DefaultControl
from placet_cobit.ids import CONTROL, OBJECTIVE
from placet_cobit.objectives.tables import ObjectiveTable, seeds

#: Items read at a time.
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Seeded:
    """The result of seeding, by key of item."""

    made: list[str] = field(default_factory=list)
    #: Items that were there.
    kept: list[str] = field(default_factory=list)


def seed_objectives(
    engine: CurrentEngine, actor: CurrentActor, workspace: str, table: ObjectiveTable
) -> Seeded:
    """Make the objectives that a workspace does not have yet.

    Raises:
        ForbiddenError: the actor holds no role that makes objectives.
        NotFoundError: the workspace does not exist, or the method is off there.
    """
    _demand_method(engine, actor, workspace)
    known = {each.fields["objective_id"]: each.key for each in _items(engine, actor, workspace, OBJECTIVE)}
    found = Seeded()
    for seed in seeds(table):
        if seed.id in known:
            found.kept.append(known[seed.id])
            continue
        made = engine.items.create(
            actor, workspace=workspace, type=OBJECTIVE, title=seed.title, fields=seed.fields
        )
        found.made.append(made.key)
    return found


def seed_controls(
    engine: CurrentEngine,
    actor: CurrentActor,
    workspace: str,
    table: Iterable[DefaultControl],
    only: Iterable[str] = (),
) -> Seeded:
    """Make drafts of the controls of a table, below their objectives, unless the workspace has one of that template.

    Args:
        engine: the engine.
        actor: who makes them.
        workspace: its key.
        table: the default controls.
        only: ids of some of them; empty for all.

    Raises:
        ForbiddenError: the actor holds no role that makes controls.
        InvalidError: a template does not exist, or its objective is not in the workspace.
        NotFoundError: the workspace does not exist, or the method is off there.
    """
    _demand_method(engine, actor, workspace)
    chosen = _chosen({each.id: each for each in table}, list(only))
    objectives = {
        each.fields["objective_id"]: each.key for each in _items(engine, actor, workspace, OBJECTIVE)
    }
    known = _by_template(engine, actor, workspace)
    found = Seeded()
    for control in chosen:
        if control.id in known:
            found.kept.append(known[control.id])
            continue
        objective = control.practice.partition(".")[0]
        if objective not in objectives:
            raise InvalidError.at(
                "/workspace", f"{workspace} has no objective {objective}: seed the objectives first"
            )
        made = engine.items.create(
            actor, workspace=workspace, type=CONTROL, title=control.title, fields=control.fields,
            parent=objectives[objective],
        )  # fmt: skip
        found.made.append(made.key)
    return found


def _by_template(engine: CurrentEngine, actor: CurrentActor, workspace: str) -> dict[str, str]:
    """The keys of the controls that are made of a template, and not retired."""
    return {
        each.fields["template"]: each.key
        for each in _items(engine, actor, workspace, CONTROL)
        if each.state != "retired" and each.fields.get("template")
    }


def _chosen(table: Mapping[str, DefaultControl], only: list[str]) -> list[DefaultControl]:
    for n, name in enumerate(only):
        if name not in table:
            raise InvalidError.unknown(f"/only/{n}", "default control", name[:100], table)
    return [table[name] for name in only] if only else list(table.values())


def _demand_method(engine: CurrentEngine, actor: CurrentActor, workspace: str) -> None:
    methods = engine.workspaces.get(actor, workspace).methods
    if "cobit" not in methods:
        raise NotFoundError(f"method of {workspace}", "cobit", methods)


def _items(engine: CurrentEngine, actor: CurrentActor, workspace: str, type: str) -> Iterator[ItemRecord]:
    cursor: str | None = None
    while True:
        query = engine.reports.item_query(actor, workspace=workspace, type=type, limit=_PAGE, cursor=cursor)
        page = engine.reports.items(actor, query)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return
