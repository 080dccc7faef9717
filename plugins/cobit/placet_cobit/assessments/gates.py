"""The gates of control assessments and their tests, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_cobit.assessments import checks, element_checks

# fmt: off
PERIOD_ORDERED = Gate("cobit.period_ordered", "Period in order, not too long, not tested yet, and no days left out",
                      checks.period_ordered, checks.period_length, checks.period_free, checks.period_follows)
TESTER_INDEPENDENT = Gate("cobit.tester_independent", "Tested by somebody independent", checks.tester_sod)
PERIOD_OVER = Gate("cobit.period_over", "Period over, and the next to be tested", checks.period_ended,
                   checks.control_operated, checks.period_free, checks.period_joined)
EVIDENCE_COMPLETE = Gate("cobit.evidence_complete", "Evidence complete", checks.evidence_ok)
EXTENSION_ALLOWED = Gate("cobit.extension_allowed", "One deviation", checks.one_deviation)
ALL_TESTED = Gate("cobit.all_tested", "Sample tested", checks.tests_final, checks.extension_done)
DESIGN_JUDGED = Gate("cobit.design_judged", "Design judged", checks.design_set)
REVIEWER_INDEPENDENT = Gate("cobit.reviewer_independent", "Reviewed by somebody independent", checks.reviewer_sod)
CONCLUSION_BY_RULE = Gate("cobit.conclusion_by_rule", "Conclusion by the table, or by two reviewers",
                          checks.conclusion_match, checks.conclusion_second)
TEST_RECORDED = Gate("cobit.test_recorded", "Result and note", element_checks.test_fields, element_checks.test_open)
TEST_PROVEN = Gate("cobit.test_proven", "Passed with evidence", element_checks.test_proven)
REPLACEABLE = Gate("cobit.element_replaceable", "Element may be replaced", element_checks.replaceable,
                   element_checks.replaced_few, element_checks.test_open)
# fmt: on
