"""Examples for the OpenAPI document, in the words of the demonstration: each of them works there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from placet_itil_change.demo.company import WORKSPACE, Company


def examples(company: Company, key: str) -> dict[str, Any]:
    """Bodies by operation, and what stands in paths. `key` is the change that a visitor looks at first."""
    soon, later = ((company.today + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (70, 71))
    service = company.items["Payment gateway"]
    return {
        "path.key": key,
        "path.ws": WORKSPACE,
        "path.link_type": "itil.affects_ci",
        "path.target": service,
        "path.type": "itil.change",
        "path.role": "itil.service_owner",
        "path.metric": "itil.change_success_rate",
        "path.approval": "itil.change_approval",
        "get_workflow.id": "itil.change",
        "issue_token.id": "me",
        "create_item": {
            "workspace": WORKSPACE,
            "type": "itil.change",
            "title": "Renew the certificates of the payment gateway",
            "fields": {"type": "normal", "reason": "maintenance", "cis": [service]},
        },
        "edit_item": {"title": "Upgrade the payment database to the next major version"},
        "comment_on_item": {"text": "The old ones end on Friday."},
        "ask_somebody": {"check": "itil.approval_quorum", "to": "lea", "comment": "Can you decide today?"},
        "set_item_role": {"actors": ["otto"]},
        "transition_item": {"transition": "cancel_change", "comment": "The vendor has withdrawn the patch."},
        "transition_items": {
            "requests": [{"key": key, "transition": "authorize_change"}],
            "atomic": False,
        },
        "attach_evidence": {
            "kind": "test_result",
            "name": "Run 4711",
            "url": "https://ci.example.org/runs/4711",
        },
        "declare_windows": {
            "title": "Quarter end",
            "kind": "freeze",
            "start": soon,
            "end": later,
            "type": "itil.change_window",
        },
        "set_notifications": {"muted": ["core.comment"], "zone": "Europe/Vienna", "digest_at": "08:00"},
        "create_workspace": {"key": "OPS", "name": "Operations", "methods": ["itil"]},
        "change_workspace": {"name": "Payments", "gate_modes": {"itil.lead_time": "warn"}},
        "assign_role": {"actors": ["otto"]},
        "add_actor": {"id": "nora", "name": "Nora Lind", "email": "nora@example.org"},
        "issue_token": {"name": "laptop", "scopes": ["read"]},
        "delegate": {"from_actor": "carl", "to_actor": "lea", "starts_at": soon, "ends_at": later},
    }
