"""Sprints: goal, commitment, scope and events."""
