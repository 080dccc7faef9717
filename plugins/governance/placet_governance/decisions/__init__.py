"""Decisions and who may take them: what stands behind the table of a decision."""
