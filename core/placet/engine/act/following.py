"""Whether stored values of items follow from the definitions in force: after a change of rules it takes a while.

The worker brings them up to date, part by part; see `placet.engine.upkeep`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from placet.catalog.catalog import Catalog

if TYPE_CHECKING:
    from placet.engine.act.unit_of_work import UnitOfWork

#: The part of a type's values by which its items are searched; see `Progress`.
INDEX = "index"
#: The part of a type's values that functions compute.
COMPUTED = "computed"


def form_of(catalog: Catalog, type: str, part: str) -> str:
    """A hash of everything from which a part of the values of a type's items follows."""
    return catalog.index_form(type) if part == INDEX else catalog.definition(type).hash


def follows(work: UnitOfWork, workspace: str, type: str, part: str) -> bool:
    """Whether a part of the values of a type's items is up to date. What is, stays so under the same rules."""
    known, version = work.environment.following, work.workspace(workspace).version
    if (workspace, version, type, part) not in known:
        catalog = work.catalog(workspace)
        known |= {
            (workspace, version, state.type, state.part)
            for state in work.session.upkeep.progress(workspace)
            if state.finished
            and state.type in catalog.item_types
            and state.definition == form_of(catalog, state.type, state.part)
        }
    return (workspace, version, type, part) in known


def is_computed(work: UnitOfWork, workspace: str, type: str) -> bool:
    """Whether the computed fields of a type's items are stored as its definition computes them."""
    return not work.catalog(workspace).item_types[type].computed or follows(work, workspace, type, COMPUTED)
