"""What stands in the way, in the parts that tests ask for."""

from __future__ import annotations

from dataclasses import dataclass

from placet.definitions.verdicts import Blocker, GateMode


@dataclass(frozen=True, slots=True)
class Explained:
    """What stands in the way of one transition, in the parts that tests ask for."""

    blockers: tuple[Blocker, ...]

    @property
    def allowed(self) -> bool:
        """Whether nothing enforced stands in the way."""
        return all(blocker.mode is not GateMode.ENFORCE for blocker in self.blockers)

    @property
    def messages(self) -> list[str]:
        """What is missing, in order."""
        return [blocker.message for blocker in self.blockers]

    @property
    def remedies(self) -> list[str]:
        """What to do, in order."""
        return [blocker.remedy for blocker in self.blockers]

    @property
    def gates(self) -> list[str]:
        """The gates that are not passed, each once."""
        return list(dict.fromkeys(blocker.gate for blocker in self.blockers))

    @property
    def checks(self) -> list[str]:
        """The checks that are not met, each once."""
        return list(dict.fromkeys(blocker.check for blocker in self.blockers))

    def __getitem__(self, check: str) -> Blocker:
        """The first blocker of a check."""
        return next(blocker for blocker in self.blockers if blocker.check == check)
