"""Timers: their readings, when they are due, and how they fire."""
