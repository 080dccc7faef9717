"""Incident management: the parts of the table of an incident."""
