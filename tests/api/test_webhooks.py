from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from post import Box, box, eventually
from standardwebhooks import Webhook as Verifier

from placet.worker.worker import Worker

Shop = Any

_KEY = "of the repair shop"
_NOBODY = "0198f2a4-7c11-7d3e-9d0c-5b8e2f6a1c00"


@pytest.fixture
def shop(serve: Callable[..., Shop], opened_shop: tuple[str, Any]) -> Shop:
    """The shop on either database, where webhooks may lead to this machine."""
    url, tokens = opened_shop
    return serve(url, tokens=tokens, webhook_allow_private=True, secret_key=_KEY, delivery_delays=(0.1,))


def made(shop: Shop, url: str, **wishes: Any) -> dict[str, Any]:
    answer = shop.ida.post("/webhooks", json={"url": url, **wishes})
    assert answer.status_code == 201, answer.text
    webhook: dict[str, Any] = answer.json()
    return webhook


class TestMakingAWebhook:
    def test_shows_its_secret_this_once(self, shop: Shop) -> None:
        """It is made by the server, in the form of the Standard Webhooks specification."""
        webhook = made(shop, "http://localhost:9/in", kinds=["transition"], workspace="SHOP")

        assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", webhook["secret"])
        kept = {name: value for name, value in webhook.items() if name != "secret"}
        assert shop.ida.get("/webhooks").json() == {"webhooks": [kept]}
        assert shop.ida.get(f"/webhooks/{webhook['id']}").json() == kept
        assert (kept["kinds"], kept["workspace"], kept["created_by"]) == (["transition"], "SHOP", "ida")

    def test_takes_a_secret_that_is_good_enough(self, shop: Shop) -> None:
        good = "whsec_" + base64.b64encode(b"x" * 24).decode()
        assert made(shop, "http://localhost:9/in", secret=good)["secret"] == good

        for bad in ("whsec_" + base64.b64encode(b"x" * 23).decode(), "x" * 40, "whsec_" + "x" * 33):
            answer = shop.ida.post("/webhooks", json={"url": "http://localhost:9/in", "secret": bad})
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"] == "/secret"

    def test_is_for_administrators(self, shop: Shop) -> None:
        """So is everything else about webhooks: they get events that their maker might not see."""
        webhook = made(shop, "http://localhost:9/in")
        token = shop.token("ben")
        ben = shop.client(token)

        assert ben.post("/webhooks", json={"url": "http://localhost:9/in"}).status_code == 403
        for path in ("/webhooks", f"/webhooks/{webhook['id']}", f"/webhooks/{webhook['id']}/deliveries"):
            assert ben.get(path).status_code == 403
        assert ben.delete(f"/webhooks/{webhook['id']}").status_code == 403
        assert ben.get("/dead-letters").status_code == 403
        assert ben.post(f"/dead-letters/{_NOBODY}/retry").status_code == 403

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("http://127.0.0.1:8000/in", "leads to 127.0.0.1, which is a loopback address"),
            ("http://[::1]/in", "leads to ::1, which is a loopback address"),
            ("http://localhost/in", "which is a loopback address"),
            ("http://10.0.0.7/in", "leads to 10.0.0.7, which is a private or reserved address"),
            ("http://169.254.169.254/latest", "which is a link-local address"),
            ("http://0x7f.1/in", "which is a loopback address"),
            ("http://[64:ff9b::a9fe:a9fe]/", "which is a link-local address"),
            ("http://[64:ff9b:1::1]/", "which is a private or reserved address"),
            ("http://[::127.0.0.1]/", "which is a loopback address"),
            ("http://[fec0::1]/", "which is a private or reserved address"),
            ("http://[2002:a00:1::1]/", "which is a private or reserved address"),
            ("https://joe:secret@example.org/", "holds a name or a password"),
            ("https://no.such.host.invalid/", "does not resolve: check its spelling"),
            ("https://[::1/", "is not a URL"),
        ],
    )
    def test_is_refused_where_it_may_not_lead(
        self, serve: Callable[..., Shop], sqlite_url: str, url: str, reason: str
    ) -> None:
        """With what is wrong about the address, before anything is written."""
        shop = serve(sqlite_url)

        answer = shop.ida.post("/webhooks", json={"url": url})

        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        assert error["pointer"] == "/url"
        assert reason in error["message"]
        assert shop.ida.get("/webhooks").json() == {"webhooks": []}

    def test_is_refused_for_what_is_no_address_or_no_workspace(self, shop: Shop) -> None:
        for url in ("mailto:ida@example.org", "x", "", "http://"):
            assert shop.ida.post("/webhooks", json={"url": url}).status_code == 422
        answer = shop.ida.post("/webhooks", json={"url": "http://localhost:9/in", "workspace": "NONE"})
        assert answer.status_code == 404

    def test_needs_a_key_on_postgresql(self, serve: Callable[..., Shop], postgresql_url: str) -> None:
        """Only the creation of a webhook is refused: nothing else needs a key."""
        shop = serve(postgresql_url, webhook_allow_private=True)

        answer = shop.ida.post("/webhooks", json={"url": "http://localhost:9/in"})

        assert answer.status_code == 503
        assert "set PLACET_SECRET_KEY" in answer.json()["detail"]

    def test_makes_its_key_beside_the_file_on_sqlite(
        self, serve: Callable[..., Shop], sqlite_url: str
    ) -> None:
        """Which only the file's owner can read, and without which no secret can be read."""
        shop = serve(sqlite_url, webhook_allow_private=True)

        secret = made(shop, "http://localhost:9/in")["secret"]

        file = Path(sqlite_url.removeprefix("sqlite:///"))
        key = file.with_name(f"{file.name}.key")
        assert key.stat().st_mode & 0o777 == 0o600
        assert secret.encode() not in file.read_bytes()
        assert [each.name for each in file.parent.glob("*.key*")] == [key.name]

    def test_and_deleting_it_leave_nothing(self, shop: Shop) -> None:
        webhook = made(shop, "http://localhost:9/in")

        assert shop.ida.delete(f"/webhooks/{webhook['id']}").status_code == 204

        assert shop.ida.get("/webhooks").json() == {"webhooks": []}
        for path in (f"/webhooks/{webhook['id']}", f"/webhooks/{webhook['id']}/deliveries"):
            assert shop.ida.get(path).status_code == 404
        assert shop.ida.delete(f"/webhooks/{webhook['id']}").status_code == 404


