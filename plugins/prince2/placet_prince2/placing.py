"""The place of new items: below what still runs.

Source: PRINCE2 7, principle Manage by stages. Our choice: an issue about work that has ended belongs to the stage or
project that goes on, and not to a stage that nobody controls any more.
"""

from __future__ import annotations

from collections.abc import Mapping

from placet import CheckContext, Gate, Verdict, check, standing
from placet_prince2.checking import demand
from placet_prince2.ids import PRODUCT, PROJECT, STAGE, WORK_PACKAGE
from placet_prince2.place import above
from placet_prince2.roles import PROJECT_MANAGER

#: States after which nothing new is made below an item.
ENDED: Mapping[str, tuple[str, ...]] = {
    PROJECT: ("closed", "closed_prematurely", "rejected"),
    STAGE: ("completed", "terminated"),
    WORK_PACKAGE: ("received", "cancelled"),
    PRODUCT: ("handed_over", "descoped"),
}


@check("prince2")
def place_open(ctx: CheckContext) -> Verdict:
    """The project, stage, package or product below which an item is made has not ended: nobody would finish it."""
    over = next((each for each in above(ctx) if each.state in ENDED.get(each.type, ())), None)
    return demand(over is None, "{over:standing}, and nothing new begins there", "make it below one that still runs",
                  [PROJECT_MANAGER], over=None if over is None else standing(over))  # fmt: skip


PLACE_OPEN = Gate("prince2.place_open", "Place not ended", place_open)
