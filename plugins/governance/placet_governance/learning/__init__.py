"""The parts of the tables of risks and lessons."""
