"""The check of a reason, wherever a practice allows a departure from the usual way."""

from __future__ import annotations

from placet import Gate, reason_given

reason_text = reason_given("itil.reason_text")

REASON_GIVEN = Gate("itil.reason_given", "Reason given", reason_text)
