"""Trains: teams that plan an interval together, as in SAFe."""
