"""Secrets that the server has to read again, such as those that sign webhooks: they are stored encrypted."""

from __future__ import annotations

import base64
import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from placet.errors import SettingsError
from placet.settings import Settings


class Vault:
    """Encrypts and decrypts with the installation's key, which is read at its first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._fernet: Fernet | None = None

    def lock(self, secret: str) -> str:
        """A secret, encrypted. Raises `SettingsError` without a key."""
        return self._key().encrypt(secret.encode()).decode()

    def unlock(self, stored: str) -> str:
        """A stored secret, decrypted. Raises `SettingsError` if it was encrypted with another key."""
        try:
            return self._key().decrypt(stored).decode()
        except InvalidToken:
            raise SettingsError(
                "a stored secret cannot be read: it was encrypted with another PLACET_SECRET_KEY"
            ) from None

    def _key(self) -> Fernet:
        if self._fernet is None:
            self._fernet = Fernet(base64.urlsafe_b64encode(sha256(self._given().encode()).digest()))
        return self._fernet

    def _given(self) -> str:
        if self._settings.secret_key is not None:
            return self._settings.secret_key
        if self._settings.sqlite_file is None:
            raise SettingsError(
                "stored secrets are encrypted, which needs a key: set PLACET_SECRET_KEY, the same for all processes"
            )
        return made_key(self._settings.sqlite_file.with_name(f"{self._settings.sqlite_file.name}.key"))


def made_key(file: Path) -> str:
    """The key in a file that only its owner can read, which is made if it is missing."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    if not file.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(secrets.token_urlsafe(32))
        try:
            os.link(draft, file)  # the file is complete or missing, and the first of two processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text().strip()
