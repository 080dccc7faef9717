"""How many examples Hypothesis makes: few with all tests, and many times as many with `make soak`.

Where a trace function measures which lines are reached there are fewer still: the first examples reach them, and
whether what they say holds is for the others to show.
"""

from __future__ import annotations

import sys
from typing import Any

from hypothesis import HealthCheck, Phase, settings

#: Examples of a test that says nothing about them.
_USUAL = 100
#: How many times as many there are with the profile `soak`.
_SOAK = 50
#: Examples that are left, of a hundred, with the profile `traced`.
_TRACED = 20

# A busy machine is not a failure, and a test that fails shall fail for everybody who runs it; a soak looks elsewhere
# each time.
# Not `explain`: it traces each line, which takes time, and makes a thread of CPython 3.11 spin for ever where greenlets
# of ended threads are collected under a trace function.
_PHASES = [phase for phase in Phase if phase is not Phase.explain]
_COMMON: dict[str, Any] = {
    "deadline": None,
    "phases": _PHASES,
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("placet", derandomize=True, max_examples=_USUAL, **_COMMON)
settings.register_profile("traced", derandomize=True, max_examples=_TRACED, **_COMMON)
settings.register_profile("soak", print_blob=True, max_examples=_USUAL * _SOAK, **_COMMON)


def load() -> None:
    """Let the usual profile be in force, unless another is asked for on the command line."""
    settings.load_profile("placet" if sys.gettrace() is None else "traced")


def examples(number: int, *passing: HealthCheck, **more: Any) -> settings:
    """Settings for so many examples with all tests, and for as many times more as the profile in force has.

    `passing` are checks of Hypothesis that this test does without, besides those that all do without.
    """
    usual = settings()
    return settings(
        max_examples=max(1, number * usual.max_examples // _USUAL),
        suppress_health_check=[*usual.suppress_health_check, *passing],
        **more,
    )
