"""Addresses: which are taken, which hosts they name, and how they are shown."""

from __future__ import annotations

import pytest

from placet import AddressError
from placet_channels.addresses import SCHEMES, admitted


def test_schemes_are_mail_and_chats_and_nothing_that_reaches_into_the_machine() -> None:
    """Apprise has some that read files, run programs, or call any web address."""
    assert SCHEMES == (
        "mailto", "mailtos", "slack", "workflows", "mmost", "mmosts", "rocket", "rockets", "matrix", "matrixs", "tgram",
        "discord", "ntfy", "ntfys",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mailto://", "is not an address of mailto that apprise can read"),
        ("tgram://short", "is not an address of tgram that apprise can read"),
        ("mmosts://[", "is not a URL"),
        ("mailto://u:p@example.org?to=a@example.org&pgp=sign&pgpprv=/etc/ssl/key", 'has the member "pgp"'),
        ("workflows://example.org/a/b?template=/etc/passwd", 'has the member "template"'),
        ("mmost://example.org/token?redirect=yes", 'has the member "redirect"'),
        ("mailto://u:p@example.org?+X-Header=1", 'has the member " X-Header"'),
    ],
)
def test_refuses_what_names_more_than_a_recipient(url: str, message: str) -> None:
    """Members that name files or that apprise would act on, and what it cannot read."""
    with pytest.raises(AddressError) as refusal:
        admitted(url)

    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("mmost://127.0.0.2/token", ("127.0.0.2",)),
        ("mmost://localhost/token", ("localhost",)),
        ("mmosts://chat.example.org/token", ("chat.example.org",)),
        ("ntfy://10.0.0.1/topic", ("10.0.0.1",)),
        ("rocket://u:p@169.254.169.254/#room", ("169.254.169.254",)),
        ("matrix://u:p@192.168.0.1/#room", ("192.168.0.1",)),
        ("mailto://u:p@example.org?smtp=10.0.0.1&to=a@example.org", ("10.0.0.1",)),
        ("ntfy://changes", ()),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/", ()),
    ],
)
def test_names_the_hosts_that_are_called(url: str, hosts: tuple[str, ...]) -> None:
    """Placet refuses those in its own network; a public service's own host no address can name."""
    assert admitted(url).hosts == hosts


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
def test_shows_an_address_without_its_secrets(url: str) -> None:
    """An address as it is shown cannot be used."""
    shown = admitted(url).shown

    assert shown != url.rstrip("/")
    for secret in (
        "TIiajkdnlazkcOXrIdevi7FQ",
        "JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "abcdefg_hijklmnop",
        "secret",
        ":p@",
    ):
        assert secret not in shown
