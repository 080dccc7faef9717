"""What service request management is measured by.

Source: ITIL 4, practice Service request management.
"""

from __future__ import annotations

from placet import Clock, Did, Items, Metric, Share
from placet_itil_change.ids import SERVICE_REQUEST
from placet_itil_change.requests.timers import REQUEST_TARGET

METRICS = (
    Metric(
        "itil.request_on_time",
        "Requests on time",
        "%",
        "100 * requests fulfilled within the time that the catalogue promises / requests fulfilled",
        Share(
            Items(SERVICE_REQUEST, Did("fulfil"), Clock(REQUEST_TARGET.id, "met", "breached")),
            Clock(REQUEST_TARGET.id, "met"),
        ),
    ),
)
