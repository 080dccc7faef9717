"""Communication, training and people's time: what stands behind their tables."""
