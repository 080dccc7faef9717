"""Channels: which addresses are admitted, and what comes out at the other end of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from letterbox import ChatServer, MailServer

from placet.channels import ChannelError, Channels
from placet.engine.act.notices import Because, Channel, Digest, NotificationRecord, Sending
from placet.engine.act.people import Actor
from placet.errors import InvalidError, SettingsError
from placet.settings import Settings, load_settings
from placet.testing.desk import START
from placet.vault import Vault

NOTICE = NotificationRecord(
    "1", "ann", "e", "OPS", 12, START, 'carl commented: "tonight" <b>at 8</b>',
    (Because("core.comment", "you made it"), Because("core.named", "you are its owner")), title="Renew & rotate",
)  # fmt: skip

Make = Callable[..., Channels]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes channels with settings of the test's own; only 127.0.0.1 of this machine's network is allowed."""

    def made(**settings: Any) -> Channels:
        told = Settings(
            database_url=f"sqlite:///{tmp_path / 'placet.db'}",
            **({"channel_hosts": ("127.0.0.1",)} | settings),
        )
        return Channels(told, Vault(told))

    return made


def sending(channels: Channels, url: str) -> Sending:
    """A notice for Ann, to go out by an address."""
    shown, sealed = channels.admitted(url, "/url")
    ann = Actor("ann", "Ann", email="ann@example.org")
    return Sending(ann, Channel("c", Digest.IMMEDIATE, shown, sealed), (NOTICE,), 0, NOTICE.at)


class TestMail:
    def test_arrives_with_the_reason_in_it(self, make: Make, mail_server: MailServer) -> None:
        """The subject tells what happened, the text why one is told."""
        channels = make()

        channels.send(
            sending(
                channels, f"mailto://127.0.0.1:{mail_server.port}?from=placet@example.org&to=ann@example.org"
            )
        )

        [mail] = mail_server.received
        assert (mail["To"], "placet@example.org" in mail["From"]) == ("ann@example.org", True)
        assert mail["Subject"] == 'OPS-12 Renew & rotate: carl commented: "tonight" <b>at 8</b>'
        assert "You get this because you made it and because you are its owner." in mail.get_content()

    def test_shows_what_people_wrote_and_does_not_run_it(self, make: Make, mail_server: MailServer) -> None:
        """A mail is plain text, in which markup is nothing but text."""
        channels = make()

        channels.send(
            sending(
                channels, f"mailto://127.0.0.1:{mail_server.port}?from=placet@example.org&to=ann@example.org"
            )
        )

        [mail] = mail_server.received
        assert [part.get_content_type() for part in mail.walk()] == ["text/plain"]
        assert "<b>at 8</b>" in mail.get_content()

    def test_goes_to_ones_own_address_by_the_installations_server(
        self, make: Make, mail_server: MailServer
    ) -> None:
        """Nobody has to know how mail is sent here."""
        channels = make(
            mail_url=f"mailto://127.0.0.1:{mail_server.port}?from=placet@example.org&to={{to}}",
            channel_hosts=(),
        )
        ann = Actor("ann", "Ann", email="ann+work@example.org")

        channels.send(
            Sending(ann, Channel("mail", Digest.DAILY, "ann+work@example.org"), (NOTICE,), 0, NOTICE.at)
        )

        assert mail_server.received[0]["To"] == "ann+work@example.org"

    def test_that_is_not_sent_from_here_says_so(self, make: Make) -> None:
        """The keeper took the mail server away, or the person's address is gone."""
        channel = Channel("mail", Digest.DAILY, "ann@example.org")

        with pytest.raises(ChannelError, match="no mail is sent from here"):
            make().send(
                Sending(Actor("ann", "Ann", email="ann@example.org"), channel, (NOTICE,), 0, NOTICE.at)
            )
        with pytest.raises(ChannelError, match="the person's mail address is not known"):
            make(mail_url="mailto://mail.example.org?to={to}").send(
                Sending(Actor("ann", "Ann"), channel, (NOTICE,), 0, NOTICE.at)
            )

    def test_needs_a_place_for_the_address_in_its_setting(self) -> None:
        """Or all mail would go to one person."""
        with pytest.raises(SettingsError, match="mail_url does not fit"):
            load_settings(mail_url="mailtos://smtp.example.org?to=root@example.org")

    def test_by_a_setting_that_apprise_cannot_read_is_refused(self, make: Make) -> None:
        """It is the keeper who has to repair it."""
        channel = Channel("mail", Digest.DAILY, "ann@example.org")

        with pytest.raises(ChannelError, match="PLACET_MAIL_URL is no address"):
            make(mail_url="mailto://mail.example.org?from=nobody&to={to}").send(
                Sending(Actor("ann", "Ann", email="ann@example.org"), channel, (NOTICE,), 0, NOTICE.at)
            )