class TestDeliveries:
    @pytest.fixture
    def mail(self, shop: Shop) -> Any:
        """A box, and a worker that fills it."""
        worker = Worker(shop.application)
        worker.start()
        with box() as opened:
            yield opened
        worker.stop()

    def test_are_shown_with_every_attempt_and_can_be_repeated(self, shop: Shop, mail: Box) -> None:
        """Dead ones of all subscribers are listed too; what is under way or delivered is not repeated."""
        mail.answer = lambda letter: 500 if letter.event["type"] == "placet.transition" else 204
        webhook = made(shop, mail.url, kinds=["created", "transition"])
        path = f"/webhooks/{webhook['id']}/deliveries"
        key = shop.on_bench()

        def shown(status: str) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = shop.ida.get(f"{path}?status={status}").json()["deliveries"]
            return found

        assert eventually(lambda: len(shown("dead")) == len(shown("delivered")) == 1)
        (dead,), (delivered,) = shown("dead"), shown("delivered")
        assert (dead["item"], dead["kind"], dead["subscriber"]) == (
            key,
            "transition",
            f"webhook:{webhook['id']}",
        )
        assert [(a["status"], a["error"]) for a in dead["attempts"]] == [(500, "it answered 500")] * 2
        assert [(a["status"], a["error"]) for a in delivered["attempts"]] == [(204, None)]
        assert dead["next_at"] is delivered["next_at"] is None
        assert shop.ida.get("/dead-letters").json()["deliveries"] == [dead]
        Verifier(webhook["secret"]).verify(mail.letters[0].body, mail.letters[0].headers)

        mail.answer = lambda _: 200
        assert shop.ida.post(f"{path}/{delivered['id']}/retry").status_code == 409
        assert shop.ida.post(f"{path}/{_NOBODY}/retry").status_code == 404
        assert shop.ida.post(f"/webhooks/{_NOBODY}/deliveries/{dead['id']}/retry").status_code == 404
        again = shop.ida.post(f"/dead-letters/{dead['id']}/retry")
        assert (again.status_code, again.json()["status"]) == (200, "pending")
        assert eventually(lambda: len(shown("delivered")) == 2)

    def test_are_listed_page_by_page_the_newest_event_first(self, shop: Shop, mail: Box) -> None:
        webhook = made(shop, mail.url, kinds=["comment"])
        key = shop.wish()
        ids = [
            shop.ben.post(f"/items/{key}/comments", json={"text": f"no. {n}"}).json()["id"] for n in range(5)
        ]
        path = f"/webhooks/{webhook['id']}/deliveries"
        assert eventually(lambda: len(shop.ida.get(path).json()["deliveries"]) == 5)

        reported: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = shop.ida.get(f"{path}?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
            reported += [each["event"] for each in page["deliveries"]]
            cursor = page["next_cursor"]

        assert reported == ids[::-1]
        assert shop.ida.get(f"{path}?cursor=elsewhere").status_code == 400
        assert shop.ida.get(f"{path}?status=lost").status_code == 400


class TestRotatingASecret:
    def test_shows_the_new_one_this_once(self, shop: Shop) -> None:
        """Both sign for a day, so that a subscriber can change over; the answer says until when."""
        webhook = made(shop, "http://localhost:9/in")
        assert webhook["former_until"] is None

        rotated = shop.ida.post(f"/webhooks/{webhook['id']}/secret")

        assert rotated.status_code == 200, rotated.text
        assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", rotated.json()["secret"])
        assert rotated.json()["secret"] != webhook["secret"]
        kept = {name: value for name, value in rotated.json().items() if name != "secret"}
        assert shop.ida.get(f"/webhooks/{webhook['id']}").json() == kept
        assert kept["former_until"] is not None

    def test_takes_one_that_is_given(self, shop: Shop) -> None:
        webhook = made(shop, "http://localhost:9/in")
        good = "whsec_" + base64.b64encode(b"x" * 24).decode()

        rotated = shop.ida.post(f"/webhooks/{webhook['id']}/secret", json={"secret": good})

        assert rotated.json()["secret"] == good
        assert shop.ida.post(f"/webhooks/{webhook['id']}/secret", json={"secret": "x"}).status_code == 422

    def test_is_for_administrators_and_for_webhooks_that_exist(self, shop: Shop) -> None:
        webhook = made(shop, "http://localhost:9/in")
        ben = shop.client(shop.token("ben"))

        assert ben.post(f"/webhooks/{webhook['id']}/secret").status_code == 403
        assert shop.ida.post(f"/webhooks/{_NOBODY}/secret").status_code == 404
