"""The ids of item types, link types and confirmations, which checks, effects and tables refer to."""

TEAM = "agile.team"
PRODUCT_GOAL = "agile.product_goal"
SPRINT = "agile.sprint"
EPIC = "agile.epic"
FEATURE = "agile.feature"
STORY = "agile.story"
BUG = "agile.bug"
TASK = "agile.task"
INCREMENT = "agile.increment"
IMPEDIMENT = "agile.impediment"
IMPROVEMENT = "agile.improvement"
PROGRAM_INCREMENT = "agile.program_increment"
PI_OBJECTIVE = "agile.pi_objective"

#: The item types that flow over a board.
WORK = (STORY, BUG)

SPLIT_FROM = "agile.split_from"

#: By item type.
SCOPE_AGREEMENT = {STORY: "agile.scope_agreement", BUG: "agile.bug_scope_agreement"}
ACCEPTANCE = {STORY: "agile.acceptance", BUG: "agile.bug_acceptance"}
TRANSFER = {STORY: "agile.transfer", BUG: "agile.bug_transfer"}
FEATURE_ACCEPTANCE = "agile.feature_acceptance"
CONFIDENCE = "agile.confidence"
WORKING_AGREEMENT = "agile.working_agreement"
