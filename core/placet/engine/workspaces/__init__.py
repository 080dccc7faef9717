"""Workspaces: their configuration, people and tokens."""
