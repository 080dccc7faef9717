"""Service request management: what stands behind the tables of a request and of its model."""
