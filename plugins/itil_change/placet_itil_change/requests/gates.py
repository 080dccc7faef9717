"""The gates of requests and of request models, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_itil_change.requests import checks

# fmt: off
FORM_FITS = Gate("itil.request_form", "The form is filled in", checks.form_fits)
APPROVAL_NEEDED = Gate("itil.approval_needed", "Somebody has to approve it", checks.needs_approval)
NO_APPROVAL_NEEDED = Gate("itil.no_approval_needed", "Nobody has to approve it", checks.needs_nobody)
REQUEST_APPROVED = Gate("itil.request_approved", "It is approved", checks.request_votes)
TASK_OPEN = Gate("itil.task_open", "The task is still to be done", checks.task_is_open)
TASKS_DONE = Gate("itil.tasks_done", "Every task is done", checks.tasks_done)
REQUEST_CHANGE_DONE = Gate("itil.request_change_done", "The change that it needs is done", checks.change_done)

# A request model
REQUEST_MODEL_COMPLETE = Gate("itil.request_model_complete", "The entry is complete", checks.model_complete)
# fmt: on
