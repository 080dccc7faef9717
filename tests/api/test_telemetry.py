from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from placet.api.telemetry import Telemetry
from placet.engine.act.journal import new_id
from placet.engine.act.ports import MovedError
from placet.errors import BusyError

Shop = Any


def scraped(shop: Shop, token: str = "") -> dict[str, dict[tuple[str, ...], float]]:
    """Samples by name and by the values of their labels, in the order of the labels' names."""
    headers = {"Authorization": f"Bearer {token or shop.token('ida', 'read')}"}
    answer = shop.nobody.get(f"{shop.url}/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return samples(answer.text)


def samples(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def grown(before: Mapping[Any, float], after: Mapping[Any, float]) -> dict[Any, float]:
    return {key: value - before.get(key, 0) for key, value in after.items() if value != before.get(key, 0)}


class TestWhoMayAsk:
    def test_only_administrators(self, shop: Shop) -> None:
        """With a token; a person without it learns nothing of the server."""
        fixer = {"Authorization": f"Bearer {shop.token('ben')}"}

        assert shop.nobody.get(f"{shop.url}/metrics").status_code == 401
        assert shop.nobody.get(f"{shop.url}/metrics", headers=fixer).status_code == 403


class TestRequests:
    def test_are_counted_by_operation_and_status(self, shop: Shop) -> None:
        """Refused ones too, each with its time."""
        scraped(shop)
        before = scraped(shop)
        key = shop.wish()
        shop.ben.get(f"/items/{key}")
        shop.ben.get("/items/SHOP-999")

        after = scraped(shop)

        assert grown(before["placet_requests_total"], after["placet_requests_total"]) == {
            ("create_item", "201"): 1,
            ("get_item", "200"): 1,
            ("get_item", "404"): 1,
            ("get_server_metrics", "200"): 1,
        }
        assert after["placet_request_seconds_count"]["get_item",] == 2


class TestTransitions:
    def test_are_counted_by_what_became_of_them(self, any_shop: Shop) -> None:
        """With the gates that blocked it, and whose they are."""
        key = any_shop.on_bench()
        any_shop.ben.post(f"/items/{key}/transitions", json={"transition": "test"})
        any_shop.ben.post(f"/items/{key}/transitions?dry_run=true", json={"transition": "test"})
        any_shop.ben.post(f"/items/{key}/transitions", json={"transition": "tset"})

        found = scraped(any_shop)

        assert found["placet_transitions_total"] == {
            ("moved", "start", "shop.repair"): 1,
            ("refused", "test", "shop.repair"): 1,
            ("error", "", ""): 1,
        }
        assert found["placet_blockers_total"] == {("shop.agreed", "shop"): 1}


class TestTheStore:
    def test_shows_the_present_state(self, any_shop: Shop) -> None:
        """Timers, the log, deliveries, connections; what there is none of is 0."""
        any_shop.wish()

        found = scraped(any_shop)

        assert found["placet_timers"] == {("running",): 0, ("paused",): 0}
        assert found["placet_timers_overdue"] == {(): 0}
        assert set(found["placet_deliveries"]) == {("pending",), ("dead",)}
        assert found["placet_log_unsealed_events"][()] >= 0
        assert found["placet_log_lag_seconds"][()] >= 0
        assert found["placet_oldest_writer_seconds"][()] >= 0
        assert found["placet_store_retries_total"] == {(): 0}
        assert sum(found["placet_database_connections"].values()) >= 1
        assert found["process_resident_memory_bytes"][()] > 0

    def test_shows_what_acts_have_met_by_kind_and_which_were_given_up(
        self, any_shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The searches whose results had changed at a commit are named, so that one sees which rule meets whom."""
        met: list[str] = []
        store = any_shop.application.store

        def meeting_others(_: object) -> None:
            if not met:
                met.append("somebody")
                raise MovedError(["find:SHOP:shop.repair:*:fault=dark"], ["find shop.repair fault"])

        def never_through(_: object) -> None:
            raise MovedError(["item:SHOP-1"], ["item"])

        store.run(meeting_others, event=new_id())
        monkeypatch.setattr("placet.store.attempts._PATIENCE", 0.0)
        with pytest.raises(BusyError) as given_up:
            store.run(never_through, event=new_id())

        stats = store.stats(any_shop.application.clock.now())
        found = samples(Telemetry(any_shop.application).exposition(stats).decode())
        attempts = given_up.value.attempts
        assert found["placet_store_moved_total"] == {("find shop.repair fault",): 1, ("item",): attempts}
        assert found["placet_store_retries_total"] == {(): 1 + attempts}
        assert found["placet_store_given_up_total"] == {(): 1}
