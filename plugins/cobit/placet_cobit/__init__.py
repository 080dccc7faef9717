"""COBIT 2019 as a method for Placet: objectives, controls that gate other methods, and their assurance."""

from __future__ import annotations

from placet import Method, hookimpl
from placet_cobit.roles import ROLES
from placet_cobit.settings import CobitSettings


@hookimpl
def placet_method() -> Method:
    """Objectives, controls with evidence, their tests, findings and accepted risks."""
    return Method(
        "cobit",
        "COBIT",
        item_types=[],
        roles=ROLES,
        settings=CobitSettings,
        requires=["governance"],
        description="Objectives, controls that gate other methods, and the assurance that they work",
    )
