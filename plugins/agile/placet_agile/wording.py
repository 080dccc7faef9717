"""How messages name other items, and figures."""

from __future__ import annotations

from decimal import Decimal

from placet import ItemView


def named(item: ItemView) -> str:
    """An item by its title, with its key."""
    return f"'{item.title}' ({item.key})"


def plain(figure: Decimal) -> Decimal:
    """A figure without zeros at its end and without an exponent: 12.50 as 12.5, 1E+3 as 1000."""
    return Decimal(f"{figure.normalize():f}")
