"""Timers: what they read, when they are due, and what happens then."""
