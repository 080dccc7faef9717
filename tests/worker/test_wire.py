"""One request to an address from outside: bounded in time and size, and only to where it may go."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import pytest
from patience import PATIENCE
from post import box

from placet.addresses import Resolved, UnsafeAddressError, allowed, resolve, target
from placet.worker.wire import Wire, WireError


@contextmanager
def dripping(answer: bytes) -> Iterator[str]:
    """A server that says something and then nothing more, and never hangs up."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)
                over.wait(PATIENCE)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        over.set()
        thread.join()


def send(url: str, *, seconds: float = PATIENCE, private: bool = True) -> int:
    with Wire(url, seconds=seconds, private=private) as wire:
        return wire.post({"Content-Type": "text/plain"}, b"hello")


class TestARequest:
    def test_answers_what_the_other_side_answered(self) -> None:
        with box() as opened:
            opened.answer = lambda _: 418

            assert send(opened.url) == 418
            assert opened.letters[0].body == b"hello"
            assert opened.letters[0].headers["host"] == opened.url.split("/")[2]

    @pytest.mark.parametrize(
        "answer", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"]
    )
    def test_ends_in_time_however_slowly_it_is_answered(self, answer: bytes) -> None:
        """Silence, half a header, and half a body."""
        with dripping(answer) as url, pytest.raises(WireError, match=r"it did not answer within 0\.3 s"):
            send(url, seconds=0.3)

    def test_reads_no_more_of_an_answer_than_it_has_to(self) -> None:
        """A status is enough: megabytes are left where they are."""
        with dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n" + b"x" * 100_000) as url:
            assert send(url) == 200

    def test_says_why_it_could_not_be_made(self) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]

            with pytest.raises(WireError, match=r"it cannot be reached: .*refused"):
                send(f"http://127.0.0.1:{port}/")
        with (
            dripping(b"SSH-2.0-OpenSSH_9.9\r\n\r\n") as url,
            pytest.raises(WireError, match="cannot be reached"),
        ):
            send(url)

    def test_is_not_made_in_plain_text_where_the_other_side_speaks_no_tls(self) -> None:
        with dripping(b"HTTP/1.1 200 OK\r\n\r\n") as url, pytest.raises(WireError, match="cannot be reached"):
            send(url.replace("http:", "https:"))

    def test_goes_to_the_address_that_was_checked_and_to_no_other(self) -> None:
        """A name that leads to a good address when it is looked at, and to a bad one when it is called."""
        answers = iter([["93.184.216.34"], ["127.0.0.1"]])

        def resolving(host: str, port: int) -> list[Resolved]:
            assert (host, port) == ("rebinding.example", 80)
            return [ip_address(each) for each in next(answers)]

        allowed(resolving("rebinding.example", 80), private=False)
        with (
            Wire("http://rebinding.example/", seconds=PATIENCE, private=False, resolving=resolving) as wire,
            pytest.raises(WireError, match=r"it leads to 127\.0\.0\.1, which is a loopback address"),
        ):
            wire.post({}, b"")

    def test_is_made_to_an_address_that_answers_if_another_of_its_host_does_not(self) -> None:
        with box() as opened:
            port = int(opened.url.split(":")[2].partition("/")[0])

            def resolving(host: str, port: int) -> list[Resolved]:
                return [ip_address("127.0.0.9"), ip_address("127.0.0.1")]

            with Wire(
                f"http://two.example:{port}/", seconds=PATIENCE, private=True, resolving=resolving
            ) as wire:
                assert wire.post({}, b"") == 204
            assert opened.letters[0].headers["host"] == f"two.example:{port}"


