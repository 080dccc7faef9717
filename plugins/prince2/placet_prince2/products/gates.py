"""The gates of products and quality activities, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_prince2.products import checks

# fmt: off
DESCRIPTION_COMPLETE = Gate("prince2.description_complete", "Product described, and agreed by users as a whole",
                            checks.pd_fields, checks.agreed_by_users)
QUALITY_PLANNED = Gate("prince2.quality_planned", "Quality planned", checks.qa_exists)
QUALITY_PASSED = Gate("prince2.quality_passed", "Quality criteria met", checks.criteria_ok)
PRODUCT_ACCEPTED = Gate("prince2.product_approval", "Accepted by its approver, apart from the work",
                        checks.acceptance_vote, checks.accepted_apart)
HANDOVER_READY = Gate("prince2.handover_ready", "Operational owner and acceptance on record",
                      checks.handover_named, checks.handover_evidence)
CHANGE_APPROVED = Gate("prince2.change_approved", "Approved change", checks.rfc_linked)
DESCOPING_DECIDED = Gate("prince2.descope_approved", "Never agreed, or left out by an approved change",
                         checks.descoping_decided)
RESULT_COMPLETE = Gate("prince2.quality_result_complete", "Result complete", checks.result_filled)
# fmt: on
