"""The verbs: the only writer."""
