"""Items: create, edit, move, link, attach."""
