"""ITIL 4 as a method for Placet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from placet import Extension, Method, hookimpl
from placet_itil_change.change import CHANGE_TYPE
from placet_itil_change.change_model import CHANGE_MODEL_TYPE
from placet_itil_change.change_window import CHANGE_WINDOW_TYPE
from placet_itil_change.changes.metrics import METRICS as CHANGE_METRICS
from placet_itil_change.changes.notification_rules import NOTIFICATION_RULES as CHANGE_NOTIFICATION_RULES
from placet_itil_change.configuration_item import CONFIGURATION_ITEM_TYPE, DEPENDENCY
from placet_itil_change.incident import INCIDENT_TYPE
from placet_itil_change.incidents.metrics import METRICS as INCIDENT_METRICS
from placet_itil_change.incidents.notification_rules import NOTIFICATION_RULES as INCIDENT_NOTIFICATION_RULES
from placet_itil_change.incidents.settings import Strictness
from placet_itil_change.links import LINK_TYPES
from placet_itil_change.practical import loosen
from placet_itil_change.problem import PROBLEM_TYPE
from placet_itil_change.problems.metrics import METRICS as PROBLEM_METRICS
from placet_itil_change.problems.notification_rules import NOTIFICATION_RULES as PROBLEM_NOTIFICATION_RULES
from placet_itil_change.request_model import REQUEST_MODEL_TYPE
from placet_itil_change.requests.metrics import METRICS as REQUEST_METRICS
from placet_itil_change.requests.notification_rules import NOTIFICATION_RULES as REQUEST_NOTIFICATION_RULES
from placet_itil_change.roles import ROLES
from placet_itil_change.service_request import SERVICE_REQUEST_TYPE
from placet_itil_change.settings import ItilSettings

if TYPE_CHECKING:
    from placet.demo import Script, Stage


@hookimpl
def placet_method() -> Method:
    """ITIL 4: changes, their models and windows, configuration items, incidents, problems and requests."""
    return Method(
        "itil",
        "ITIL 4",
        item_types=[
            CHANGE_TYPE,
            CHANGE_MODEL_TYPE,
            CONFIGURATION_ITEM_TYPE,
            CHANGE_WINDOW_TYPE,
            INCIDENT_TYPE,
            PROBLEM_TYPE,
            SERVICE_REQUEST_TYPE,
            REQUEST_MODEL_TYPE,
        ],
        roles=ROLES,
        link_types=[DEPENDENCY, *LINK_TYPES],
        metrics=[*CHANGE_METRICS, *INCIDENT_METRICS, *PROBLEM_METRICS, *REQUEST_METRICS],
        notification_rules=[
            *CHANGE_NOTIFICATION_RULES,
            *INCIDENT_NOTIFICATION_RULES,
            *PROBLEM_NOTIFICATION_RULES,
            *REQUEST_NOTIFICATION_RULES,
        ],
        settings=ItilSettings,
        description="Change enablement, incidents, problems and service requests",
    )


@hookimpl
def placet_extend(catalog: Extension) -> None:
    """Open the additional ways of real desks, if the workspace has chosen them."""
    if catalog.settings.incident_strictness is Strictness.PRACTICAL:
        loosen(catalog)


@hookimpl
def placet_demo(stage: Stage) -> Script:
    """A payment service and two months of its changes."""
    from placet_itil_change.demo import perform  # noqa: PLC0415  # only loaded for a demonstration

    return perform(stage)
