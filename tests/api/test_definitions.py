from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from shop import REPAIR, RepairFields

Shop = Any


class TestMethods:
    def test_show_those_that_failed_with_the_reason(self, shop: Shop) -> None:
        """The installed methods, and those that run."""
        methods = {each["name"]: each for each in shop.ben.get("/methods").json()["methods"]}

        assert (methods["shop"]["status"], methods["shop"]["item_types"]) == (
            "active",
            ["shop.repair", "shop.part"],
        )
        assert (methods["shop"]["method"], methods["torn"]["method"]) == ("shop", None)
        assert (methods["torn"]["status"], methods["torn"]["error"]) == (
            "failed",
            "SyntaxError: page 7 is missing",
        )


class TestAnItemType:
    def test_says_what_its_items_are(self, shop: Shop) -> None:
        """Fields as JSON Schema, the workflow's id, link types."""
        found = shop.ben.get("/workspaces/SHOP/item-types/shop.repair").json()

        assert set(found["fields"]["properties"]) == set(RepairFields.model_fields)
        assert (found["workflow"], found["initial"], found["indexed"]) == (
            "shop.repair",
            "wished",
            ["express", "hours", "fixer"],
        )
        attributes = {
            each["id"]: sorted((each["attributes"] or {}).get("properties", ()))
            for each in found["link_types"]
        }
        assert attributes == {
            "shop.needs": [], "shop.replaces": [], "shop.follows": [], "shop.continues": ["days", "note"],
        }  # fmt: skip
        assert [(each["id"], each["source"]) for each in found["approvals"]] == [
            ("shop.agreement", "shop"), ("shop.signature", "shop"),
        ]  # fmt: skip
        part = shop.ben.get("/workspaces/SHOP/item-types/shop.part").json()
        assert shop.ben.get("/workspaces/SHOP/item-types").json() == {"item_types": [found, part]}

    def test_that_is_unknown_is_answered_with_the_nearest(self, shop: Shop) -> None:
        """A misspelt id names the one that is there."""
        answer = shop.ben.get("/workspaces/SHOP/item-types/shop.repiar")

        assert (answer.status_code, '"shop.repair"' in answer.json()["detail"]) == (404, True)


