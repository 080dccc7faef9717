"""The gates of requests and of request models, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_itil_change.requests import checks

# fmt: off
FORM_FITS = Gate("itil.request_form", "In the catalog, with the form filled in", checks.form_fits)
REQUEST_COMPLETE = Gate("itil.request_complete", "Form filled in, approvers known", checks.form_fits,
                        checks.approvers_known)
APPROVAL_NEEDED = Gate("itil.approval_needed", "Approval needed, approvers known", checks.needs_approval)
NO_APPROVAL_NEEDED = Gate("itil.no_approval_needed", "No approval needed", checks.auto)
REQUEST_APPROVED = Gate("itil.request_approved", "Request approved", checks.request_votes)
TASK_OPEN = Gate("itil.task_open", "An open task named", checks.task_open)
TASKS_DONE = Gate("itil.tasks_done", "Tasks done", checks.request_tasks)
REQUEST_CHANGE_DONE = Gate("itil.request_change_done", "Required change successful", checks.request_change)

# A request model
REQUEST_MODEL_COMPLETE = Gate("itil.request_model_complete", "Request model complete", checks.request_model_fields)
# fmt: on
