"""Definitions: the parts of methods, as frozen values without I/O."""
