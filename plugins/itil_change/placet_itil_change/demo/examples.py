"""Examples for the OpenAPI document, with items of the demonstration: each of them works there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from placet_itil_change.demo.company import WORKSPACE, Company

#: Those that are the same in every demonstration.
_ALWAYS: dict[str, Any] = {
    "path.ws": WORKSPACE,
    "path.link_type": "itil.affects_ci",
    "path.type": "itil.change",
    "path.role": "itil.service_owner",
    "path.metric": "itil.change_success_rate",
    "path.approval": "itil.change_approval",
    "path.confirmation": "itil.change_review",
    "get_workflow.id": "itil.change",
    "link_items.link_type": "itil.implements",
    "issue_token.id": "me",
    "deactivate_actor.id": "nora",
    "erase_actor.id": "nora",
    "edit_item": {"title": "Upgrade the payment database to the next major version"},
    "comment_on_item": {"text": "The old ones end on Friday."},
    "ask_somebody": {"check": "itil.approval_quorum", "to": "lea", "comment": "Can you decide today?"},
    "set_item_role.role": "itil.change_implementer",
    "set_item_role": {"actors": ["ravi"]},
    "link_items": {},
    "decide_approval": {"decision": "approve", "comment": "The plan to go back is good."},
    "answer_confirmation": {
        "decision": "confirm",
        "comment": "So it was, and the check is in place now.",
    },
    "decide_waiver": {"grant": True, "comment": "The CAB looks at it."},
    "review_waiver": {"review": "It was right: nothing failed."},
    "erase_event_texts": {"reason": "It names a person who asked to be forgotten."},
    "transition_item": {"transition": "cancel_change", "comment": "The vendor has withdrawn the patch."},
    "attach_evidence": {
        "kind": "test_result",
        "name": "Run 4711",
        "url": "https://ci.example.org/runs/4711",
    },
    "set_notifications": {"muted": ["core.comment"], "zone": "Europe/Vienna", "digest_at": "08:00"},
    "create_workspace": {"key": "HELP", "name": "Help desk", "methods": ["itil"]},
    "change_workspace": {"name": "Payments", "gate_modes": {"itil.lead_time": "warn"}},
    "assign_role": {"actors": ["otto"]},
    "add_actor": {"id": "nora", "name": "Nora Lind", "email": "nora@example.org"},
    "change_actor": {"name": "Maya Lindqvist"},
    "deactivate_actor": {"comment": "She has left the company."},
    "erase_actor": {"comments": True},
    "issue_token": {"name": "laptop", "scopes": ["read"]},
}


def examples(company: Company, key: str) -> dict[str, Any]:
    """Bodies by operation, and parameters in paths. `key` is the change that a visitor sees first."""
    service = company.items["Payment gateway"]
    waits = company.engine.approvals.find(company.people["lea"], waiting_for="lea", limit=50).rows[0].item.key
    asked, granted = (_waiver(company, waits) for _ in range(2))
    company.engine.waivers.decide(
        company.people["carl"], waits, granted, grant=True, comment="The CAB looks at it."
    )
    comment = company.engine.items.comment(company.people["carl"], key, "Which minor version is it?")
    notified = company.engine.notifications.notify(comment)
    return {
        **_ALWAYS,
        **_ahead(company),
        "path.key": key,
        "path.target": service,
        "answer_confirmation.key": company.made["verbal"],
        "take_back_confirmation.key": company.made["verbal"],
        "decide_approval.key": waits,
        "decide_waiver.key": waits,
        "decide_waiver.waiver": asked,
        "review_waiver.key": waits,
        "review_waiver.waiver": granted,
        "link_items.target": _request(company),
        "erase_event_texts.event": comment.id,
        "create_item": {
            "workspace": WORKSPACE,
            "type": "itil.change",
            "title": "Renew the certificates of the payment gateway",
            "fields": {"type": "normal", "reason": "maintenance", "cis": [service]},
        },
        "read_notifications": {"until": next(each.id for each in notified if each.actor == "maya")},
        "transition_items": {
            "requests": [{"key": key, "transition": "authorize_change"}],
            "atomic": False,
        },
    }


def _ahead(company: Company) -> dict[str, Any]:
    """Those with moments, which lie ahead of the day of the demonstration."""
    soon, later, ends = (
        (company.today + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (70, 71, 14)
    )
    return {
        "ask_waiver": {
            "gate": "itil.tested",
            "reason": "The vendor has no system to test on.",
            "expires_at": ends,
        },
        "declare_windows": {
            "title": "Quarter end",
            "kind": "freeze",
            "start": soon,
            "end": later,
            "type": "itil.change_window",
        },
        "delegate": {"from_actor": "carl", "to_actor": "lea", "starts_at": soon, "ends_at": later},
    }


def _waiver(company: Company, key: str) -> str:
    """The id of a waiver of tests, asked for by the one who raises changes."""
    asked = company.engine.waivers.ask(
        company.people["maya"], key, gate="itil.tested", reason="The vendor has no system to test on.",
        expires_at=company.today + timedelta(days=14),
    )  # fmt: skip
    return str(asked.id)


def _request(company: Company) -> str:
    """The key of a service request."""
    sam = company.people["sam"]
    query = company.engine.reports.item_query(sam, workspace=WORKSPACE, type="itil.service_request", limit=1)
    return str(company.engine.reports.items(sam, query).rows[0].key)
