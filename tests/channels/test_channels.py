"""Channels: which addresses are admitted, and what is sent to them, whatever plugin carries it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pigeons import Loft

from placet import ChannelError, InvalidError
from placet.catalog.discovery import Registry
from placet.channels import Channels
from placet.engine.act.notifications import Because, Channel, Digest, NotificationRecord, Sending
from placet.engine.act.people import Actor
from placet.errors import SettingsError
from placet.settings import Settings, load_settings
from placet.testing.clock import START
from placet.vault import Vault

NOTIFICATION = NotificationRecord(
    "1", "ann", "e", "OPS", 12, START, 'carl commented: "tonight" <b>at 8</b>',
    (Because("core.comment", "you made it"), Because("core.named", "you are its owner")), title="Renew & rotate",
)  # fmt: skip

Make = Callable[..., Channels]


@pytest.fixture
def loft() -> Loft:
    return Loft()


@pytest.fixture
def make(tmp_path: Path, loft: Loft) -> Make:
    """Makes channels with settings of the test's own; only 127.0.0.1 of this machine's network is allowed."""

    def made(*lofts: Loft, failed: tuple[str, ...] = (), **settings: Any) -> Channels:
        configured = Settings(
            database_url=f"sqlite:///{tmp_path / 'placet.db'}",
            **({"channel_hosts": ("127.0.0.1",)} | settings),
        )
        registry = Registry.of(*(each.plugin() for each in lofts or (loft,)))
        return Channels(configured, Vault(configured), registry.channels, failed=failed)

    return made


def none_installed(tmp_path: Path, *, failed: tuple[str, ...] = (), **settings: Any) -> Channels:
    """Channels of an installation without any plugin that has one."""
    configured = Settings(database_url=f"sqlite:///{tmp_path / 'placet.db'}", **settings)
    return Channels(configured, Vault(configured), (), failed=failed)


def sending(channels: Channels, url: str) -> Sending:
    """A notification for Ann, to go out by an address."""
    shown, sealed = channels.admitted(url, "/url")
    ann = Actor("ann", "Ann", email="ann@example.org")
    return Sending(ann, Channel("c", Digest.IMMEDIATE, shown, sealed), (NOTIFICATION,), 0, NOTIFICATION.at)


def own_mail(email: str | None = "ann+work@example.org") -> Sending:
    """A notification for Ann, to go out to her own mail address."""
    ann = Actor("ann", "Ann", email=email)
    return Sending(ann, Channel("mail", Digest.DAILY, str(email)), (NOTIFICATION,), 0, NOTIFICATION.at)


class TestSending:
    def test_says_what_happened_and_why_one_is_notified(self, make: Make, loft: Loft) -> None:
        """The subject is one line; the text has every reason."""
        channels = make()

        channels.send(sending(channels, "pigeon://ann:secret@127.0.0.1/roof"))

        [(url, message)] = loft.received
        assert url == "pigeon://ann:secret@127.0.0.1/roof"
        assert message.subject == 'OPS-12 Renew & rotate: carl commented: "tonight" <b>at 8</b>'
        assert "You get this because you made it and because you are its owner." in message.body

    def test_goes_to_ones_own_address_as_the_installation_sends_mail(self, make: Make, loft: Loft) -> None:
        """Nobody has to know how mail is sent here, and it may be a host of this machine's network."""
        channels = make(mail_url="mailto://10.0.0.1?from=placet@example.org&to={to}", channel_hosts=())

        channels.send(own_mail())

        [(url, _)] = loft.received
        assert url == "mailto://10.0.0.1?from=placet@example.org&to=ann%2Bwork@example.org"

    def test_of_mail_that_is_not_sent_from_here_says_so(self, make: Make) -> None:
        """The administrator took the mail server away, or the person's address is gone."""
        with pytest.raises(ChannelError, match="no mail is sent from here"):
            make().send(own_mail())
        with pytest.raises(ChannelError, match="the person's mail address is not known"):
            make(mail_url="mailto://mail.example.org?to={to}").send(own_mail(None))

    def test_fails_with_what_the_plugin_says(self, make: Make) -> None:
        """The reason is kept for who looks why nothing comes."""
        channels = make()

        with pytest.raises(ChannelError, match=r"^the pigeon came back with 500$"):
            channels.send(sending(channels, "pigeon://127.0.0.1/broken"))
        with pytest.raises(ChannelError, match=r"^the address is not one that pigeons read$"):
            channels.send(sending(channels, "pigeon://127.0.0.1/unread"))
        with pytest.raises(ChannelError, match=r"^PLACET_MAIL_URL is not one that pigeons read$"):
            make(mail_url="mailto://unread.example.org?to={to}").send(own_mail())

    def test_through_a_plugin_that_fails_names_it(self, make: Make) -> None:
        channels = make()

        with pytest.raises(ChannelError, match="the plugin pigeons failed: ZeroDivisionError: no pigeons"):
            channels.send(sending(channels, "pigeon://127.0.0.1/crash"))

    def test_looks_again_at_the_address(self, make: Make, loft: Loft) -> None:
        """A name may lead elsewhere than it did when it was given, and the administrator may have thought again."""
        admitted = sending(make(), "pigeon://127.0.0.1/roof")

        with pytest.raises(ChannelError, match=r"the address leads to 127\.0\.0\.1"):
            make(channel_hosts=()).send(admitted)
        assert loft.received == []

    def test_reads_only_what_it_has_encrypted(self, make: Make) -> None:
        """With another key nothing goes out."""
        admitted = sending(make(secret_key="one key of the installation"), "pigeon://127.0.0.1/roof")

        with pytest.raises(SettingsError, match="it was encrypted with another PLACET_SECRET_KEY"):
            make(secret_key="another key altogether").send(admitted)

    def test_without_the_plugin_says_what_to_install(self, make: Make, tmp_path: Path) -> None:
        """Somebody uninstalled it: what waits is not lost, and is sent when it is back."""
        admitted = sending(make(), "pigeon://127.0.0.1/roof")

        with pytest.raises(ChannelError, match="no channel is installed: pip install placet-channels"):
            none_installed(tmp_path, channel_hosts=("127.0.0.1",)).send(admitted)
        orphaned = none_installed(
            tmp_path, mail_url="mailto://mail.example.org?to={to}", failed=("channels",)
        )
        with pytest.raises(
            ChannelError, match="PLACET_MAIL_URL is of a kind which no installed plugin offers: pip install"
        ):
            orphaned.send(own_mail())


