"""The linter: proofs about a set of rules, made before anything runs under it.

`lint_composition` and `lint_modes` check definitions alone, `lint_holders` also the people of one workspace. Rules with
errors are refused; `placet check` shows warnings and notes too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import get_args

from placet.catalog.catalog import Catalog
from placet.catalog.defaults import default_findings
from placet.catalog.findings import Finding, Severity, error, note, warning
from placet.catalog.identity import identity_findings
from placet.catalog.measuring import metric_findings
from placet.catalog.patterns import pattern_findings
from placet.catalog.placing import placed
from placet.catalog.reachability import reachability_findings
from placet.catalog.references import reference_findings
from placet.catalog.role_use import role_use_findings
from placet.catalog.voters import actual_people, possible_people, shortages
from placet.catalog.waiting import unreminded_findings, waiting_findings
from placet.definitions.items import ItemType
from placet.definitions.roles import SYSTEM
from placet.definitions.wording import number_of
from placet.errors import DefinitionError

__all__ = ["Finding", "lint_composition", "lint_holders", "lint_modes", "refuse"]


def lint_composition(catalog: Catalog) -> list[Finding]:
    """The findings that are the same whichever gates are enforced."""
    findings = [
        *_loosenings(catalog),
        *identity_findings(catalog),
        *reference_findings(catalog),
        *role_use_findings(catalog),
        *metric_findings(catalog),
        *default_findings(catalog),
        *pattern_findings(catalog),
    ]
    for item_type in catalog.item_types.values():
        findings += reachability_findings(item_type)
        findings += _unfireable(catalog, item_type)
        findings += waiting_findings(catalog, item_type)
        findings += unreminded_findings(catalog, item_type)
    return placed(catalog, findings)


def lint_modes(catalog: Catalog, composition: Iterable[Finding]) -> tuple[Finding, ...]:
    """All findings about a catalog, errors first: those of its composition, and what its gates' modes leave open."""
    people = possible_people(catalog)
    findings = [
        error("unsatisfiable-approval", short.approval, short.message, short.remedy)
        for item_type in catalog.item_types.values()
        for short in shortages(catalog, item_type, people)
    ]
    return _sorted([*composition, *placed(catalog, findings)])


def lint_holders(catalog: Catalog, holders: Mapping[str, Sequence[str]]) -> tuple[Finding, ...]:
    """Transitions and approvals that the people of a workspace cannot make, unless items have holders of their own.

    Args:
        catalog: the workspace's rules.
        holders: the holders there, by role.
    """
    return _sorted(placed(catalog, _idle(catalog, holders)))


def lint_calendars(catalog: Catalog, workspace: str, known: Collection[str]) -> tuple[Finding, ...]:
    """Timers whose calendar a workspace does not have: acts that start such a timer would be refused."""
    return tuple(
        warning(
            "no-calendar",
            timer.id,
            f'it runs by the calendar "{name}", which is not one of {workspace}',
            "give the workspace a calendar of this name",
        )
        for item_type in catalog.item_types.values()
        for timer in item_type.timers
        for name in sorted(timer.calendars - set(known))
    )


def _idle(catalog: Catalog, holders: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    people = actual_people(catalog, holders)
    for item_type in catalog.item_types.values():
        for transition in item_type.workflow.transitions:
            anybody = (people(role) != frozenset() for role in transition.roles)
            if SYSTEM not in transition.roles and not any(anybody):
                yield warning(
                    "no-holder",
                    f"{item_type.id}.{transition.name}",
                    f"nobody can fire it, as nobody holds {' or '.join(transition.roles)}",
                    "give somebody one of these roles",
                )
        yield from (
            warning("unsatisfiable-approval", short.approval, short.message, short.remedy)
            for short in shortages(catalog, item_type, people)
        )


def refuse(catalog: Catalog, findings: Iterable[Finding]) -> None:
    """Raises `DefinitionError` with all errors, if the linter found any."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        listed = "; ".join(map(str, errors))
        raise DefinitionError(
            f"the methods {', '.join(catalog.methods)} have {number_of(len(errors), 'error')}: {listed}"
        )


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    ranks = get_args(Severity)
    return tuple(sorted(findings, key=lambda f: (ranks.index(f.severity), f.where, f.code, f.message)))


def _loosenings(catalog: Catalog) -> Iterator[Finding]:
    for loosening in catalog.loosenings:
        yield note(
            "loosening",
            loosening.target,
            f"{loosening.method} {loosening.what}: {loosening.reason}",
            f"change the settings of {loosening.method} to have the rule back"
            if loosening.target.startswith(f"{loosening.method}.")
            else f"switch {loosening.method} off to have the rule back",
        )


def _unfireable(catalog: Catalog, item_type: ItemType) -> Iterator[Finding]:
    """Transitions without a role that somebody can hold. Unknown roles are reported with the references."""
    for transition in item_type.workflow.transitions:
        where = f"{item_type.id}.{transition.name}"
        if not transition.roles:
            yield error(
                "no-role", where, "no role may fire it", "name at least one role, or take the transition out"
            )
            continue
        known = [catalog.roles[role] for role in transition.roles if role in catalog.roles]
        if len(known) == len(transition.roles) and all(role.max_holders == 0 for role in known):
            yield error(
                "no-role",
                where,
                f"nobody can fire it, as {', '.join(transition.roles)} can have no holder",
                "add a role that somebody can hold, or raise `max_holders`",
            )
