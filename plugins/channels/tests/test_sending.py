"""Sending: what comes out at the other end."""

from __future__ import annotations

import pytest

from placet import AddressError, ChannelError, Message
from placet_channels.sending import send

from .letterbox import ChatServer, MailServer

MESSAGE = Message(
    'OPS-12 Renew & rotate: carl commented: "tonight" <b>at 8</b>',
    'carl commented: "tonight" <b>at 8</b>\nYou get this because you made it.',
)


class TestMail:
    def test_arrives_with_the_reason_in_it(self, mail_server: MailServer) -> None:
        """The subject says what happened, the text why one is notified."""
        send(f"mailto://127.0.0.1:{mail_server.port}?from=placet@example.org&to=ann@example.org", MESSAGE)

        [mail] = mail_server.received
        assert (mail["To"], "placet@example.org" in mail["From"]) == ("ann@example.org", True)
        assert mail["Subject"] == MESSAGE.subject
        assert "You get this because you made it." in mail.get_content()

    def test_shows_what_people_wrote_and_does_not_run_it(self, mail_server: MailServer) -> None:
        """A mail is plain text, in which markup is nothing but text."""
        send(f"mailto://127.0.0.1:{mail_server.port}?from=placet@example.org&to=ann@example.org", MESSAGE)

        [mail] = mail_server.received
        assert [part.get_content_type() for part in mail.walk()] == ["text/plain"]
        assert "<b>at 8</b>" in mail.get_content()

    def test_goes_to_an_address_with_a_sign_in_it(self, mail_server: MailServer) -> None:
        """As Placet writes people's own addresses into its setting."""
        send(
            f"mailto://127.0.0.1:{mail_server.port}?from=placet@example.org&to=ann%2Bwork@example.org",
            MESSAGE,
        )

        assert mail_server.received[0]["To"] == "ann+work@example.org"

    def test_by_an_address_that_apprise_cannot_read_is_refused(self) -> None:
        with pytest.raises(AddressError, match="is not an address of mailto that apprise can read"):
            send("mailto://mail.example.org?from=nobody&to=ann@example.org", MESSAGE)


class TestChat:
    @pytest.mark.parametrize(
        ("url", "path", "member"),
        [
            ("mmost://127.0.0.1:{port}/tokentoken", "/hooks/tokentoken", "text"),
            ("ntfy://127.0.0.1:{port}/changes", "/", "message"),
        ],
    )
    def test_arrives_with_the_reason_in_it(
        self, chat_server: ChatServer, url: str, path: str, member: str
    ) -> None:
        """As plain text, by the protocol of the chat."""
        send(url.format(port=chat_server.port), MESSAGE)

        [(posted, body)] = chat_server.received
        assert posted == path
        assert 'carl commented: "tonight" <b>at 8</b>' in body[member]
        assert "You get this because you made it." in body[member]

    def test_that_does_not_take_it_fails_with_what_it_said(self, chat_server: ChatServer) -> None:
        """The reason is kept for the one who looks why nothing comes."""
        with pytest.raises(ChannelError, match="500"):
            send(f"mmost://127.0.0.1:{chat_server.port}/broken", MESSAGE)

    def test_is_not_followed_elsewhere(self, chat_server: ChatServer) -> None:
        """A server could lead into this machine's own network."""
        chat_server.leads_to = f"http://127.0.0.1:{chat_server.port}/hooks/inside"

        with pytest.raises(ChannelError, match="307"):
            send(f"mmost://127.0.0.1:{chat_server.port}/tokentoken", MESSAGE)
        assert chat_server.received == []
