"""Whether stored values of items follow from the definitions in force: after a change of rules it takes a while.

The worker brings them up to date, part by part; see `placet.engine.upkeep`.
"""

from __future__ import annotations

from collections.abc import Iterable

from placet.catalog.catalog import Catalog
from placet.engine.act.records import Progress

#: The part of a type's values by which its items are searched; see `Progress`.
INDEX = "index"
#: The part of a type's values that functions compute.
COMPUTED = "computed"
#: When the timers of a type's items are due.
SCHEDULE = "schedule"
#: The words for each part, where people read of it.
WORDS = {INDEX: "the indexed values", COMPUTED: "the computed values", SCHEDULE: "the due moments of timers"}


def form_of(catalog: Catalog, type: str, part: str) -> str:
    """A hash of everything from which a part of the values of a type's items follows."""
    forms = {INDEX: catalog.index_form, COMPUTED: catalog.computed_form, SCHEDULE: catalog.schedule_form}
    return forms[part](type)


def up_to_date(catalog: Catalog, states: Iterable[Progress]) -> set[tuple[str, str]]:
    """The item types with the parts of their values that are up to date in a workspace."""
    return {
        (state.type, state.part)
        for state in states
        if state.finished
        and state.type in catalog.item_types
        and state.definition == form_of(catalog, state.type, state.part)
    }
