"""The demonstration organization: a payment service with two months of changes and one of its service desk.

Where governance is installed with the bridges to it, the organization is governed too: objectives, benefits, risks and
people's time, and a register of the decisions on its changes.
"""

from __future__ import annotations

from placet.demo import Script, Shown, Stage
from placet_itil_change.demo import changes, governance, standard, support
from placet_itil_change.demo.company import Company
from placet_itil_change.demo.examples import examples


def perform(stage: Stage) -> Script:
    """Make the organization, and play what happened in it."""
    company = Company(stage)
    stories = [*changes.stories(company), *standard.stories(company), *support.stories(company)]
    company.play([*stories, *(governance.stories(company) if company.governed else ())])
    key = company.made["Upgrade the payment database to the next version"]
    return Script(
        welcome="The demonstration organization runs a payment service. Be one of its people:",
        people=(
            Shown("carl", "Carl Novak", "is the change manager"),
            Shown("maya", "Maya Lindqvist", "raises changes"),
            Shown("sam", "Sam Whitfield", "sits at the service desk"),
            Shown("lea", "Lea Moreau", "authorizes changes of medium risk"),
        ),
        key=key,
        transition="authorize_change",
        examples=examples(company, key),
    )
