"""Services of apprise. Only this package uses apprise."""

from __future__ import annotations

from typing import Any, TypeAlias

from placet import AddressError

#: A service of apprise, which has no types of its own.
Service: TypeAlias = Any


def service_of(url: str) -> Service:
    """The service of an address. Raises `AddressError` if apprise cannot read it."""
    import apprise  # noqa: PLC0415  # it takes half a second, and most processes never send anything

    asset = apprise.AppriseAsset(
        app_id="Placet",
        app_desc="Placet",
        app_url="",
        image_url_mask=None,
        image_url_logo=None,
        async_mode=False,
        http_redirects=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
    scheme = url.partition("://")[0]
    service = apprise.Apprise.instantiate(_without_discovery(url, scheme), asset=asset)
    if service is None:
        raise AddressError(
            f"is not an address of {scheme} that apprise can read: see https://appriseit.com/services/"
        )
    return service


def _without_discovery(url: str, scheme: str) -> str:
    """The address without discovery, with which Matrix would look for another host."""
    if not scheme.startswith("matrix"):
        return url
    return f"{url}{'&' if '?' in url else '?'}discovery=no"


def shown(service: Service) -> str:
    """The address without its secrets, and without defaults."""
    return str(service.url(privacy=True)).partition("?")[0]
