"""The tables of the method, as files that an organisation can replace."""
