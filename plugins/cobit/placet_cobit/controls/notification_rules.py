"""The notification rules of a control."""

from __future__ import annotations

from placet import NotificationRule
from placet_cobit.ids import (
    CONTROL,
    CONTROL_APPROVAL,
    CONTROL_HANDOVER,
    CONTROL_RELEASE,
    CONTROL_RETIREMENT,
)

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
        ["state:suspended", "state:retired"],
        ["named:control_owner", "named:control_performer"],
        "you own it, or operate it",
    ),
    NotificationRule(
        "cobit.suspension_ended",
        "A suspension has ended",
        CONTROL,
        ["timer:cobit.suspension_end"],
        ["named:control_owner"],
        "you own it: resume it, or have it retired",
    ),
    NotificationRule(
        "cobit.release_asked",
        "A control is to be suspended, retired or handed over",
        CONTROL,
        ["transition:ask_release", "transition:ask_retirement", "transition:ask_handover"],
        [f"asked:{CONTROL_RELEASE}", f"asked:{CONTROL_RETIREMENT}", f"asked:{CONTROL_HANDOVER}"],
        "your vote is asked for, as a second person",
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
