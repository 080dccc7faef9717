"""The metrics of service request management.

Source: ITIL 4, practice Service request management.
"""

from __future__ import annotations

from placet import Metric, metrics
from placet_itil_change.ids import SERVICE_REQUEST
from placet_itil_change.requests.timers import REQUEST_TARGET

METRICS = (
    Metric(
        "itil.request_on_time",
        "Requests on time",
        "%",
        "100 * requests fulfilled within the time that the catalog promises / requests fulfilled",
        metrics.Share(
            metrics.Items(
                SERVICE_REQUEST, metrics.Did("fulfil"), metrics.TimerIs(REQUEST_TARGET.id, "met", "breached")
            ),
            metrics.TimerIs(REQUEST_TARGET.id, "met"),
        ),
    ),
)
