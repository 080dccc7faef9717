"""The REST face of the engine: requests in, verbs called, answers out."""

from placet.api.application import create_app

__all__ = ["create_app"]
