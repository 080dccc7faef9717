"""The check of a reason, for every decision that departs from the usual way."""

from __future__ import annotations

from placet import Gate, reason_given

reason_text = reason_given("cobit.reason_text", at_least=20)

REASON_GIVEN = Gate("cobit.reason_given", "Reason given", reason_text)
