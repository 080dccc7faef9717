"""The acceptance scenarios of what joins governance with ITIL, through HTTP, with their figures."""

from __future__ import annotations

import pytest
from processes import mother

from .conftest import Organization
from .test_itil_change import emergency, item, scheduled

METHODS = ["itil", "governance", "integration"]


@pytest.fixture(scope="module")
def composed() -> None:
    """The rules of the methods, for all servers."""
    mother().compose(*METHODS)


@pytest.fixture
def joined(composed: None, organization: Organization) -> Organization:
    """The organization under both methods and what joins them."""
    organization.admin.send("PATCH", "/workspaces/OPS", {"methods": METHODS})
    organization.assign("governance.communication_owner", "otto")
    return organization


def outage(organization: Organization) -> str:
    """A change on Thursday at ten with an outage of an hour, on the schedule."""
    ci = item(organization, "portal")
    return scheduled(organization, ci, "2026-11-26T10:00:00Z", "2026-11-26T12:00:00Z", planned_outage_min=60)


def inform(organization: Organization, change: str, at: str) -> None:
    """Let the service owner send a notice of a change to its users."""
    organization.clock(at)
    message = organization.otto.create(
        "governance.communication", "Outage of the portal", audience=["users of the portal"], channel="mail",
        message="The portal is away for an hour on Thursday from ten.", due_at=at,
    )  # fmt: skip
    organization.otto.link(message, "governance.informs", change)
    organization.otto.move(message, "send")


class TestX06OutageNotice:
    def test_of_one_business_day_is_too_late(self, joined: Organization) -> None:
        """Sent on Wednesday at ten for Thursday at ten, where two business days are wanted."""
        key = outage(joined)
        inform(joined, key, "2026-11-25T10:00:00Z")
        joined.clock("2026-11-26T10:00:00Z")

        blocker = joined.ravi.refused(key, "start_implementation")["integration.notice_given"]

        assert blocker["message"] == (
            "an outage of 60 min is planned, and its users were notified on Wednesday 25 November 10:00;"
            " the required notice is 2 business days"
        )
        assert blocker["remedy"] == "plan the start for Friday 27 November 10:00 or later"

    def test_of_two_business_days_lets_it_begin(self, joined: Organization) -> None:
        key = outage(joined)
        inform(joined, key, "2026-11-24T10:00:00Z")
        joined.clock("2026-11-26T10:00:00Z")

        assert joined.ravi.move(key, "start_implementation")["state"] == "implement"

    def test_of_an_emergency_has_to_be_sent_and_no_more(self, joined: Organization) -> None:
        """A business day is enough where there was no time for two."""
        times = {"planned_start": "2026-11-26T10:00:00Z", "planned_end": "2026-11-26T12:00:00Z"}
        key = emergency(joined, item(joined, "portal"), planned_outage_min=60, **times)
        inform(joined, key, "2026-11-25T10:00:00Z")
        joined.clock("2026-11-25T11:00:00Z")
        joined.maya.move(key, "expedite")
        for person in ("dora", "ed"):
            getattr(joined, person).vote(key, "itil.ecab_approval")
        joined.dora.move(key, "authorize_emergency")
        joined.clock("2026-11-26T10:00:00Z")

        assert joined.ravi.move(key, "start_implementation")["state"] == "implement"


class TestTheCommunicationPlan:
    def test_sends_what_is_activated_when_the_change_is_authorized(self, joined: Organization) -> None:
        """Nobody has to write the notice of X06 by hand then."""
        settings = {"integration": {"communications": {"planned_outage": "status_page"}}}
        joined.admin.send("PATCH", "/workspaces/OPS", {"settings": settings})
        key = outage(joined)

        (link,) = [
            each
            for each in joined.otto.get(f"/items/{key}/links")["links"]
            if each["link_type"] == "governance.informs"
        ]
        message = joined.otto.get(f"/items/{link['key']}")

        assert (message["fields"]["channel"], message["fields"]["sent_at"]) == (
            "status_page", "2026-11-16T09:00:00Z",
        )  # fmt: skip
        joined.clock("2026-11-26T10:00:00Z")
        assert joined.ravi.move(key, "start_implementation")["state"] == "implement"

    def test_has_no_other_rows(self, joined: Organization) -> None:
        settings = {"integration": {"communications": {"weather": "mail"}}}

        problem = joined.admin.send("PATCH", "/workspaces/OPS", {"settings": settings}, expect=422)

        assert problem["errors"][0]["pointer"].startswith("/settings/integration/communications")
