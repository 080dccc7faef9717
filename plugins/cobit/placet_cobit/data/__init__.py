"""The tables of the method, as files that an organization can replace."""
