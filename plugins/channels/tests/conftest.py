"""A mail server and a chat server of a test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .letterbox import ChatServer, MailServer
from .letterbox import chat_server as open_chat_server
from .letterbox import mail_server as open_mail_server


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Keeps the mail that it is sent."""
    with open_mail_server() as server:
        yield server


@pytest.fixture
def chat_server() -> Iterator[ChatServer]:
    """Keeps what is posted to it."""
    with open_chat_server() as server:
        yield server
