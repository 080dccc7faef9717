"""The ids of the item types and approvals, which checks, effects and tables refer to."""

CHANGE = "itil.change"
CHANGE_MODEL = "itil.change_model"
CONFIGURATION_ITEM = "itil.configuration_item"
CHANGE_WINDOW = "itil.change_window"

DEPENDS_ON = "itil.depends_on"

CHANGE_APPROVAL = "itil.change_approval"
ECAB_APPROVAL = "itil.ecab_approval"
FREEZE_EXEMPTION = "itil.freeze_exemption"
MODEL_APPROVAL = "itil.model_approval"
