"""Service request management: the parts of the tables of a request and of its model."""
