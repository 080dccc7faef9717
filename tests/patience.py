"""How long tests wait for what is to come, before they say that it hangs.

A guard against waiting for ever, and no measure of anything: a machine that others need at the same time makes
everything longer, and nothing wrong. So there is one such limit for all, longer than anything takes on the slowest
machine. Who waits for something that is *not* to come, or for a limit of the product, names their own seconds.
"""

from __future__ import annotations

#: Seconds; less than pytest gives a whole test (`timeout` in pyproject.toml), so that what hangs is named.
PATIENCE = 600.0