class TestAWorkflow:
    def test_is_shown_with_its_gates_and_their_sources(self, shop: Shop) -> None:
        """States, transitions, gates with checks, modes and sources, roles, and the hash of it all."""
        shop.ida.patch("/workspaces/SHOP", json={"gate_modes": {"shop.described": "warn"}})

        found = shop.ben.get("/workspaces/SHOP/workflows/shop.repair").json()

        assert [state["id"] for state in found["states"]] == ["wished", "bench", "testing", "done", "dropped"]
        gates = {gate["id"]: (gate["mode"], gate["source"], len(gate["checks"])) for gate in found["gates"]}
        assert gates == {
            "shop.described": ("warn", "shop", 1),
            "shop.small": ("enforce", "shop", 2),
            "shop.agreed": ("enforce", "shop", 1),
            "shop.parts_used": ("enforce", "shop", 2),
            "shop.tested": ("enforce", "shop", 1),
            "shop.due": ("enforce", "shop", 1),
            "shop.four_eyes": ("enforce", "shop", 1),
            "shop.why": ("enforce", "shop", 1),
        }
        assert found["roles"] == [
            {"id": "shop.fixer", "title": "Fixer"},
            {"id": "shop.master", "title": "Master"},
            {"id": "shop.customer", "title": "Customer"},
        ]
        assert found["current"] is True

    def test_is_shown_as_it_was(self, any_shop: Shop) -> None:
        """The rules that an event was made under can be shown when others are in force."""
        key = any_shop.wish()
        old = any_shop.ben.get(f"/items/{key}").json()["definition"]
        any_shop.ida.patch("/workspaces/SHOP", json={"gate_modes": {"shop.described": "observe"}})

        found = any_shop.ben.get(f"/workspaces/SHOP/workflows/shop.repair?hash={old}").json()

        assert (found["hash"], found["current"]) == (old, False)
        assert {gate["mode"] for gate in found["gates"]} == {"enforce"}
        assert any_shop.ben.get(f"/workspaces/SHOP/workflows/shop.repair?hash={'0' * 64}").status_code == 404
        assert any_shop.ben.get(f"/workspaces/SHOP/workflows/shop.other?hash={old}").status_code == 404

    def test_of_another_workspace_is_shown_to_its_own_people(self, shop: Shop) -> None:
        """Its rules have the settings there: who sees no workspace that used a version does not read it."""
        shop.ida.post("/workspaces", json={"key": "FAR", "name": "Far", "methods": ["shop"]})
        shop.ida.put("/workspaces/FAR/roles/shop.fixer", json={"actors": ["tom"]})
        used = shop.wish(fault="dark", hours=2)
        path = (
            "/workspaces/FAR/workflows/shop.repair?hash="
            + shop.ben.get(f"/items/{used}").json()["definition"]
        )

        assert (shop.tom.get(path).status_code, shop.ida.get(path).status_code) == (404, 200)
        shop.ida.put("/workspaces/FAR/roles/shop.fixer", json={"actors": ["tom", "ben"]})
        assert shop.ben.get(path).status_code == 200

    def test_is_drawn_in_mermaid(self, shop: Shop) -> None:
        """The picture's source, by parameter or by `Accept`."""
        path = "/workspaces/SHOP/workflows/shop.repair"

        asked = shop.ben.get(f"{path}?format=mermaid")
        accepted = shop.ben.get(path, headers={"Accept": "text/vnd.mermaid"})

        assert asked.text == accepted.text
        assert asked.headers["Content-Type"] == "text/vnd.mermaid; charset=utf-8"
        assert asked.text.splitlines() == [
            "stateDiagram-v2",
            '    state "Wished for" as s0',
            '    state "On the bench" as s1',
            '    state "Being tested" as s2',
            '    state "Handed over" as s3',
            '    state "Dropped" as s4',
            "    [*] --> s0",
            "    s0 --> s1: start",
            "    s1 --> s1: order",
            "    s1 --> s1: fit",
            "    s1 --> s1: offer",
            "    s1 --> s1: take_back",
            "    s1 --> s2: test",
            "    s2 --> s3: hand_over",
            "    s2 --> s1: rework",
            "    s0 --> s4: drop",
            "    s1 --> s4: drop",
            "    s2 --> s4: drop",
            "    s3 --> [*]",
            "    s4 --> [*]",
        ]

    def test_is_exchanged_as_scxml(self, shop: Shop) -> None:
        """State Chart XML with the same states and events."""
        answer = shop.ben.get("/workspaces/SHOP/workflows/shop.repair?format=scxml")

        root, space = ET.fromstring(answer.text), "{http://www.w3.org/2005/07/scxml}"  # noqa: S314  # our own
        assert (root.get("initial"), answer.headers["Content-Type"]) == ("wished", "application/scxml+xml")
        assert [each.get("id") for each in root.iter(f"{space}final")] == ["done", "dropped"]
        assert [each.get("event") for each in root.iter(f"{space}transition")] == [
            *("start", "drop"),
            *("order", "test", "fit", "offer", "take_back", "drop"),
            *("hand_over", "rework", "drop"),
        ]

    def test_is_drawn_with_every_state_and_transition(self, shop: Shop) -> None:
        """The drawing is well-formed and names everything, with nothing from elsewhere."""
        answer = shop.ben.get("/workspaces/SHOP/workflows/shop.repair?format=svg")

        root = ET.fromstring(answer.text)  # noqa: S314  # our own
        texts = {each.text for each in root.iter("{http://www.w3.org/2000/svg}text")}
        assert {state.title for state in REPAIR.states} <= texts
        assert {transition.name for transition in REPAIR.transitions} <= texts
        assert answer.headers["Content-Type"] == "image/svg+xml"

    @pytest.mark.parametrize("query", ["format=png", "hash=abc", "odd=1"])
    def test_comes_in_no_other_form(self, shop: Shop, query: str) -> None:
        """Unknown forms and hashes that are none are refused."""
        assert shop.ben.get(f"/workspaces/SHOP/workflows/shop.repair?{query}").status_code == 400