class TestChat:
    @pytest.mark.parametrize(
        ("url", "path", "member"),
        [
            ("mmost://127.0.0.1:{port}/tokentoken", "/hooks/tokentoken", "text"),
            ("ntfy://127.0.0.1:{port}/changes", "/", "message"),
        ],
    )
    def test_arrives_with_the_reason_in_it(
        self, make: Make, chat_server: ChatServer, url: str, path: str, member: str
    ) -> None:
        """As plain text, by the protocol of the chat."""
        channels = make()

        channels.send(sending(channels, url.format(port=chat_server.port)))

        [(posted, body)] = chat_server.received
        assert posted == path
        assert 'carl commented: "tonight" <b>at 8</b>' in body[member]
        assert "You get this because you made it and because you are its owner." in body[member]

    def test_that_does_not_take_it_fails_with_what_it_said(self, make: Make, chat_server: ChatServer) -> None:
        """The reason is kept for whoever looks why nothing comes."""
        channels = make()

        with pytest.raises(ChannelError, match="500"):
            channels.send(sending(channels, f"mmost://127.0.0.1:{chat_server.port}/broken"))

    def test_is_not_followed_elsewhere(self, make: Make, chat_server: ChatServer) -> None:
        """A server could lead into this machine's own network."""
        channels = make()
        chat_server.leads_to = f"http://127.0.0.1:{chat_server.port}/hooks/inside"

        with pytest.raises(ChannelError, match="307"):
            channels.send(sending(channels, f"mmost://127.0.0.1:{chat_server.port}/tokentoken"))
        assert chat_server.received == []


class TestAdmission:
    @pytest.mark.parametrize(
        ("url", "message"),
        [
            ("json://example.org/hook", 'begins with "json", and people are told by mailto, mailtos, slack'),
            ("file:///etc/passwd", 'begins with "file"'),
            ("syslog://", 'begins with "syslog"'),
            ("dbus://", 'begins with "dbus"'),
            ("nothing", 'begins with "nothing"'),
            ("mailto://", "is no address of mailto that apprise can read"),
            ("tgram://short", "is no address of tgram that apprise can read"),
            ("mmosts://[", "is no URL"),
            (
                "mailto://u:p@example.org?to=a@example.org&pgp=sign&pgpprv=/etc/ssl/key",
                'has the member "pgp"',
            ),
            ("workflows://example.org/a/b?template=/etc/passwd", 'has the member "template"'),
            ("mmost://example.org/token?redirect=yes", 'has the member "redirect"'),
            ("mailto://u:p@example.org?+X-Header=1", 'has the member " X-Header"'),
            ("mmost://127.0.0.2/token", "leads to 127.0.0.2, which is a loopback address"),
            ("mmost://localhost/token", "which is a loopback address"),
            ("ntfy://10.0.0.1/topic", "leads to 10.0.0.1, which is a private or reserved address"),
            ("rocket://u:p@169.254.169.254/#room", "leads to 169.254.169.254, which is a link-local address"),
            (
                "matrix://u:p@192.168.0.1/#room",
                "leads to 192.168.0.1, which is a private or reserved address",
            ),
            (
                "mailto://u:p@example.org?smtp=10.0.0.1&to=a@example.org",
                "leads to 10.0.0.1, which is a private",
            ),
            ("mmost://host.invalid/token", "leads to host.invalid, which does not resolve"),
        ],
    )
    def test_refuses_what_leads_elsewhere_than_to_people(self, make: Make, url: str, message: str) -> None:
        """Files, this machine, its network, and members that apprise would act on."""
        with pytest.raises(InvalidError) as refusal:
            make().admitted(url, "/channels/0/url")

        [fault] = refusal.value.faults
        assert fault.pointer == "/channels/0/url"
        assert message in fault.message

    @pytest.mark.parametrize(
        "url",
        [
            "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
            "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
            "tgram://123456789:abcdefg_hijklmnop/12315544/",
            "ntfy://changes",
            "matrixs://u:p@127.0.0.1/#room",
            "mailtos://ann:secret@127.0.0.1?from=ann@example.org&to=ann@example.org",
        ],
    )
    def test_shows_an_address_without_its_secrets(self, make: Make, url: str) -> None:
        """What is kept is encrypted, and what is shown cannot be used."""
        shown, sealed = make().admitted(url, "/url")

        assert shown != url.rstrip("/")
        for secret in (
            "TIiajkdnlazkcOXrIdevi7FQ",
            "JHMHI8qBe7bk2ZwO5U711o3dV_js",
            "abcdefg_hijklmnop",
            "secret",
            ":p@",
        ):
            assert secret not in shown
        assert url not in sealed

    def test_takes_the_protocols_that_the_keeper_chose(self, make: Make) -> None:
        """A setting; one that nothing is known of is refused at the start."""
        with pytest.raises(InvalidError, match="people are told by mmosts"):
            make(channel_schemas=("mmosts",)).admitted("ntfy://changes", "/url")
        with pytest.raises(SettingsError, match=r"channel_schemas.0 does not fit"):
            load_settings(channel_schemas="json")

    def test_looks_again_before_it_sends(self, make: Make, chat_server: ChatServer) -> None:
        """A name may lead elsewhere than it did when it was given, and the keeper may have thought again."""
        admitted = sending(make(), f"mmost://127.0.0.1:{chat_server.port}/tokentoken")

        with pytest.raises(ChannelError, match=r"leads to 127\.0\.0\.1"):
            make(channel_hosts=()).send(admitted)
        assert chat_server.received == []

    def test_reads_only_what_it_has_encrypted(self, make: Make) -> None:
        """With another key nothing goes out."""
        channels = make(secret_key="one key of the installation")
        admitted = sending(channels, "ntfy://changes")

        with pytest.raises(SettingsError, match="PLACET_SECRET_KEY is not the one"):
            make(secret_key="another key altogether").send(replace(admitted))
