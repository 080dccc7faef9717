"""The gates of management products, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_prince2.documents import checks

# fmt: off
DOCUMENT_COMPLETE = Gate("prince2.document_complete", "Document complete", checks.doc_fields)
DOCUMENT_APPROVED = Gate("prince2.document_approved", "Decided by those who have to", checks.doc_vote)
OBJECTED = Gate("prince2.objected", "An interest objects", checks.objected)
DECISION_OVER = Gate("prince2.decision_over", "Decision expired or voided", checks.decision_over)
# fmt: on
