"""The parts of the tables of objectives, benefits and improvements."""
