"""The demonstration organisation: a payment service with two months of changes and one of its service desk."""

from __future__ import annotations

from placet.demo import Script, Shown, Stage
from placet_itil_change.demo import changes, support
from placet_itil_change.demo.company import Company
from placet_itil_change.demo.examples import examples


def perform(stage: Stage) -> Script:
    """Make the organisation, and play what happened in it."""
    company = Company(stage)
    company.play([*changes.stories(company), *support.stories(company)])
    key = company.made["Upgrade the payment database to the next version"]
    return Script(
        welcome="The demonstration organisation runs a payment service. Be one of its people:",
        people=(
            Shown("carl", "Carl Novak", "change manager"),
            Shown("maya", "Maya Lindqvist", "raises changes"),
            Shown("sam", "Sam Whitfield", "sits at the service desk"),
            Shown("lea", "Lea Moreau", "authorizes changes of medium risk"),
        ),
        key=key,
        transition="authorize_change",
        examples=examples(company, key),
    )
