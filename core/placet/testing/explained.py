"""Explanations of transitions, for tests."""

from __future__ import annotations

from dataclasses import dataclass

from placet.definitions.verdicts import Blocker, GateMode


@dataclass(frozen=True, slots=True)
class Explained:
    """The blockers of one transition, in the parts that tests compare."""

    blockers: tuple[Blocker, ...]

    @property
    def allowed(self) -> bool:
        """Whether no enforced gate blocks it."""
        return all(blocker.mode is not GateMode.ENFORCE for blocker in self.blockers)

    @property
    def messages(self) -> list[str]:
        """The messages, in order."""
        return [blocker.message for blocker in self.blockers]

    @property
    def remedies(self) -> list[str]:
        """The remedies, in order."""
        return [blocker.remedy for blocker in self.blockers]

    @property
    def gates(self) -> list[str]:
        """The unmet gates, each once."""
        return list(dict.fromkeys(blocker.gate for blocker in self.blockers))

    @property
    def checks(self) -> list[str]:
        """The unmet checks, each once."""
        return list(dict.fromkeys(blocker.check for blocker in self.blockers))

    def __getitem__(self, check: str) -> Blocker:
        """The first blocker of a check."""
        return next(blocker for blocker in self.blockers if blocker.check == check)
