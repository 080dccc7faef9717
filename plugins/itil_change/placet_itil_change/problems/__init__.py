"""Problem management: the parts of the table of a problem."""
