"""A communication: one entry of a communication plan.

Source: PRINCE2 7, practice organizing. Our choices: groups are named in words, and people who have to confirm that they
have read it are named as `readers`; each confirms for themselves (`confirm_receipt`).
"""

from __future__ import annotations

from placet import SYSTEM, CalendarEntry, ItemType, State, Transition, Workflow
from placet_governance.ids import COMMUNICATION
from placet_governance.people import effects
from placet_governance.people.computed import COMMUNICATION_COMPUTED
from placet_governance.people.fields import CommunicationFields
from placet_governance.people.gates import ACKNOWLEDGED, COMMUNICATION_COMPLETE, IS_READER
from placet_governance.people.timers import ACK_DUE, READ, SEND_DUE
from placet_governance.reasons import REASON_GIVEN
from placet_governance.roles import COMMUNICATION_OWNER, ROLES

# fmt: off
WORKFLOW = Workflow(
    COMMUNICATION,
    states=[
        #     id              title           category
        State("planned",      "Planned",      "todo",      "Due later"),
        State("sent",         "Sent",         "waiting",   "Delivered"),
        State("acknowledged", "Acknowledged", "done",      "Confirmed, or nobody has to"),
        State("cancelled",    "Cancelled",    "cancelled", "Dropped"),
    ],
    transitions=[
        #          name                    from         to              who may
        Transition("send",                 ["planned"], "sent",         [COMMUNICATION_OWNER, SYSTEM],
                   gates=[COMMUNICATION_COMPLETE],
                   effects=[effects.note_sending]),
        Transition("confirm_receipt",      ["sent"],    "same",         ROLES,
                   gates=[IS_READER],
                   effects=[effects.note_receipt],
                   decides=True),
        Transition("acknowledge",          ["sent"],    "acknowledged", [COMMUNICATION_OWNER, SYSTEM],
                   gates=[ACKNOWLEDGED],
                   effects=[effects.note_missing],
                   title="Close as acknowledged"),
        Transition("cancel_communication", ["planned"], "cancelled",    [COMMUNICATION_OWNER],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_RECORDED = ("sent_at", "sent_about", "acknowledged_by", "unacknowledged")
_EVERYTHING = tuple(
    name
    for name in CommunicationFields.model_fields
    if name not in {each.field for each in COMMUNICATION_COMPUTED}
)

COMMUNICATION_TYPE = ItemType(
    COMMUNICATION,
    "Communication",
    description="One entry of a communication plan",
    fields=CommunicationFields,
    workflow=WORKFLOW,
    indexed=["channel", "due_at", "sent_at", "needs_ack"],
    frozen_in={
        "planned": _RECORDED,
        "sent": _EVERYTHING,
        "acknowledged": _EVERYTHING,
        "cancelled": _EVERYTHING,
    },
    computed=COMMUNICATION_COMPUTED,
    timers=[SEND_DUE, READ, ACK_DUE],
    calendar=CalendarEntry("due_at", None, ("planned",)),
    creators=[COMMUNICATION_OWNER],
    editors=[COMMUNICATION_OWNER],
)
