"""The notification rules of a control."""

from __future__ import annotations

from placet import NotificationRule
from placet_cobit.ids import CONTROL, CONTROL_APPROVAL

NOTIFICATION_RULES = (
    NotificationRule(
        "cobit.control_in_force",
        "A control is in force",
        CONTROL,
        ["state:operating"],
        ["named:control_owner", "named:control_performer"],
        "you own it, or operate it",
    ),
    NotificationRule(
        "cobit.control_out_of_force",
        "A control is not in force",
        CONTROL,
        ["state:suspended", "state:retired", "timer:cobit.suspension_end"],
        ["named:control_owner", "named:control_performer"],
        "you own it, or operate it",
    ),
    NotificationRule(
        "cobit.control_proposed",
        "A control is to be approved",
        CONTROL,
        ["state:proposed"],
        [f"asked:{CONTROL_APPROVAL}"],
        "your vote is asked for",
    ),
)
