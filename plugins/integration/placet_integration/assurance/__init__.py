"""Controls and their findings, as they reach into projects and messages."""
