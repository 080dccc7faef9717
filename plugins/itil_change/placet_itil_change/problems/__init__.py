"""Problem management: what stands behind the table of a problem."""
