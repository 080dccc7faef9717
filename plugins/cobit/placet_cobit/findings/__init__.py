"""Deficiencies: their severity, remedy and retest."""
