"""Projects whose work packages are done by agile teams."""
