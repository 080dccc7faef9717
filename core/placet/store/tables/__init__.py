"""The tables by subject; every other module imports them from here.

The workspace comes first in every key, so that the tables can be partitioned or sharded as they are. Decisions are
taken on `items`; the tables after it serve searches, and follow from it in the same transaction.
"""

from __future__ import annotations

from placet.store.tables.administration import (
    actors,
    delegations,
    installation,
    invitations,
    proposals,
    tokens,
    workspaces,
)
from placet.store.tables.background import deliveries, subscribers, webhooks, workers
from placet.store.tables.columns import NO_MOMENT, Moment, metadata
from placet.store.tables.consistency import families, guards
from placet.store.tables.log import (
    definition_uses,
    definitions,
    event_texts,
    events,
    idempotency_keys,
    positions,
    unsealed,
)
from placet.store.tables.notifications import notifications, preferences, sendings
from placet.store.tables.work_items import (
    counters,
    dues,
    evidence,
    item_roles,
    item_spans,
    item_states,
    item_values,
    items,
    job_runs,
    links,
    pending_approvals,
    pending_asks,
    pending_confirmations,
    progress,
    timers,
)

__all__ = [
    "NO_MOMENT", "Moment", "actors", "counters", "definition_uses", "definitions", "delegations", "deliveries", "dues",
    "event_texts", "events", "evidence", "families", "guards", "idempotency_keys", "installation",
    "invitations", "item_roles", "item_spans", "item_states", "item_values", "items", "job_runs", "links", "metadata",
    "notifications", "pending_approvals", "pending_asks", "pending_confirmations", "positions", "preferences",
    "progress", "proposals", "sendings", "subscribers", "timers", "tokens", "unsealed", "webhooks", "workers",
    "workspaces",
]  # fmt: skip
