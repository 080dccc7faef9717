"""The rules of a work package."""
