"""The rules of issues, and who decides on them."""
