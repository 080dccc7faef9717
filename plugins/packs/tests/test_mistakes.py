"""Mistakes in a pack are reported with the file, the line, and the nearest name that exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from placet.errors import DefinitionError
from placet.testing import Rules

from .hire import RULES, line_of, pack_of, registry_of

BOTH = Rules(("hire", "shop"))
#: A text of the rules, the mistake in its place, and what is said about it.
READ = [
    (
        "title: The shop's own rules",
        "titel: The shop's own rules",
        'there is no member "titel"; did you mean "title"?',
    ),
    ("title: The shop's own rules\n", "", "title: it is required and missing"),
    ("title: Owner", "title: ''", "roles.0.title: it is too short: write at least 1 character"),
    ("before: [lend]", "before: lend", "item_types.hire.tool.gates.0.before: it has to be a list"),
    ("type: integer", "type: whole", "settings.longest.type: it has to be 'line', 'text', 'integer'"),
    ("time: {hours: 4}", "time: {hours: four}", "timers.0.time.hours: it has to be a number"),
    (
        "requires: [hire]",
        "description: ours",
        "it names no method whose rules it changes: write `requires: [METHOD]`",
    ),
    ("id: shop\n", "id: shop\nid: shop\n", '"id" is there twice: leave one of the two out'),
    ("    title: Owner", "\ttitle: Owner", "it is not YAML, found character '\\t'"),
    ("because: the shop is yours", "because: !!python/none x", "is unknown here: leave it out"),
    (
        "roles:\n  - id: shop.owner",
        "roles:\n  - id: &id shop.owner\n    decides: *id",
        "it uses an alias: write the value out",
    ),
]
COMPOSED = [
    ("      reason:", "      the reason:", '"the reason" is not a name of a field', "the reason:"),
    ("hire.tool:", "hire.tol:", 'there is no item type "hire.tol"; did you mean "hire.tool"?', "hire.tol:"),
    (
        "before: [lend]",
        "before: [lendd]",
        'there is no transition of hire.tool "lendd"; did you mean "lend"?',
        "id: shop.terms",
    ),
    (
        "frozen_in: [lent]",
        "frozen_in: [lnt]",
        'there is no state of hire.tool "lnt"; did you mean "lent"?',
        "contract:",
    ),
    (
        "lend: [contract]",
        "lend: [contrct]",
        'there is no field of hire.tool "contrct"; did you mean "contract"?',
        "lend: [contrct]",
    ),
    ("type: choice\n", "type: line\n", "`choices` belong to the type choice", "reason:"),
    ("        choices: [repair, garden]\n", "", "a choice lists its values in `choices`", "reason:"),
    (
        "who: [hire.clerk]",
        "who: [hire.clrk]",
        '"hire.clrk" is not a role; did you mean "hire.clerk"?',
        "id: shop.short",
    ),
    (
        "id: shop.short",
        "id: hire.short",
        'the check "hire.short" is added by shop: let its id start with "shop."',
        "id: shop.terms",
    ),
    (
        "fields.days <=",
        "fields.dais <=",
        '"dais" is not a field; did you mean "days"?',
        "id: shop.short",
    ),
    (
        "settings.longest",
        "settings.longst",
        '"longst" is not a setting of the pack; did you mean "longest"?',
        "id: shop.short",
    ),
    (
        "fields.days <=",
        "given.dais && 1 <=",
        '"dais" is not a field; did you mean "days"?',
        "id: shop.short",
    ),
    (
        "fields.days <=",
        "item.stat == 'lent' && 1 <=",
        '"stat" is not a figure of the item; did you mean "state"?',
        "id: shop.short",
    ),
    (
        "fields.days <=",
        "fields.places.size() <=",
        'conditions cannot read the field "places", and only whether it is filled in: given.places',
        "id: shop.short",
    ),
    (
        "fields.days <=",
        "felds.days <=",
        '"felds" is not a name that conditions can read; did you mean "fields"',
        "id: shop.short",
    ),
    (
        "requires: fields.days <= settings.longest",
        'requires: fields.days <= "long"',
        '"<=" does not take integer and text',
        "id: shop.short",
    ),
    (
        "requires: fields.days <= settings.longest",
        "requires: fields.price <= 100",
        '"<=" does not take decimal and integer: write a number beside a decimal with a point, as in 1000.0',
        "id: shop.short",
    ),
    (
        "requires: fields.days <= settings.longest",
        "requires: fields.days",
        "the expression 'fields.days' gives the type integer: write a condition, which is true or false",
        "id: shop.short",
    ),
    (
        "requires: fields.days <= settings.longest",
        "requires: fields.days <=",
        "Syntax error",
        "id: shop.short",
    ),
    (
        "{days:count day}",
        "{day:count day}",
        'names "day", which the expression does not read; did you mean "days"',
        "id: shop.short",
    ),
    ("{longest} are", "{longest are", "has a brace too many", "id: shop.short"),
    (
        "time: {hours: 4}",
        "until: due\n        time: {hours: 4}",
        "has a `time` or is `until` a field: write one of",
        "id: shop.consent_due",
    ),
    (
        "by: [shop.owner]",
        "by: [shop.owner]\n        quorum: {}",
        "a quorum is any, all, {n: 2} or {percent: 60}",
        "id: shop.consent",
    ),
]
LINTED = [
    ("by: [shop.owner]", "by: [shop.ownr]", 'there is no role "shop.ownr"', "id: shop.consent"),
    ("starts: [ask]", "starts: [aks]", 'there is no transition "aks" in hire.tool', "id: shop.consent_due"),
    ("material_fields: [price]", "material_fields: [prise]", 'there is no field "prise"', "id: shop.consent"),
    (
        'acts: ["transition:ask"]',
        'acts: ["transition:aks"]',
        'there is no transition "aks"',
        "id: shop.apart",
    ),
]


class TestTheFormOfTheFile:
    @pytest.mark.parametrize(("text", "mistake", "said"), READ, ids=[each[1][:30] for each in READ])
    def test_is_refused_with_its_line(self, tmp_path: Path, text: str, mistake: str, said: str) -> None:
        assert text in RULES

        with pytest.raises(DefinitionError) as refused:
            pack_of(tmp_path, RULES.replace(text, mistake, 1))

        assert said in str(refused.value)
        file, _, line = refused.value.place.rpartition(":")
        assert file == str(tmp_path / "rules.yaml")
        assert str(refused.value).startswith(f"{file}:{line}: ")

    def test_is_reported_as_a_whole(self, tmp_path: Path) -> None:
        """Who mends one fault does not meet the next."""
        rules = RULES.replace("title: Owner", "titel: Owner").replace(
            "default: 14", "default: 14\n    deflt: 1"
        )

        with pytest.raises(DefinitionError) as refused:
            pack_of(tmp_path, rules)

        assert str(refused.value).count(f"{tmp_path / 'rules.yaml'}:") == 3

    def test_that_cannot_be_read_is_refused(self, tmp_path: Path) -> None:
        from placet_packs import Pack

        with pytest.raises(DefinitionError, match=r"missing\.yaml cannot be read"):
            Pack(tmp_path / "missing.yaml")


class TestTheRules:
    @pytest.mark.parametrize(
        ("text", "mistake", "said", "part"), COMPOSED, ids=[each[1][:40] for each in COMPOSED]
    )
    def test_are_refused_at_the_line_of_their_part(
        self, tmp_path: Path, text: str, mistake: str, said: str, part: str
    ) -> None:
        assert text in RULES
        rules = RULES.replace(text, mistake, 1)

        with pytest.raises(DefinitionError) as refused:
            registry_of(tmp_path, rules).catalog(BOTH)

        assert said in str(refused.value)
        file, _, line = refused.value.place.rpartition(":")
        assert (file, int(line)) == (str(tmp_path / "rules.yaml"), line_of(part, rules))

    def test_do_not_read_a_field_and_a_setting_of_one_name_together(self, tmp_path: Path) -> None:
        """A message would show the figure of one of them as that of the other."""
        rules = RULES.replace("longest", "days")

        with pytest.raises(DefinitionError) as refused:
            registry_of(tmp_path, rules).catalog(BOTH)

        assert "reads fields.days and settings.days, which messages call the same: rename the setting" in str(
            refused.value
        )
        file, _, line = refused.value.place.rpartition(":")
        assert (file, int(line)) == (str(tmp_path / "rules.yaml"), line_of("id: shop.short", rules))

    def test_are_all_reported(self, tmp_path: Path) -> None:
        rules = RULES.replace("before: [lend]", "before: [lendd]").replace(
            "lend: [contract]", "lend: [contrct]"
        )

        with pytest.raises(DefinitionError) as refused:
            registry_of(tmp_path, rules).catalog(BOTH)

        assert 'transition of hire.tool "lendd"' in str(refused.value)
        assert 'field of hire.tool "contrct"' in str(refused.value)

    @pytest.mark.parametrize(("text", "mistake", "said", "part"), LINTED, ids=[each[1] for each in LINTED])
    def test_are_linted_like_those_of_any_plugin(
        self, tmp_path: Path, text: str, mistake: str, said: str, part: str
    ) -> None:
        rules = RULES.replace(text, mistake, 1)

        _, findings = registry_of(tmp_path, rules).linted(BOTH)

        (found,) = (each for each in findings if said in each.message)
        assert found.severity == "error"
        assert found.place == f"{tmp_path / 'rules.yaml'}:{line_of(part, rules)}"

    def test_have_defaults_that_fit(self, tmp_path: Path) -> None:
        rules = RULES.replace("default: 14", "default: long")

        (shop,) = (each for each in registry_of(tmp_path, rules).plugins if each.status == "failed")

        assert (
            "the default 'long' of the setting longest does not fit: it has to be a whole number"
            in shop.error
        )
        assert shop.place == f"{tmp_path / 'rules.yaml'}:{line_of('longest:', rules)}"