class TestAWorkspace:
    def test_is_opened_by_administrators(self, any_shop: Shop) -> None:
        """Key, name, methods, settings, gate modes and calendar."""
        body = {
            "key": "LAB", "name": "Laboratory", "methods": ["shop"], "gate_modes": {"shop.agreed": "observe"},
            "calendars": {
                "default": {
                    "zone": "Europe/Vienna", "hours": {"mon": ["08:30-16:30"]}, "country": "AT", "subdivision": "9",
                },
                "nights": {"hours": {"fri": ["22:00-06:00"]}, "extra_days": {"2026-12-25": ["10:00-12:00"]}},
            },
        }  # fmt: skip

        statuses = [
            client.post("/workspaces", json=body).status_code
            for client in (any_shop.ben, any_shop.ida, any_shop.ida)
        ]

        assert statuses == [403, 201, 409]
        made = any_shop.ida.get("/workspaces/LAB").json()
        assert made["gate_modes"] == {"shop.agreed": "observe"}
        assert made["calendars"]["default"]["hours"] == {"mon": ["08:30-16:30"]}
        assert made["calendars"]["default"]["public_holidays_until"].endswith("-12-26")
        assert made["calendars"]["nights"]["extra_days"] == {"2026-12-25": ["10:00-12:00"]}
        assert [each["key"] for each in any_shop.ida.get("/workspaces").json()["workspaces"]] == [
            "LAB",
            "SHOP",
        ]
        assert [each["key"] for each in any_shop.ben.get("/workspaces").json()["workspaces"]] == ["SHOP"]
        assert any_shop.ben.get("/workspaces/LAB").status_code == 404

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"key": "lab"}, "/key"),
            ({"methods": ["shap"]}, "/methods/0"),
            ({"methods": ["torn"]}, "/methods/0"),
            ({"settings": {"shop": {"colour": 1}}}, "/settings/shop/colour"),
            ({"gate_modes": {"shop.odd": "warn"}}, "/gate_modes/shop.odd"),
            ({"gate_modes": {"shop.described": "odd"}}, "/gate_modes/shop.described"),
            ({"calendars": {"default": {"zone": "Mars/Base"}}}, "/calendars/default/zone"),
            ({"calendars": {"default": {"hours": {}}}}, "/calendars/default/hours"),
            ({"calendars": {"default": {"hours": {"mon": ["9-17"]}}}}, "/calendars/default/hours/mon/0"),
            (
                {"calendars": {"default": {"hours": {"mon": ["09:00-13:00", "12:00-17:00"]}}}},
                "/calendars/default/hours/mon",
            ),
            (
                {"calendars": {"x": {"hours": {"sun": ["22:00-06:00"], "mon": ["05:00-09:00"]}}}},
                "/calendars/x/hours/sun",
            ),
            ({"calendars": {"default": {"country": "QQ"}}}, "/calendars/default/country"),
            (
                {"calendars": {"default": {"country": "AT", "subdivision": "12"}}},
                "/calendars/default/subdivision",
            ),
            ({"calendars": {"default": {"subdivision": "9"}}}, "/calendars/default/subdivision"),
            (
                {"calendars": {"default": {"extra_days": {"2026-12-05": []}}}},
                "/calendars/default/extra_days/2026-12-05",
            ),
            ({"calendars": {"default": {"hours_per_day": 0}}}, "/calendars/default/hours_per_day"),
        ],
    )
    def test_is_refused_with_a_pointer(self, shop: Shop, change: dict[str, Any], pointer: str) -> None:
        """A setting that cannot be is pointed at."""
        body = {"key": "LAB", "name": "Laboratory", "methods": ["shop"]} | change

        answer = shop.ida.post("/workspaces", json=body)

        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)

    def test_has_calendars_with_versions(self, any_shop: Shop) -> None:
        """A changed calendar counts from now on, the others stay, and the workspace's history shows it."""
        change = {"calendars": {"support": {"hours": {"sat": ["00:00-24:00"]}}}}
        any_shop.ida.patch("/workspaces/SHOP", json=change)
        again = {"calendars": {"support": {"hours": {"sun": ["00:00-24:00"]}}}}

        changed = any_shop.ida.patch("/workspaces/SHOP", json=again).json()["calendars"]

        assert changed["default"]["since"] is None
        assert changed["support"]["hours"] == {"sun": ["00:00-24:00"]}
        assert changed["support"]["since"] is not None
        saved = any_shop.ida.patch("/workspaces/SHOP", json=again).json()["calendars"]
        assert saved == changed

    def test_keeps_a_method_that_items_stand_on(self, any_shop: Shop) -> None:
        """Switching off a method names what would be stranded, unless it is forced."""
        key = any_shop.wish()

        refused = any_shop.ida.patch("/workspaces/SHOP", json={"methods": []})
        forced = any_shop.ida.patch("/workspaces/SHOP", json={"methods": [], "force": True})

        assert (refused.status_code, refused.json()["blockers"][0]["params"]["items"]) == (409, 1)
        assert (forced.status_code, forced.json()["methods"]) == (200, [])
        assert any_shop.ben.get(f"/items/{key}").json()["state"] == "wished"
        assert any_shop.ben.get(f"/items/{key}/transitions").json()["transitions"] == []

    def test_has_role_holders(self, any_shop: Shop) -> None:
        """Roles are listed with their definition, and given by administrators to people that there are."""
        path = "/workspaces/SHOP/roles/shop.master"

        assert any_shop.ben.put(path, json={"actors": ["ben"]}).status_code == 403
        assert any_shop.ida.put(path, json={"actors": ["mya"]}).json()["errors"][0]["pointer"] == "/actors/0"
        assert any_shop.ida.put(path, json={"actors": ["mia", "ida"]}).status_code == 422
        assert any_shop.ida.put(path, json={"actors": ["ida"]}).status_code == 200
        fixers = {"actors": ["ben", "ida"]}
        assert any_shop.ida.put("/workspaces/SHOP/roles/shop.fixer", json=fixers).status_code == 200
        assert any_shop.ida.put("/workspaces/SHOP/roles/shop.mastr", json={"actors": []}).status_code == 404
        roles = {role["id"]: role for role in any_shop.ben.get("/workspaces/SHOP/roles").json()["roles"]}
        assert (roles["shop.master"]["actors"], roles["shop.master"]["max_holders"]) == (["ida"], 1)
        assert roles["shop.fixer"]["actors"] == ["ben", "ida"]
