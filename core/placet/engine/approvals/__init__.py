"""Approvals: rounds, votes, waivers, delegation."""
