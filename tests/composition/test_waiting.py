"""Methods compose whichever of them are switched on, and whatever waits is remembered by somebody who can exist."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from linting import lint

from placet.catalog.catalog import Catalog, Rules
from placet.catalog.discovery import installed
from placet.catalog.waiting import reminders, waiting_states

REGISTRY = installed()
METHODS = tuple(REGISTRY.methods)


def usable(methods: tuple[str, ...]) -> bool:
    """Whether all methods are there that these require."""
    return all(set(REGISTRY.methods[name].requires) <= set(methods) for name in methods)


SETS = [
    methods
    for methods in chain.from_iterable(combinations(METHODS, n) for n in range(1, len(METHODS) + 1))
    if usable(methods)
]


#: Approvals of which the linter cannot see who asks: an effect does, for some of the items.
ASKED_BY_EFFECTS = {"prince2.report_acceptance"}


def catalog(methods: tuple[str, ...]) -> Catalog:
    return REGISTRY.catalog(Rules(methods))


@pytest.mark.parametrize("methods", SETS, ids="+".join)
class TestEveryMethod:
    def test_remembers_whatever_waits(self, methods: tuple[str, ...]) -> None:
        """Each state of waiting, and each in which an approval is asked for, has a timer or a notification rule."""
        composed = catalog(methods)

        forgotten = [
            f"{item_type.id}.{state.id}"
            for item_type in composed.item_types.values()
            for state in waiting_states(item_type)
            if not state.unwatched and not list(reminders(composed, item_type, state.id))
        ]

        assert forgotten == []

    def test_leaves_the_linter_nothing_to_warn_of(self, methods: tuple[str, ...]) -> None:
        """No error and no warning; notes of what is loosened, each with its reason, are for people to read."""
        faults = [
            str(finding)
            for finding in lint(catalog(methods))
            if finding.severity != "note"
            and not (finding.code == "never-asked" and finding.where in ASKED_BY_EFFECTS)
        ]

        assert faults == []

    def test_notifies_roles_that_somebody_can_hold_at_every_threshold(self, methods: tuple[str, ...]) -> None:
        """A threshold that notifies a role without holders by its nature would be heard by nobody."""
        composed = catalog(methods)

        vacant = [
            f"{timer.id}: {name}"
            for item_type in composed.item_types.values()
            for timer in item_type.timers
            for threshold in timer.thresholds
            for name in threshold.notifies
            if name in composed.roles and composed.roles[name].max_holders == 0
        ]

        assert vacant == []

    def test_has_every_refused_timer_heard_by_somebody(self, methods: tuple[str, ...]) -> None:
        """A transition that `system` makes by a timer can be made by a person too, or its threshold notifies one."""
        composed = catalog(methods)

        lonely = [
            f"{timer.id} at {threshold.label}"
            for item_type in composed.item_types.values()
            for timer in item_type.timers
            for threshold in timer.thresholds
            if threshold.fires is not None
            and not threshold.notifies
            and (transition := item_type.workflow.transition(threshold.fires)) is not None
            and set(transition.roles) <= {"system"}
        ]

        assert lonely == []
