"""The engine: its verbs, and the only writer of what is stored."""
