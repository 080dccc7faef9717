"""ITIL change enablement as a method for Placet: what this plugin contributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from placet import Method, hookimpl
from placet_itil_change.change import CHANGE_TYPE
from placet_itil_change.change_model import CHANGE_MODEL_TYPE
from placet_itil_change.change_window import CHANGE_WINDOW_TYPE
from placet_itil_change.changes.metrics import METRICS
from placet_itil_change.changes.notices import NOTICES
from placet_itil_change.configuration_item import CONFIGURATION_ITEM_TYPE, DEPENDENCY
from placet_itil_change.roles import ROLES
from placet_itil_change.settings import ItilSettings

if TYPE_CHECKING:
    from placet.demo import Script, Stage


@hookimpl
def placet_method() -> Method:
    """ITIL 4: changes, their models and windows, and the items they touch."""
    return Method(
        "itil",
        "ITIL 4",
        item_types=[CHANGE_TYPE, CHANGE_MODEL_TYPE, CONFIGURATION_ITEM_TYPE, CHANGE_WINDOW_TYPE],
        roles=ROLES,
        link_types=[DEPENDENCY],
        metrics=METRICS,
        notices=NOTICES,
        settings=ItilSettings,
        description="Change enablement: changes, authorised by those who answer for their risk",
    )


@hookimpl
def placet_demo(stage: Stage) -> Script:
    """A payment service and two months of its changes."""
    from placet_itil_change.demo import perform  # noqa: PLC0415  # a server that shows nothing does not load it

    return perform(stage)
