"""The verbs: the only writer of the house."""
