"""Names for a plugin's demonstration, in the hook `placet_demo`."""

from placet.definitions.demonstration import Script, Shown, Stage
from placet.definitions.stage_engine import (
    AskedFor,
    Identified,
    Received,
    Rows,
    StageApprovals,
    StageConfirmations,
    StageEngine,
    StageEvidence,
    StageItem,
    StageItems,
    StageLink,
    StageNotifications,
    StagePeople,
    StageReports,
    StageWaivers,
    StageWorkspaces,
)

__all__ = [
    "Stage", "Script", "Shown",
    # The engine of a stage
    "StageItem", "StageLink", "Identified", "Received", "Rows", "AskedFor", "StageItems", "StageApprovals",
    "StageConfirmations", "StageWaivers", "StageEvidence", "StageWorkspaces", "StagePeople", "StageReports",
    "StageNotifications", "StageEngine",
]  # fmt: skip
