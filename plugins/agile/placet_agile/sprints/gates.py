"""The gates of a sprint, in the order of its workflow."""

from __future__ import annotations

from placet import Gate
from placet_agile.sprints import checks

# fmt: off
NEXT_NUMBER = Gate("agile.next_number", "Number follows", checks.next_number)
GOAL_SET = Gate("agile.goal_set", "Sprint goal set", checks.sprint_goal)
SPRINT_DATES = Gate("agile.sprint_dates", "Length allowed, no overlap", checks.sprint_length, checks.no_overlap,
                    checks.ends_later)
BACKLOG_SELECTED = Gate("agile.backlog_selected", "Items selected", checks.items_selected)
PLANNING_HELD = Gate("agile.planning_held", "Sprint planning held", checks.planning_event)
ONE_RUNNING_SPRINT = Gate("agile.one_running_sprint", "No other sprint running", checks.single_running)
ITEMS_READY = Gate("agile.items_ready", "Selected items estimated", checks.all_ready)
SPRINT_OVER = Gate("agile.sprint_over", "End of the sprint reached", checks.end_reached)
REVIEW_HELD = Gate("agile.review_held", "Sprint review held", checks.review_event)
RETRO_HELD = Gate("agile.retro_held", "Retrospective held", checks.retro_event)
UNFINISHED_DISPOSED = Gate("agile.unfinished_disposed", "Unfinished items decided on", checks.dispositions)
SPLIT_ESTIMATED = Gate("agile.split_estimated", "Split items are estimated", checks.split_estimated)
GOAL_OBSOLETE = Gate("agile.goal_obsolete", "Goal obsolete", checks.cancel_reason)
# fmt: on
