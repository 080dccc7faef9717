"""A request model: an entry of the catalog, with its form, its approval, its tasks and its time.

Source: ITIL 4, practice Service request management.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_itil_change.ids import REQUEST_MODEL
from placet_itil_change.reasons import REASON_GIVEN
from placet_itil_change.requests.fields import RequestModelFields
from placet_itil_change.requests.gates import REQUEST_MODEL_COMPLETE
from placet_itil_change.roles import CHANGE_MANAGER, SERVICE_OWNER

# fmt: off
WORKFLOW = Workflow(
    REQUEST_MODEL,
    states=[
        #     id           title        category
        State("draft",     "Draft",     "todo",   "It is being written"),
        State("published", "Published", "active", "It can be asked for"),
        State("withdrawn", "Withdrawn", "done",   "It is no longer offered"),
    ],
    transitions=[
        #          name              from                   to           who may
        Transition("publish_model",  ["draft"],              "published", [SERVICE_OWNER, CHANGE_MANAGER],
                   gates=[REQUEST_MODEL_COMPLETE]),
        Transition("withdraw_model", ["draft", "published"], "withdrawn", [SERVICE_OWNER, CHANGE_MANAGER],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on

REQUEST_MODEL_TYPE = ItemType(
    REQUEST_MODEL,
    "Request model",
    description="An entry of the catalog: what can be asked for, and how it is fulfilled",
    fields=RequestModelFields,
    workflow=WORKFLOW,
    indexed=["auto_approve", "data_class"],
    frozen_in={
        # An entry stays as it was promised to requesters; changes need a new entry.
        "published": ("form_schema", "approval_rule", "auto_approve", "data_class"),
        "withdrawn": tuple(RequestModelFields.model_fields),
    },
    creators=[SERVICE_OWNER, CHANGE_MANAGER],
    editors=[SERVICE_OWNER, CHANGE_MANAGER],
)