class TestAnAddress:
    @pytest.mark.parametrize(
        ("address", "reason"),
        [
            ("127.0.0.1", "a loopback address"),
            ("127.8.9.10", "a loopback address"),
            ("::1", "a loopback address"),
            ("::ffff:127.0.0.1", "a loopback address"),
            ("::ffff:10.0.0.1", "a private or reserved address"),
            ("2002:7f00:1::", "a loopback address"),
            ("169.254.169.254", "a link-local address"),
            ("fe80::1", "a link-local address"),
            ("224.0.0.1", "a multicast address"),
            ("0.0.0.0", "a private or reserved address"),  # noqa: S104  # that is what is refused
            ("10.1.2.3", "a private or reserved address"),
            ("172.16.0.1", "a private or reserved address"),
            ("192.168.1.1", "a private or reserved address"),
            ("100.64.0.1", "a private or reserved address"),
            ("fd00::1", "a private or reserved address"),
            ("192.0.0.8", "a private or reserved address"),
            ("198.51.100.1", "a private or reserved address"),
            ("255.255.255.255", "a private or reserved address"),
            ("::", "a private or reserved address"),
            ("::127.0.0.1", "a loopback address"),
            ("::8.8.8.8", "a private or reserved address"),
            ("::ffff:0:10.0.0.1", "a private or reserved address"),
            ("64:ff9b::a9fe:a9fe", "a link-local address"),
            ("64:ff9b::10.0.0.1", "a private or reserved address"),
            ("64:ff9b:1::1", "a private or reserved address"),
            ("100::1", "a private or reserved address"),
            ("fec0::1", "a private or reserved address"),
            ("ff0e::1", "a multicast address"),
            ("5f00::1", "a private or reserved address"),
            ("4000::1", "a private or reserved address"),
            ("2001:db8::1", "a private or reserved address"),
            ("3fff::1", "a private or reserved address"),
            ("2002:a9fe:a9fe::1", "a link-local address"),
            ("2002:c0a8:101::1", "a private or reserved address"),
            (
                "2001:0:808:808:0:0:3f57:56fe",
                "a private or reserved address",
            ),  # Teredo: 192.168.169.1, inverted
            ("2001:0:a00:1::f7f7:f7f7", "a private or reserved address"),  # Teredo: a server at 10.0.0.1
            ("2a00:1450::5efe:10.0.0.1", "a private or reserved address"),
            ("2a00:1450::200:5efe:127.0.0.1", "a loopback address"),
        ],
    )
    def test_that_not_everybody_can_reach_is_not_called(self, address: str, reason: str) -> None:
        """In whatever form it comes, and even as one among good ones."""
        good = ip_address("93.184.216.34")

        with pytest.raises(UnsafeAddressError, match=f"which is {reason}"):
            allowed([good, ip_address(address)], private=False)

        assert allowed([ip_address(address)], private=True) == [ip_address(address)]
        assert allowed([good], private=False) == [good]

    @pytest.mark.parametrize(
        "address",
        [
            "8.8.8.8",
            "192.0.0.9",
            "2a00:1450:4001::1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ],
    )
    def test_that_everybody_can_reach_is_called(self, address: str) -> None:
        """Directly, or through a gateway that leads to a public address."""
        assert allowed([ip_address(address)], private=False) == [ip_address(address)]

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("ftp://example.org/", "is not a URL that begins with"),
            ("example.org", "is not a URL that begins with"),
            ("https://", "is not a URL with a host"),
            ("https://exa mple.org/", "is not a URL with a host"),
            ("https://[::1/", "is not a URL: "),
            ("https://example.org:99999/", "is not a URL: "),
            ("https://joe:secret@example.org/", "holds a name or a password"),
            ("https://example.org/#there", "holds a fragment"),
        ],
    )
    def test_that_is_none_is_refused_with_the_reason(self, url: str, reason: str) -> None:
        with pytest.raises(UnsafeAddressError, match=reason):
            target(url)

    def test_has_a_host_and_a_port(self) -> None:
        assert target("https://example.org/x?y=z") == ("example.org", 443)
        assert target("http://example.org") == ("example.org", 80)
        assert target("http://[2001:db8::1]:8080/") == ("2001:db8::1", 8080)

    def test_of_a_name_is_found(self) -> None:
        assert ip_address("127.0.0.1") in resolve("localhost", 80)
        with pytest.raises(UnsafeAddressError, match="does not resolve"):
            resolve("a..b", 80)
