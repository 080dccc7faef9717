"""Risks that are accepted for a time."""
