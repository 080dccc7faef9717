"""Capability: activities scored, levels rated."""
