"""The parts of a decision's table, and the matrix of decision rights."""
