"""Conditions: the values that they read, and as what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from placet import PlacetError
from placet.testing import Desk

from .hire import RULES, registry_of

FIELDS: dict[str, Any] = {
    "days": 3, "price": "99.50", "size": "large", "due": "2026-06-30", "starts": "2026-06-02T09:00:00Z",
    "lasts": "PT36H", "insured": True, "parts": ["drill", "case"], "contract": "C-1",
}  # fmt: skip
TRUE = [
    "fields.days + 1 == 4",
    "fields.price > 99.0 && fields.price < 100.0",
    'fields.size in ["small", "large"]',
    'fields.due > "2026-06-29" && fields.due > today',
    'fields.starts - now > duration("23h") && fields.starts > timestamp("2026-06-02T00:00:00Z")',
    'fields.lasts == duration("36h")',
    "fields.insured",
    'fields.parts.exists(part, part == "case") && size(fields.parts) == 2',
    'fields.contract.matches("^[A-Z]-[0-9]$")',
    'fields.contract != "fields.nothing"',
    "given.days && !given.note",
    "settings.longest == 14",
    'item.title == "Drill" && item.state == "wanted" && item.created_by == "clerk" && item.created_at <= now',
    'transition == "lend" && actor == "clerk" && comment == ""',
    "fields.days == 3 || fields.note == 'x'",
]


#: A setting of each type whose values are written as texts, and a condition that is true for it.
SETTINGS = [
    ("duration", "PT4H", 'settings.extra == duration("4h")'),
    ("moment", '"2026-06-02T09:00:00Z"', 'settings.extra == timestamp("2026-06-02T09:00:00Z")'),
    ("decimal", '"99.5"', "settings.extra == 99.5"),
    ("integer", '"5"', "settings.extra == 5"),
    ("date", "2026-06-30", 'settings.extra == "2026-06-30"'),
]


def messages(folder: Path, *conditions: str, extra: str = "", **fields: Any) -> dict[str, str]:
    """The messages of the conditions that do not hold for a tool, by condition; with an extra setting."""
    start, end = RULES.index("          - id: shop.short"), RULES.index("    approvals:")
    checks = [
        f"          - {{id: shop.c{n}, title: It holds, requires: {json.dumps(each)}, message: no, remedy: mend it}}\n"
        for n, each in enumerate(conditions)
    ]
    rules = RULES[:start] + "".join(checks) + RULES[end:]
    rules = rules.replace("settings:\n", f"settings:\n{extra}")
    with Desk(folder, registry=registry_of(folder, rules)) as desk:
        desk.at("2026-06-01T09:00:00Z")
        tool = desk.create("hire.tool", "Drill", **{**FIELDS, **fields})
        blockers = desk.explain(tool, "lend", actor="clerk").blockers
    return {
        conditions[int(each.check.removeprefix("shop.c"))]: each.message
        for each in blockers
        if each.gate == "shop.terms"
    }


class TestACondition:
    def test_reads_fields_settings_the_item_and_the_moment(self, tmp_path: Path) -> None:
        assert messages(tmp_path, *TRUE) == {}

    @pytest.mark.parametrize(("type", "default", "condition"), SETTINGS, ids=[each[0] for each in SETTINGS])
    def test_reads_the_default_of_a_setting_as_its_type(
        self, tmp_path: Path, type: str, default: str, condition: str
    ) -> None:
        extra = f"  extra: {{type: {type}, default: {default}}}\n"

        assert messages(tmp_path, condition, extra=extra) == {}

    def test_blocks_while_it_is_false(self, tmp_path: Path) -> None:
        false = [f"!({condition})" for condition in TRUE]

        assert messages(tmp_path, *false) == dict.fromkeys(false, "no")

    def test_needs_only_the_fields_that_decide_it(self, tmp_path: Path) -> None:
        """An empty field beside one that decides alone stands in nobody's way."""
        found = messages(
            tmp_path, "fields.days == 3 || fields.insured", "fields.days == 4 || fields.insured", insured=None
        )

        assert found == {"fields.days == 4 || fields.insured": "missing: insured"}

    def test_that_fails_is_unknown_and_blocks(self, tmp_path: Path) -> None:
        (said,) = messages(tmp_path, "10 / (fields.days - 3) > 1").values()

        assert said.startswith("check failed to run: the expression '10 / (fields.days - 3) > 1' failed: ")
        assert "divide by zero" in said

    def test_that_fails_beside_an_empty_field_is_unknown_too(self, tmp_path: Path) -> None:
        """The field is not asked for, as it would change nothing."""
        (said,) = messages(tmp_path, "10 / (fields.days - 3) > 1 && fields.insured", insured=None).values()

        assert said.startswith("check failed to run: ")
        assert "divide by zero" in said

    def test_asks_for_empty_fields_in_the_order_of_its_text(self, tmp_path: Path) -> None:
        (said,) = messages(
            tmp_path, 'fields.size == "large" && fields.days == 3', size=None, days=None
        ).values()

        assert said == "missing: size, days"

    @pytest.mark.parametrize(
        "condition",
        [
            'fields.parts.exists(item, item.startsWith("dr"))',
            "fields.parts.all(fields, size(fields) > 1)",
            'fields.parts.exists(today, today == "case")',
            "fields .days == 3",
            ".fields.days == 3",
            "fields.`days` == 3",
            "fields . days == 3 && given\n.days && settings. longest == 14",
        ],
    )
    def test_reads_the_names_that_the_language_finds_in_it(self, tmp_path: Path, condition: str) -> None:
        """A variable may be called like a room, and blanks or points around a name are part of none."""
        assert messages(tmp_path, condition) == {}
        (tmp_path / "not").mkdir()
        assert messages(tmp_path / "not", f"!({condition})") == {f"!({condition})": "no"}

    def test_does_not_compare_a_decimal_that_would_be_rounded(self, tmp_path: Path) -> None:
        """It would be met by a price above its limit."""
        (said,) = messages(
            tmp_path, "fields.price <= 9007199254740992.0", price="9007199254740992.5"
        ).values()

        assert said.startswith("check failed to run: the decimal 9007199254740992.5 has more digits")

    def test_compares_a_decimal_of_fifteen_digits(self, tmp_path: Path) -> None:
        (said,) = messages(tmp_path, "fields.price <= 9999999999999.98", price="9999999999999.99").values()

        assert said == "no"

    @pytest.mark.parametrize("call", ['open("/etc/passwd") == ""', "item.__class__ == 1", "ctx.item == 1"])
    def test_calls_nothing_but_the_language(self, tmp_path: Path, call: str) -> None:
        with pytest.raises(PlacetError, match=r'the expression .* cannot be used: "\S+" is not a '):
            messages(tmp_path, call)
