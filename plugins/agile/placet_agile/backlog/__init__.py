"""The product backlog of a team, as far as it is ready."""
