"""The rules of a project as a whole: its start, its authorization, its closure."""
