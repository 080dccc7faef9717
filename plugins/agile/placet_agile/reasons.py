"""The check of a reason, for every move that departs from the usual way."""

from __future__ import annotations

from placet import Gate, reason_given

reason_text = reason_given("agile.reason_text", at_least=10)

REASON_GIVEN = Gate("agile.reason_given", "Reason given", reason_text)
