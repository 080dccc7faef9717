"""Names for a plugin's demonstration, in the hook `placet_demo`."""

from placet.definitions.demonstration import Script, Shown, Stage

__all__ = ["Stage", "Script", "Shown"]
