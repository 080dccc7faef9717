"""Webhooks: what arrives at the other end, and what becomes of what does not arrive."""

from __future__ import annotations

import base64
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from post import Box, Letter, box, eventually
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import ConflictError
from placet.worker.worker import Worker

from .conftest import SECRET

Office = Any
OpenOffice = Any


@contextmanager
def silence() -> Iterator[str]:
    """The address of a server that takes connections, and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


class TestALetter:
    def test_is_a_cloud_event_with_a_signature(self, any_office: Office, mail: Box) -> None:
        """The libraries of both specifications read it; its id is the event's, everywhere."""
        any_office.hook(mail.url)
        (id,) = any_office.happen()

        assert eventually(lambda: len(mail.letters) == 1)
        (letter,) = mail.letters
        verified = Verifier(SECRET).verify(letter.body, letter.headers)
        assert letter.headers["webhook-id"] == verified["id"] == id
        assert letter.headers["content-type"] == "application/cloudevents+json"
        event = from_http_event(HTTPMessage(letter.headers, letter.body))
        assert event.get_type() == "placet.comment"
        assert event.get_subject() == "SHOP-1"
        assert event.get_source() == "/api/v1/workspaces/SHOP"
        history = any_office.engine.event_log.history(SYSTEM_ACTOR, "SHOP-1").rows
        assert event.get_time() == history[-1].at
        data = event.get_data()
        assert isinstance(data, dict)
        assert (data["comment"], data["hash"]) == ("no. 0", history[-1].hash)

    def test_names_its_place_in_the_log(self, office: Office, mail: Box) -> None:
        """Who has missed something goes on in `GET /events` from there."""
        office.hook(mail.url)
        first, second = office.happen(2)

        assert eventually(lambda: len(mail.letters) == 2)
        place = next(letter.event["sequence"] for letter in mail.letters if letter.event["id"] == first)
        query = office.engine.event_log.query(SYSTEM_ACTOR, after=place)
        assert [each.id for each in office.engine.event_log.events(query).rows] == [second]

    def test_that_was_changed_on_its_way_is_noticed(self, office: Office, mail: Box) -> None:
        office.hook(mail.url)
        office.happen()

        assert eventually(lambda: len(mail.letters) == 1)
        (letter,) = mail.letters
        with pytest.raises(WebhookVerificationError):
            Verifier(SECRET).verify(letter.body.replace(b"no. 0", b"no. 1"), letter.headers)


class TestAWebhook:
    def test_is_notified_of_the_kinds_and_the_workspace_that_it_wants(
        self, office: Office, mail: Box
    ) -> None:
        """From the moment on at which it was made."""
        office.happen()
        office.engine.workspaces.create(SYSTEM_ACTOR, key="ELSE", name="Elsewhere", methods=[])
        office.hook(f"{mail.url}/made", "created")
        office.hook(f"{mail.url}/else", "comment", workspace="ELSE")
        office.hook(f"{mail.url}/shop", "comment", "created", workspace="SHOP")
        office.items.clear()

        office.happen(2)

        assert eventually(lambda: len(mail.letters) == 4)
        came = sorted((letter.path, letter.event["type"]) for letter in mail.letters)
        assert came == [
            ("/in/made", "placet.created"),
            ("/in/shop", "placet.comment"),
            ("/in/shop", "placet.comment"),
            ("/in/shop", "placet.created"),
        ]

    def test_that_is_deleted_is_notified_of_nothing_more(self, office: Office, mail: Box) -> None:
        """And its deliveries are forgotten, those that still wait too."""
        kept, gone = office.hook(f"{mail.url}/kept"), office.hook(f"{mail.url}/gone")
        office.happen()
        assert eventually(lambda: len(mail.letters) == 2)
        assert eventually(lambda: len(office.deliveries(gone, "delivered")) == 1)

        office.engine.deliveries.delete_webhook(SYSTEM_ACTOR, gone.id)
        office.happen()

        assert eventually(lambda: len(office.deliveries(kept, "delivered")) == 2)
        assert [letter.path for letter in mail.letters].count("/in/gone") == 1
        assert {each.subscriber for each in office.deliveries()} == {kept.subscriber, "plugin:shop"}

    def test_that_was_down_gets_every_event_afterwards(
        self, open_office: OpenOffice, database_url: str
    ) -> None:
        """It rests meanwhile: the log keeps its events, and a subscriber that is there gets events at once."""
        office = open_office(database_url, delivery_delays=(0.5,) * 20)
        office.work()
        with box() as there, box(locked=True) as away:
            up, down = office.hook(there.url), office.hook(away.url)
            ids = office.happen(40)
            assert eventually(lambda: set(ids) <= set(there.ids))
            assert eventually(lambda: office.deliveries(down))
            more = office.happen(40)
            assert eventually(lambda: set(more) <= set(there.ids))
            assert not office.deliveries(down, "delivered")
            assert up.id != down.id

            away.unlock()

            assert eventually(lambda: set(ids + more) <= set(away.ids))
            assert eventually(lambda: len(office.deliveries(down, "delivered")) == 80)
            assert office.deliveries(down, "dead") == []


