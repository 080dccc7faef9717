"""Many methods become one set of rules: discovery, composition, extension, and the linter."""
