"""A mail server and a chat server that keep what they are sent."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class MailServer:
    """Takes mail by SMTP (RFC 5321), as far as a client needs it."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)


@dataclass
class ChatServer:
    """Takes posts over HTTP; answers 500 to those whose path says so."""

    port: int = 0
    #: Path and body of each post.
    received: list[tuple[str, Any]] = field(default_factory=list)
    #: Where it sends its callers on to, instead of taking their posts.
    leads_to: str = ""


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server that is open while the context lasts."""
    kept = MailServer()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 mail.example.org")
            while line := self.rfile.readline():
                verb = line.split()[0].upper()
                if verb == b"DATA":
                    self._say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    parsed = message_from_bytes(b"".join(lines), policy=policy.default)
                    assert isinstance(parsed, EmailMessage)
                    kept.received.append(parsed)
                self._say("221 bye" if verb == b"QUIT" else "250 ok")

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        kept.port = server.server_address[1]
        yield from _served(server, kept)


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    """A chat server that is open while the context lasts."""
    kept = ChatServer()

    class Post(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if kept.leads_to:
                self.send_response(307)
                self.send_header("Location", kept.leads_to)
            else:
                kept.received.append((self.path, json.loads(body)))
                self.send_response(500 if "broken" in self.path else 200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the library's name
            """Nothing: what matters is in `received`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Post) as server:
        kept.port = server.server_port
        yield from _served(server, kept)


def _served(server: socketserver.BaseServer, kept: T) -> Iterator[T]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