class TestARotatedSecret:
    @staticmethod
    def verifies(letter: Letter, secret: str) -> bool:
        try:
            Verifier(secret).verify(letter.body, letter.headers)
        except WebhookVerificationError:
            return False
        return True

    def test_signs_beside_the_former_one_for_a_day(self, office: Office, mail: Box) -> None:
        """And then alone; a secret that was replaced twice signs nothing more."""
        second, third = ("whsec_" + base64.b64encode(each * 32).decode() for each in (b"2", b"3"))
        webhook = office.hook(mail.url)
        office.happen()
        assert eventually(lambda: len(mail.letters) == 1)

        vault, rotate = office.application.vault, office.engine.deliveries.rotate_secret
        rotate(SYSTEM_ACTOR, webhook.id, vault.lock(second))
        office.happen()
        assert eventually(lambda: len(mail.letters) == 2)
        rotated = rotate(SYSTEM_ACTOR, webhook.id, vault.lock(third))
        office.happen()
        assert eventually(lambda: len(mail.letters) == 3)

        signed = [
            [self.verifies(each, secret) for secret in (SECRET, second, third)] for each in mail.letters
        ]
        assert signed == [[True, False, False], [True, True, False], [False, True, True]]
        now = datetime.now(UTC)
        assert rotated.former_until is not None
        assert abs(rotated.former_until - now - timedelta(hours=24)) < timedelta(minutes=5)
        assert len(rotated.secrets(rotated.former_until - timedelta(seconds=1))) == 2
        assert rotated.secrets(rotated.former_until) == (rotated.secret,)


