"""Impediments and improvements: what hinders a team, and what it changes."""
