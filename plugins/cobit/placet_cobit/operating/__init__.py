"""How controls operate: from the log, in periods, with evidence; and samples of that."""
