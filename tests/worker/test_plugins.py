"""The hook `placet_event`: a plugin is notified of what happened, after the commit and at least once."""

from __future__ import annotations

import json
from asyncio import CancelledError
from collections import Counter
from threading import Event
from typing import Any

import pytest
from post import Box, eventually

from placet import PlacetError
from placet.api.models import history
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import ConflictError
from placet.worker.bounded import LEFT_BEHIND

Office = Any
OpenOffice = Any


class TestAPluginThatListens:
    def test_is_notified_of_every_event_as_the_history_shows_it(self, any_office: Office) -> None:
        """With its id, once each as long as nothing fails."""
        ids = any_office.happen(30)

        assert eventually(lambda: set(ids) <= set(any_office.heard_ids()))
        assert max(Counter(any_office.heard_ids()).values()) == 1
        reported = next(event for event in any_office.heard if event["id"] == ids[0])
        assert (reported["kind"], reported["actor"], reported["item"]) == ("comment", "ann", "SHOP-1")
        assert {"seq", "at", "comment", "changes", "hash", "prev_hash"} <= reported.keys()

    def test_is_given_values_of_json_and_the_settings_of_its_method(
        self, open_office: OpenOffice, sqlite_url: str
    ) -> None:
        """The answer of `GET /history`, times as text, with the workspace's decisions about the method by then."""
        office = open_office(sqlite_url)
        office.work()
        office.engine.workspaces.change(SYSTEM_ACTOR, "SHOP", settings={"shop": {"largest_estimate": 7}})
        (id,) = office.happen()

        assert eventually(lambda: id in office.heard_ids())
        event = office.heard[office.heard_ids().index(id)]
        shown = json.loads(
            history.Event.of(office.engine.event_log.history(office.ann, "SHOP-1").rows[-1]).model_dump_json()
        )
        assert event == shown
        assert (type(event["at"]), office.estimates[office.heard_ids().index(id)]) == (str, 7)

    def test_gets_no_events_of_workspaces_that_do_not_use_its_method(self, office: Office) -> None:
        """A plugin has no business where nobody has switched it on."""
        office.engine.workspaces.create(SYSTEM_ACTOR, key="ELSE", name="Elsewhere", methods=[])
        ids = office.happen()

        assert eventually(lambda: set(ids) <= set(office.heard_ids()))
        assert {event["item"].partition("-")[0] for event in office.heard} == {"SHOP"}

    def test_gets_no_events_from_before_it_came(self, open_office: OpenOffice, sqlite_url: str) -> None:
        """Installing a plugin does not send a mail for each event of the last years."""
        office = open_office(sqlite_url)
        before = office.happen(3)
        office.work()

        after = office.happen(3)

        assert eventually(lambda: len(office.heard) == 3)
        assert set(office.heard_ids()) == set(after)
        assert not set(before) & set(office.heard_ids())

    def test_is_notified_of_what_happened_while_nobody_worked(
        self, open_office: OpenOffice, sqlite_url: str
    ) -> None:
        """Where the last worker stopped, the next goes on."""
        first = open_office(sqlite_url)
        first.work()
        first.worker.stop()
        first.started = False
        ids = first.happen(3)

        from placet.worker.worker import Worker

        second = Worker(first.application)
        second.start()

        assert eventually(lambda: set(ids) <= set(first.heard_ids()))
        second.stop()


@pytest.mark.untraced
class TestAPluginThatNeverEnds:
    def test_keeps_one_event_and_not_the_others(self, open_office: OpenOffice, database_url: str) -> None:
        """The event is a dead letter that names the plugin, and is not repeated automatically; all others get it."""
        over = Event()

        def react(event: dict[str, Any]) -> None:
            if event.get("comment") == "no. 1":
                over.wait()

        office = open_office(database_url, react=react, plugin_timeout=3.0)
        office.work()
        ids = office.happen(10)

        assert eventually(lambda: set(office.heard_ids()) >= set(ids) - {ids[1]})
        assert eventually(lambda: len(office.deliveries(status="dead")) == 1)
        over.set()
        (dead,) = office.deliveries(status="dead")
        assert (dead.event, dead.subscriber) == (ids[1], "plugin:shop")
        assert [attempt.error for attempt in dead.attempts] == ["it had not ended after 3 s"]

    def test_is_called_no_more_once_too_many_of_its_calls_go_on(
        self, open_office: OpenOffice, sqlite_url: str, mail: Box
    ) -> None:
        """Its events wait until one ends; who else listens gets theirs."""
        over = Event()
        calls: list[str] = []

        def react(event: dict[str, Any]) -> None:
            if event["kind"] == "comment":
                calls.append(event["id"])
                over.wait()

        office = open_office(sqlite_url, react=react, plugin_timeout=0.1, delivery_delays=(0.5,) * 20)
        webhook = office.hook(mail.url)
        office.work()
        ids = office.happen(30)

        assert eventually(lambda: set(ids) <= set(mail.ids))
        assert eventually(
            lambda: any(
                "calls of shop have not ended" in a.error for d in office.deliveries() for a in d.attempts
            )
        )
        assert len(calls) == LEFT_BEHIND
        over.set()
        reported = set(ids) - set(calls)
        assert eventually(lambda: reported <= set(office.heard_ids()))
        assert len(office.deliveries(webhook, "delivered")) == 30


