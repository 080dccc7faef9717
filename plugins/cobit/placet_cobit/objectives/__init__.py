"""The governance and management objectives: which are governed, who answers for them, and their data."""
