"""Products: goals, epics, features and increments."""
