"""Notifications through the worker: from what happens into inboxes, and out to a mailbox and a chat."""

from __future__ import annotations

from typing import Any

from letterbox import chat_server, mail_server
from post import eventually

from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.inbox import ChannelWish
from placet.engine.records import Digest, NoticeRecord

OpenOffice = Any
Office = Any


def comment(office: Office, text: str) -> None:
    """Bob says something about Ann's lamp."""
    engine = office.engine
    if not office.items:
        office.happen()
        bob = engine.add_actor(SYSTEM_ACTOR, id="bob", name="Bob")
        engine.assign(SYSTEM_ACTOR, "SHOP", "shop.customer", [office.ann.id, bob.id])
    [bob] = [actor for actor in engine.actors(SYSTEM_ACTOR).rows if actor.id == "bob"]
    engine.comment(bob, office.items[0], text)


def inbox(office: Office) -> list[NoticeRecord]:
    return list(office.engine.inbox(office.ann).page.rows)


class TestTheInbox:
    def test_fills_as_things_happen(self, any_office: Office) -> None:
        """On either database, whoever does the work."""
        comment(any_office, "the lamp is here")

        assert eventually(lambda: len(inbox(any_office)) == 1)
        [notice] = inbox(any_office)
        assert (notice.message, notice.because) == (
            "bob commented: the lamp is here",
            (("core.comment", "you made it"),),
        )

    def test_is_whole_after_a_time_without_a_worker(self, open_office: OpenOffice, sqlite_url: str) -> None:
        """What happened meanwhile is told when somebody works again."""
        office = open_office(sqlite_url)
        office.work()
        office.worker.stop()
        for n in range(3):
            comment(office, str(n))
        assert inbox(office) == []

        from placet.worker.worker import Worker

        second = Worker(office.house)
        second.start()

        assert eventually(lambda: len(inbox(office)) == 3)
        second.stop()


class TestChannels:
    def test_a_mail_goes_out_with_the_reason(self, open_office: OpenOffice, database_url: str) -> None:
        """To the person's own address, by the installation's server."""
        with mail_server() as server:
            office = open_office(
                database_url, mail_url=f"mailto://127.0.0.1:{server.port}?from=placet@example.org&to={{to}}"
            )
            office.ann = office.engine.add_actor(
                SYSTEM_ACTOR, id="anna", name="Anna", email="anna@example.org"
            )
            office.engine.assign(SYSTEM_ACTOR, "SHOP", "shop.customer", ["anna"])
            office.work()

            comment(office, "the lamp is here")

            assert eventually(lambda: len(server.received) == 1)
            [mail] = server.received
            assert (mail["To"], mail["Subject"]) == (
                "anna@example.org", "SHOP-1 A lamp: bob commented: the lamp is here",
            )  # fmt: skip
            assert "You get this because you made it." in mail.get_content()

    def test_a_chat_that_is_down_keeps_nobody_else_waiting(
        self, open_office: OpenOffice, sqlite_url: str
    ) -> None:
        """What fails is tried again later, and the person sees why; the other channel has it already."""
        with chat_server() as server:
            office = open_office(sqlite_url, channel_hosts=("127.0.0.1",))
            urls = [f"mmost://127.0.0.1:{server.port}/{token}" for token in ("broken", "tokentoken")]
            wishes = [
                ChannelWish(Digest.IMMEDIATE, address=office.house.channels.admitted(url, "/url"))
                for url in urls
            ]
            broken, good = office.engine.prefer(office.ann, channels=wishes).preferences.channels
            office.work()

            comment(office, "the lamp is here")

            assert eventually(
                lambda: {path for path, _ in server.received} == {"/hooks/broken", "/hooks/tokentoken"}
            )
            assert eventually(lambda: office.engine.preferences(office.ann).states.keys() == {broken.id})
            state = office.engine.preferences(office.ann).states[broken.id]
            assert (state.waiting, state.failed) == (1, 0)
            assert "500" in (state.error or "")
            assert good.id != broken.id