class TestAdmission:
    @pytest.mark.parametrize(
        ("url", "message"),
        [
            ("json://example.org/hook", 'begins with "json", and the channels here are pigeon, mailto'),
            ("file:///etc/passwd", 'begins with "file"'),
            ("nothing", 'begins with "nothing"'),
            ("pigeon:///roof", "names no loft"),
            ("pigeon://127.0.0.2/roof", "leads to 127.0.0.2, which is a loopback address"),
            ("pigeon://localhost/roof", "which is a loopback address"),
            ("pigeon://10.0.0.1/roof", "leads to 10.0.0.1, which is a private or reserved address"),
            ("pigeon://169.254.169.254/roof", "leads to 169.254.169.254, which is a link-local address"),
            ("mailto://192.168.0.1", "leads to 192.168.0.1, which is a private or reserved address"),
            ("pigeon://host.invalid/roof", "leads to host.invalid, which does not resolve"),
            ("pigeon://crash/roof", "the plugin pigeons failed: ZeroDivisionError: no pigeons"),
        ],
    )
    def test_refuses_what_leads_elsewhere_than_to_people(self, make: Make, url: str, message: str) -> None:
        """This machine, its network, and what no plugin reads."""
        with pytest.raises(InvalidError) as refusal:
            make().admitted(url, "/channels/0/url")

        [fault] = refusal.value.faults
        assert fault.pointer == "/channels/0/url"
        assert message in fault.message

    def test_shows_an_address_without_its_secrets_and_keeps_it_encrypted(self, make: Make) -> None:
        url = "pigeon://ann:secret@127.0.0.1/roof"

        shown, sealed = make().admitted(url, "/url")

        assert shown == "pigeon://127.0.0.1"
        assert url not in sealed
        assert "secret" not in sealed

    def test_takes_the_schemes_that_the_administrator_chose(self, make: Make) -> None:
        with pytest.raises(InvalidError, match=r"the channels here are mailto$"):
            make(channel_schemas=("mailto",)).admitted("pigeon://127.0.0.1/roof", "/url")

    def test_goes_by_the_plugin_that_has_the_scheme(self, make: Make, loft: Loft) -> None:
        doves = Loft(("dove",), "doves")
        channels = make(loft, doves)

        channels.send(sending(channels, "dove://127.0.0.1/roof"))

        assert (len(loft.received), len(doves.received)) == (0, 1)


class TestSettingsThatAskForWhatIsNotThere:
    def test_are_refused_at_the_start(self, make: Make, tmp_path: Path) -> None:
        with pytest.raises(
            SettingsError, match='channel_schemas wants "json", which no installed plugin offers'
        ):
            make(channel_schemas=("pigeon", "json"))
        with pytest.raises(SettingsError, match=r'mail_url wants "mailtos".*: pip install placet-channels'):
            none_installed(tmp_path, mail_url="mailtos://mail.example.org?to={to}")

    def test_stop_nothing_where_a_plugin_that_failed_may_have_it(
        self, make: Make, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A broken plugin takes nothing else down; the log says what does not work without it."""
        with caplog.at_level(logging.ERROR):
            channels = make(channel_schemas=("pigeon", "json"), failed=("carriers",))

        assert "or repair carriers, which failed to load" in caplog.text
        assert channels.admitted("pigeon://127.0.0.1/roof", "/url")[0] == "pigeon://127.0.0.1"

    def test_need_a_place_for_the_address_of_mail(self) -> None:
        """Or all mail would go to one person."""
        with pytest.raises(SettingsError, match=r"mail_url \(PLACET_MAIL_URL, .+\) does not fit"):
            load_settings(mail_url="mailtos://smtp.example.org?to=root@example.org")


class TestTwoPluginsWithOneScheme:
    def test_cannot_both_be_loaded(self) -> None:
        registry = Registry.of(Loft().plugin(), Loft(("mailto",), "post").plugin())

        assert [plugin.status for plugin in registry.plugins] == ["active", "failed"]
        assert "the plugin pigeons takes mailto:// addresses already" in registry.plugins[1].error
