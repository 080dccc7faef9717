"""Risks and lessons: what stands behind their tables."""
