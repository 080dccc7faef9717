"""Notification rules in a catalog: part of the definition, and refused where they name what is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from linting import lint

from placet import ItemType, Method, NotificationRule, Timer, elapsed
from placet.catalog.catalog import Catalog

Compose = Callable[..., Catalog]

LOAN = "library.loan"
READER = "library.reader"
REMINDER = Timer("library.reminder", "Reminder", starts=("lend",), stops=("return",), target=elapsed(days=14))


def rule(**parts: Any) -> NotificationRule:
    """A notification rule about loans, with parts changed."""
    table: dict[str, Any] = {
        "id": "library.lent",
        "title": "A book was lent",
        "item_type": LOAN,
        "on": ["transition:lend"],
        "to": [READER],
        "because": "you read",
    }
    return NotificationRule(**table | parts)


def found(composed: Compose, *rules: NotificationRule, **loan: Any) -> list[str]:
    catalog = composed(library_parts={"notification_rules": rules}, **loan)
    return [f"{finding.severity} {finding.code}: {finding}" for finding in lint(catalog)]


class TestReferences:
    def test_everything_that_can_happen_and_everybody_can_be_named(self, composed: Compose) -> None:
        """Acts and people are written in the words of duties, states and timers."""
        everything = rule(
            on=["create", "transition:lend", "state:returned", "vote:library.consent", "named:courier",
                "timer:library.reminder"],
            to=[READER, "create", "transition:lend", "vote:library.consent", "named:courier", "roles:book"],
        )  # fmt: skip

        assert found(composed, everything, timers=[REMINDER]) == []

    @pytest.mark.parametrize(
        ("parts", "expected"),
        [
            ({"item_type": "library.lona"}, 'unknown-item-type: library.lent: there is no item type "library.lona"'),
            ({"to": ["library.raeder"]}, 'unknown-role: library.lent: there is no role "library.raeder"'),
            ({"on": ["transition:lned"]}, 'unknown-transition: library.lent: there is no transition "lned" in'),
            ({"on": ["state:lost"]}, 'unknown-state: library.lent: there is no state "lost" in library.loan'),
            ({"on": ["timer:library.remind"]}, 'unknown-timer: library.lent: there is no timer "library.remind" in'),
            ({"on": ["named:curier"]}, 'unknown-field: library.lent: there is no field "curier" in library.loan'),
            ({"to": ["vote:library.yes"]}, 'unknown-approval: library.lent: there is no approval "library.yes" in'),
            ({"on": ["rain"]}, 'unknown-act: library.lent: there is no act "rain": write create, transition:NAME'),
            ({"to": ["roles:bok"]}, 'unknown-field: library.lent: there is no field "bok" in library.loan'),
            ({"to": ["named:book"]}, "notifies-no-actor: library.lent: it notifies the actor in library.loan.book"),
            ({"on": []}, "empty-notification-rule: library.lent: it notifies nobody of anything, as `on` is empty"),
            ({"to": []}, "empty-notification-rule: library.lent: it notifies nobody of anything, as `to` is empty"),
        ],
    )  # fmt: skip
    def test_what_is_not_there_is_refused_with_what_looks_alike(
        self, composed: Compose, parts: dict[str, Any], expected: str
    ) -> None:
        """A misspelt name would notify nobody."""
        [finding] = found(composed, rule(**parts), timers=[REMINDER])

        assert finding.startswith(f"error {expected}")

    def test_one_is_its_methods_own(self, composed: Compose) -> None:
        """Its id begins with the method's, and stands for one notification rule."""
        assert found(composed, rule(id="town.lent"), rule(), rule()) == [
            (
                "error id-defined-twice: library.lent: library defines the notification rule twice: give one of them "
                "another id"
            ),
            (
                "error foreign-id: town.lent: the notification rule is defined by library: let its id start with "
                '"library."'
            ),
        ]

    def test_the_name_of_placets_own_is_reserved(self, composed: Compose) -> None:
        """`core.comment` is a notification rule of Placet: no method is called core."""
        catalog = composed(Method("core", "Core"))

        assert "reserved-name" in [finding.code for finding in lint(catalog)]


class TestDefinition:
    def test_who_is_notified_is_part_of_the_rules(
        self, composed: Compose, loan: Callable[..., ItemType]
    ) -> None:
        """The document says who was notified of what, and another notification rule makes another hash."""
        plain, notifying = composed(), composed(library_parts={"notification_rules": [rule()]})

        assert plain.definition(LOAN).document["notification_rules"] == []
        assert notifying.definition(LOAN).document["notification_rules"] == [{
            "id": "library.lent", "title": "A book was lent", "source": "library", "on": ["transition:lend"],
            "to": [READER], "because": "you read",
        }]  # fmt: skip
        assert plain.definition(LOAN).hash != notifying.definition(LOAN).hash

    def test_a_method_can_notify_of_items_of_one_that_it_extends(self, composed: Compose) -> None:
        """An organization's own method adds notification rules to what others defined."""
        town = Method(
            "town",
            "Town",
            requires=["library"],
            notification_rules=[rule(id="town.lent", because="you asked")],
        )

        catalog = composed(town)

        assert lint(catalog) == ()
        assert [n["id"] for n in catalog.definition(LOAN).document["notification_rules"]] == ["town.lent"]
