"""Reports of teams: the board, and series and figures from the log."""
