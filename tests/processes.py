"""Processes that tests start."""

from __future__ import annotations

import os


def environment(**settings: str) -> dict[str, str]:
    """The environment for a server that is killed, crowded or asked thousands of times.

    Without what makes coverage follow it: that makes a server three times slower, and shows nothing that the tests
    within the process do not. Without settings of whoever runs the tests, too.
    """
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "PLACET_"))
    }
    return inherited | settings
