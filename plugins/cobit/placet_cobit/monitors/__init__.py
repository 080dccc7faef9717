"""Continuous monitoring of controls from the log."""
