"""The gates of a control's own life, as sets of checks, in the order of its workflow."""

from __future__ import annotations

from placet import Gate
from placet_cobit.controls import checks

# fmt: off
CONTROL_COMPLETE = Gate("cobit.control_complete", "Control complete", checks.control_fields)
BINDING_VALID = Gate("cobit.binding_valid", "Bound to what exists", checks.binding_exists)
CONTROL_APPROVED = Gate("cobit.control_approved", "Control approved", checks.control_votes)
SUSPENSION_JUSTIFIED = Gate("cobit.suspension_justified", "Suspension limited and covered", checks.suspension_cover)
RELEASE_AGREED = Gate("cobit.release_agreed", "Released by a second person, where law demands the control",
                      checks.release_votes)
# fmt: on
