"""What every practice asks for where somebody goes another way than the usual one: a reason."""

from __future__ import annotations

from placet import Gate, reason_given

reason_text = reason_given("itil.reason_text")

REASON_GIVEN = Gate("itil.reason_given", "Reason given", reason_text)
