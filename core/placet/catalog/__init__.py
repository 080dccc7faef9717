"""The catalog: methods are discovered, composed into one set of rules, extended, and linted."""
