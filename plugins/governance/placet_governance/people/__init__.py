"""The parts of the tables of communication, training and people's time."""
