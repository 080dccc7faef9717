"""The rules of a management stage."""
