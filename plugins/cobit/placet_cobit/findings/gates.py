"""The gates of findings, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_cobit.findings import checks, rights

# fmt: off
FINDING_PLACED = Gate("cobit.finding_placed", "About a control", checks.finding_control, checks.finding_source)
SOURCE_KEPT = Gate("cobit.finding_source_kept", "Found as it was", checks.source_kept)
DUE_IN_TIME = Gate("cobit.finding_due_in_time", "Due within the time of its severity", checks.due_in_time)
DUE_KEPT = Gate("cobit.finding_due_kept", "Due as it was, until it is agreed", checks.due_kept)
ANSWERED_FOR = Gate("cobit.finding_answered_for", "By its owner, or an owner of findings", rights.finding_answered_for)
ACTION_PLACED = Gate("cobit.action_placed", "By who answers for the finding, for somebody who can do it",
                     rights.action_planned_by, rights.assignee_able)
ACTION_YOURS = Gate("cobit.action_yours", "By its assignee, or who answers for the finding", rights.action_done_by)
ACTION_PLANNER = Gate("cobit.action_planner", "By who answers for the finding", rights.action_planned_by)
FINDING_AGREED = Gate("cobit.finding_owned", "Owned, explained and due in time",
                      checks.finding_fields, checks.finding_owner_agrees, rights.owner_able)
ACTIONS_PLANNED = Gate("cobit.actions_planned", "Actions planned", checks.has_actions)
ACTIONS_DONE = Gate("cobit.actions_done", "Actions finished", checks.actions_final)
RETEST_PASSED = Gate("cobit.retest_passed", "Retested since the fix", checks.retest_volume)
CLOSER_INDEPENDENT = Gate("cobit.closer_independent", "Closed by somebody independent", checks.closer_sod)
INVALIDATED_INDEPENDENTLY = Gate("cobit.invalidated_independently", "Declared invalid by somebody independent",
                                 checks.invalid_sod)
ACCEPTANCE_IN_FORCE = Gate("cobit.acceptance_in_force", "Risk accepted", checks.acceptance_approved_now)
ACTION_EVIDENCE = Gate("cobit.action_evidence", "Proven", checks.action_evidence)
ACTION_WANTED = Gate("cobit.action_wanted", "Finding stands", checks.finding_stands)
# fmt: on
