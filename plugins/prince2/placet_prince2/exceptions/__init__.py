"""The rules of exceptions."""
