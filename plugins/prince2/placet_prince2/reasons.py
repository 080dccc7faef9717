"""The check of a reason, for every decision that departs from the usual way."""

from __future__ import annotations

from placet import Gate, reason_given

reason_text = reason_given("prince2.reason_text", at_least=20)

REASON_GIVEN = Gate("prince2.reason_given", "Reason given", reason_text)