class TestADeliveryThatFails:
    def test_shows_every_attempt_and_ends_dead(self, office: Office, mail: Box) -> None:
        """With what was answered, and how long it took."""
        mail.answer = lambda _: 503
        webhook = office.hook(mail.url)
        office.happen()

        assert eventually(lambda: len(office.deliveries(webhook, "dead")) == 1)
        (dead,) = office.deliveries(webhook, "dead")
        assert [(each.status, each.error) for each in dead.attempts] == [(503, "it answered 503")] * 3
        assert dead.attempts[0].at < dead.attempts[1].at < dead.attempts[2].at

    def test_can_be_repeated_by_hand(self, office: Office, mail: Box) -> None:
        """Which keeps the attempts before, and sends the same event under the same id."""
        mail.answer = lambda _: 500
        webhook = office.hook(mail.url)
        (id,) = office.happen()
        assert eventually(lambda: len(office.deliveries(webhook, "dead")) == 1)

        mail.answer = lambda _: 204
        office.engine.deliveries.retry(
            SYSTEM_ACTOR, office.deliveries(webhook)[0].id, subscriber=webhook.subscriber
        )

        assert eventually(lambda: len(office.deliveries(webhook, "delivered")) == 1)
        assert [each.status for each in office.deliveries(webhook)[0].attempts] == [500, 500, 500, 204]
        assert set(mail.ids) == {id}

    def test_switches_the_webhook_off_where_its_address_is_gone_for_good(
        self, any_office: Office, mail: Box
    ) -> None:
        """After `410 Gone` nothing more is sent, the webhook says since when, and nothing can be repeated."""
        mail.answer = lambda _: 410
        with box() as other:
            webhook, living = any_office.hook(mail.url), any_office.hook(other.url)
            any_office.happen()
            assert eventually(lambda: len(any_office.deliveries(webhook, "dead")) == 1)
            gone_at = {each.id: each.gone_at for each in any_office.engine.deliveries.webhooks(SYSTEM_ACTOR)}

            ids = any_office.happen(3)

            assert eventually(lambda: set(ids) <= set(other.ids))
        (dead,) = any_office.deliveries(webhook)
        assert (len(mail.letters), dead.attempts[0].status) == (1, 410)
        assert (gone_at[webhook.id], gone_at[living.id]) == (
            any_office.engine.deliveries.webhook(SYSTEM_ACTOR, webhook.id).gone_at,
            None,
        )
        with pytest.raises(ConflictError, match="switched off since its subscriber answered 410 Gone at 20"):
            any_office.engine.deliveries.retry(SYSTEM_ACTOR, dead.id)

    def test_that_is_redirected_goes_nowhere_else(self, office: Office, mail: Box) -> None:
        """A redirect could lead to where webhooks may not go."""
        with box() as elsewhere:
            mail.answer, mail.headers = (lambda _: 302), {"Location": elsewhere.url}
            webhook = office.hook(mail.url)
            office.happen()

            assert eventually(lambda: len(office.deliveries(webhook, "dead")) == 1)
            assert elsewhere.letters == []
        assert office.deliveries(webhook)[0].attempts[0].error == "it answered 302"

    def test_holds_up_no_other_subscriber_however_slow_it_is(
        self, open_office: OpenOffice, sqlite_url: str, mail: Box
    ) -> None:
        """One that never answers takes some of a worker's places and never all of them."""

        def sleep(_: Letter) -> int:
            time.sleep(30)
            return 204

        office = open_office(sqlite_url, webhook_timeout=2.0)
        office.work()
        with box() as slow:
            slow.answer = sleep
            waiting = office.hook(slow.url)
            quick = office.hook(mail.url)
            ids = office.happen(40)

            assert eventually(lambda: set(ids) <= set(mail.ids))
            assert len(office.deliveries(quick, "delivered")) <= 40
            assert eventually(lambda: any(each.attempts for each in office.deliveries(waiting)))
        tried = next(each for each in office.deliveries(waiting) if each.attempts)
        assert tried.attempts[0].error == "it did not answer within 2 s"

    def test_holds_up_nobody_though_twenty_never_answer(
        self, open_office: OpenOffice, database_url: str, mail: Box
    ) -> None:
        """Each keeps one place of many: one that answers gets everything, and people are notified, meanwhile."""
        office = open_office(database_url, webhook_timeout=300.0)
        office.work()
        with silence() as url:
            silent = [office.hook(f"{url}/{n}") for n in range(20)]
            quick = office.hook(mail.url)
            ids = office.happen(120)
            office.engine.items.set_role(SYSTEM_ACTOR, office.items[0], "shop.fixer", ["ann"])

            assert eventually(lambda: set(ids) <= set(mail.ids))
            assert eventually(lambda: office.engine.inbox.page(office.ann).unread == 1)
            assert eventually(lambda: len(office.deliveries(quick, "delivered")) == 120)
            assert [each for hook in silent for each in office.deliveries(hook) if each.attempts] == []

    def test_is_kept_when_the_key_of_secrets_is_another_one(
        self, open_office: OpenOffice, sqlite_url: str, mail: Box
    ) -> None:
        """Nothing is sent unsigned."""
        from dataclasses import replace

        from placet.vault import Vault

        office = open_office(sqlite_url)
        webhook = office.hook(mail.url)
        other = office.application.settings.model_copy(update={"secret_key": "another key of the shop"})
        worker = Worker(replace(office.application, settings=other, vault=Vault(other)))
        worker.start()
        office.happen()

        assert eventually(lambda: len(office.deliveries(webhook, "dead")) == 1)
        worker.stop()
        assert mail.letters == []
        assert (
            "it was encrypted with another PLACET_SECRET_KEY"
            in office.deliveries(webhook)[0].attempts[0].error
        )

    def test_goes_nowhere_that_is_private_though_it_once_was_allowed(
        self, open_office: OpenOffice, sqlite_url: str, mail: Box
    ) -> None:
        """A name that led elsewhere when the webhook was made is checked again when it is called."""
        office = open_office(sqlite_url, webhook_allow_private=False)
        webhook = office.hook(mail.url)
        office.work()
        office.happen()

        assert eventually(lambda: len(office.deliveries(webhook, "dead")) == 1)
        assert mail.letters == []
        error = office.deliveries(webhook)[0].attempts[0].error
        assert (
            error == "it leads to 127.0.0.1, which is a loopback address: take one that everybody can reach"
        )
