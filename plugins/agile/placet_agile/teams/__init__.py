"""Teams: their people, agreements and limits."""
