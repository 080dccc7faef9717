"""Objectives, benefits and improvements: what stands behind their tables."""
