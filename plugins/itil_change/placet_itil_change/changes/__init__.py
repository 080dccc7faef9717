"""Change enablement: what stands behind the tables of a change, its models, windows and items."""