class TestAPluginThatFails:
    def test_is_notified_again_and_then_no_more_while_others_flow(
        self, open_office: OpenOffice, database_url: str
    ) -> None:
        """A poison event ends as a dead letter with every attempt, and holds up nothing else."""
        poison: set[str] = set()
        tries: Counter[str] = Counter()

        def react(event: dict[str, Any]) -> None:
            tries[event["id"]] += 1
            if event.get("comment") == "no. 1" or event["id"] in poison:
                poison.add(event["id"])
                raise RuntimeError("out of ink")

        office = open_office(database_url, react=react)
        office.work()
        ids = office.happen(10)

        assert eventually(lambda: len(office.deliveries(status="dead")) == 1)
        assert eventually(lambda: set(ids) - poison <= set(office.heard_ids()))
        (dead,) = office.deliveries(status="dead")
        assert (dead.event, dead.subscriber, dead.tries) == (ids[1], "plugin:shop", 3)
        assert [attempt.error for attempt in dead.attempts] == ["RuntimeError: out of ink"] * 3
        assert tries[ids[1]] == 3

    @pytest.mark.parametrize(
        "leave", [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), CancelledError()], ids=repr
    )
    def test_is_notified_again_however_it_leaves(
        self, open_office: OpenOffice, sqlite_url: str, leave: BaseException
    ) -> None:
        """Nothing that a hook raises ends the task, which would stay under way for ever, or the worker."""
        left: list[str] = []

        def react(event: dict[str, Any]) -> None:
            if event.get("comment") == "no. 1" and not left:
                left.append(event["id"])
                raise leave

        office = open_office(sqlite_url, react=react)
        office.work()
        ids = office.happen(3)

        assert eventually(lambda: set(ids) <= set(office.heard_ids()))
        assert left == [ids[1]]

    def test_can_be_notified_again_by_hand(self, open_office: OpenOffice, sqlite_url: str) -> None:
        """Once it is repaired, a dead letter goes its way; what was delivered is not repeated."""
        broken = True

        def react(event: dict[str, Any]) -> None:
            if broken and event["kind"] == "comment":
                raise SystemExit("it is broken")

        office = open_office(sqlite_url, react=react)
        office.work()
        (id,) = office.happen()
        assert eventually(lambda: len(office.deliveries(status="dead")) == 1)
        (dead,) = office.deliveries(status="dead")
        assert dead.attempts[-1].error == "SystemExit: it is broken"

        broken = False
        again = office.engine.deliveries.retry(SYSTEM_ACTOR, dead.id)

        assert (again.status, again.tries) == ("pending", 0)
        assert eventually(lambda: id in office.heard_ids())
        assert eventually(
            lambda: not office.deliveries(status="dead") and not office.deliveries(status="pending")
        )
        with pytest.raises(ConflictError, match="was delivered: there is nothing to repeat"):
            office.engine.deliveries.retry(SYSTEM_ACTOR, dead.id)

    def test_is_known_by_name_when_it_is_gone(self, open_office: OpenOffice, sqlite_url: str) -> None:
        """An event for a plugin that is no longer installed ends as a dead letter that says so."""
        from placet.app import build
        from placet.catalog.discovery import Registry
        from placet.worker.worker import Worker

        def react(event: dict[str, Any]) -> None:
            raise PlacetError("not now")

        office = open_office(sqlite_url, react=react, delivery_delays=(5.0, 0.1))
        office.work()
        office.happen()
        assert eventually(lambda: any(each.tries for each in office.deliveries()))
        office.worker.stop()

        application = build(office.application.settings, registry=Registry.of())
        worker = Worker(application)
        worker.start()

        assert eventually(lambda: len(office.deliveries(status="dead")) >= 1)
        worker.stop()
        application.close()
        reason = "it is not here: its plugin is not installed, or failed to load"
        assert office.deliveries(status="dead")[0].attempts[-1].error == reason
