"""Findings about the rules in use: errors, loosenings, stranded items, vacant roles, failed jobs."""

from __future__ import annotations

from collections.abc import Iterator

from placet.catalog import findings
from placet.catalog.catalog import Catalog
from placet.catalog.discovery import Registry
from placet.catalog.findings import Finding
from placet.catalog.linter import lint_calendars, lint_holders
from placet.definitions.wording import number_of
from placet.engine.act.progress import COMPUTED, INDEX, SCHEDULE, WORDS
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.misfits import FORMER, counted
from placet.engine.workspaces.deciders import ENOUGH, appointing, deciders
from placet.engine.workspaces.derived import behind
from placet.errors import DefinitionError

#: By part: what holds until the worker has come.
_MEANWHILE = {
    INDEX: "lists and searches read the items themselves",
    COMPUTED: "the other items show the values of the former rules",
    SCHEDULE: "the timers of the other items fire by the former rules",
}


def linted(unit: UnitOfWork, registry: Registry, place: str, *, stored: bool = True) -> list[Finding]:
    """The findings of one workspace; with `stored` also those about its items, of which each is read."""
    record = unit.workspace(place)
    try:
        catalog, found = registry.linted(record.rules)
    except DefinitionError as error:
        remedy = "repair the plugin that is named, or switch its method off"
        return [findings.error("composition", place, str(error), remedy)]
    return [
        *found,
        *lint_holders(catalog, record.roles),
        *lint_calendars(catalog, place, record.calendars),
        *_missing_methods(catalog, place),
        *(_stranded(unit, catalog, place) if stored else ()),
        *(_misfits(unit, catalog, place) if stored else ()),
        *_behind(unit, catalog, place),
        *_failed_jobs(unit, catalog, place),
        *_ungoverned(unit, place),
    ]


def _ungoverned(unit: UnitOfWork, place: str) -> Iterator[Finding]:
    """Rules that nobody changes alone, where no second person could decide."""
    record = unit.workspace(place)
    able = deciders(unit, record) if record.governed else []
    if record.governed and len(able) < ENOUGH:
        only = f"only {able[0]} can decide on them" if able else "nobody can decide on them"
        message = f"changes of {', '.join(record.governed)} need a second person, and {only}"
        yield findings.warning("nobody-decides", place, message, appointing(record, governed=True))


def _missing_methods(catalog: Catalog, place: str) -> Iterator[Finding]:
    for method, reason in catalog.missing.items():
        message = f"the method {method} is not available: {reason}"
        remedy = "install or repair its plugin, or switch it off"
        yield findings.error("missing-method", place, message, remedy)


def _stranded(unit: UnitOfWork, catalog: Catalog, place: str) -> Iterator[Finding]:
    for type, state, count in unit.session.states_in_use(place):
        item_type = catalog.item_types.get(type)
        if item_type is None or item_type.workflow.state(state) is None:
            message = f"{number_of(count, 'item')} of type {type} stranded in {state}"
            remedy = "bring back the rules that know this state, or migrate them"
            yield findings.warning("stranded", place, message, remedy)


def _misfits(unit: UnitOfWork, catalog: Catalog, place: str) -> Iterator[Finding]:
    """Stored values that the rules in force do not know, or that do not fit them."""
    for item_type in catalog.item_types.values():
        for each in counted(unit, place, item_type):
            where = f"{item_type.id}.{each.field}" if each.field else item_type.id
            if each.kind == FORMER:
                yield findings.note("former-field", where, str(each), each.remedy)
            else:
                yield findings.warning(f"{each.kind}-value", where, str(each), each.remedy)


def _behind(unit: UnitOfWork, catalog: Catalog, place: str) -> Iterator[Finding]:
    """Values of items that the worker has not brought up to the rules in force yet."""
    for state in behind(unit, place, catalog):
        if state.total:
            message = f"{WORDS[state.part]} of {state.done} of {state.total} items follow the rules in force"
            remedy = f"wait for the worker, whose log says if it fails: {_MEANWHILE[state.part]} until then"
            yield findings.warning("values-behind", state.type, message, remedy)


def _failed_jobs(unit: UnitOfWork, catalog: Catalog, place: str) -> Iterator[Finding]:
    for run in unit.session.timers.failed_runs(place):
        if run.job in catalog.jobs:
            message = (
                f"the job {run.job} that was due at {run.due_at.isoformat()} was not done: {run.failure}"
            )
            remedy = "repair what it names, or report it to the plugin's maintainer; it runs again at its next time"
            yield findings.warning("failed-job", place, message, remedy)
