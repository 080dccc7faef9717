"""Change enablement: the parts of the tables of changes, models, windows and configuration items."""
