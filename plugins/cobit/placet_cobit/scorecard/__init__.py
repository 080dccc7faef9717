"""The scorecard, and the state of every control."""
