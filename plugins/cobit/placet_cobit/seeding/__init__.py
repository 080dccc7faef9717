"""How the tables of objectives and controls become items of a workspace."""
