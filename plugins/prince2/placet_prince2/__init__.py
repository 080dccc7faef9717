"""PRINCE2 7 as a method for Placet."""

from __future__ import annotations

from placet import Method, hookimpl


@hookimpl
def placet_method() -> Method:
    """PRINCE2 7: projects in stages, managed by exception, with products, their quality and change control."""
    return Method(
        "prince2",
        "PRINCE2 7",
        requires=["governance"],
        description="Projects in stages: management by exception, products and quality, issues and change control",
    )
