"""ITIL change enablement as a method for Placet: what this plugin contributes."""

from __future__ import annotations

from placet import Method, hookimpl
from placet_itil_change.change import CHANGE_TYPE
from placet_itil_change.change_model import CHANGE_MODEL_TYPE
from placet_itil_change.change_window import CHANGE_WINDOW_TYPE
from placet_itil_change.configuration_item import CONFIGURATION_ITEM_TYPE, DEPENDENCY
from placet_itil_change.metrics import METRICS
from placet_itil_change.roles import ROLES
from placet_itil_change.settings import ItilSettings


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
        settings=ItilSettings,
        description="Change enablement: changes, authorised by those who answer for their risk",
    )
