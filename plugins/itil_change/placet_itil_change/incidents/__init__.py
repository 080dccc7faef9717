"""Incident management: what stands behind the table of an incident."""
