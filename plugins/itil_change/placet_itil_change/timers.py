"""The clocks on changes and models. They are declared here; the worker runs them.

Source: common policies for ITIL 4 change enablement; 1 business day is 8 business hours.
"""

from __future__ import annotations

from datetime import timedelta

from placet import Timer
from placet_itil_change.roles import CHANGE_IMPLEMENTER, CHANGE_MANAGER, DUTY_MANAGER

_BUSINESS_DAY = timedelta(hours=8)

#: The point of no return: from then on a back-out would end after the planned end.
OVERRUN = Timer(
    "itil.overrun",
    "Point of no return",
    starts=("start_implementation",),
    stops=("complete_implementation", "start_backout", "declare_failed"),
    until_field="point_of_no_return",
    warnings={100: (CHANGE_IMPLEMENTER.id, CHANGE_MANAGER.id)},
)
BACKOUT_MAX = Timer(
    "itil.backout_max",
    "Longest acceptable back-out",
    starts=("start_backout",),
    stops=("finish_backout", "declare_failed"),
    until_field="backout_due",
    warnings={100: (DUTY_MANAGER.id,)},
)
RETRO_DUE = Timer(
    "itil.retro_due",
    "Records of an emergency",
    starts=("implement_on_verbal",),
    stops=("close_change",),
    duration=2 * _BUSINESS_DAY,
    business=True,
    warnings={100: (CHANGE_MANAGER.id,)},
)
PIR_DUE = Timer(
    "itil.pir_due",
    "Post-implementation review",
    starts=("complete_implementation", "finish_backout", "recover"),
    stops=("close_change",),
    duration=5 * _BUSINESS_DAY,
    business=True,
    warnings={100: (CHANGE_MANAGER.id,)},
)
MODEL_EXPIRY = Timer(
    "itil.model_expiry",
    "Validity of the model",
    starts=("approve_model", "reinstate_model"),
    stops=("retire_model", "suspend_model"),
    until_field="valid_until",
    fires="suspend_model",
)
