"""The gates of a control's own life, as sets of checks, in the order of its workflow."""

from __future__ import annotations

from placet import Gate
from placet_cobit.controls import checks, ownership, releasing

# fmt: off
OWNER_DESIGNS = Gate("cobit.owner_designs", "Designed by its owner", ownership.owner_designs)
OWNER_ACTS = Gate("cobit.owner_acts", "Its owner's to decide", ownership.owner_acts)
CONTROL_COMPLETE = Gate("cobit.control_complete", "Control complete", checks.control_fields)
BINDING_VALID = Gate("cobit.binding_valid", "Bound to what exists", checks.binding_exists)
CONTROL_APPROVED = Gate("cobit.control_approved", "Control approved", checks.control_votes)
HANDOVER_NAMED = Gate("cobit.handover_named", "Handed over to people who can take it", ownership.handover_people)
HANDOVER_AGREED = Gate("cobit.handover_agreed", "Handover agreed by a second person", ownership.handover_votes)
SUSPENSION_JUSTIFIED = Gate("cobit.suspension_justified", "Suspension limited and covered", releasing.suspension_cover)
RELEASE_AGREED = Gate("cobit.release_agreed", "Released by a second person, if a key control or demanded by law",
                      releasing.release_votes)
RETIREMENT_AGREED = Gate("cobit.retirement_agreed", "Retired with a second person, if a key control or demanded by law",
                         releasing.retirement_votes)
# fmt: on
