"""Controls: their life, the gates that they put on other methods, and the record of each time they were evaluated."""
