"""The key that signs checkpoints of the log."""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from placet.errors import SettingsError
from placet.settings import Settings
from placet.vault import made_key


class AuditKey:
    """Implements `placet.engine.act.ports.Signer` with the key of the settings, which is read at its first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def name(self) -> str:
        """The name of the log: of the settings, or made of the key, so that it is one of its own."""
        return self._settings.audit_name or f"placet/{sha256(self.public).hexdigest()[:16]}"

    @cached_property
    def public(self) -> bytes:
        """The public key."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""
        return self._key.sign(message)

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(sha256(self._given().encode()).digest())

    def _given(self) -> str:
        if self._settings.audit_key is not None:
            return self._settings.audit_key
        file = self._settings.sqlite_file
        if file is None:
            raise SettingsError(
                "checkpoints are signed, which needs a key: set PLACET_AUDIT_KEY, the same for all"
            )
        return made_key(file.with_name(f"{file.name}.audit-key"))
