"""What a plugin makes its demonstration with, for the hook `placet_demo`."""

from placet.definitions.demonstration import Script, Shown, Stage

__all__ = ["Stage", "Script", "Shown"]
