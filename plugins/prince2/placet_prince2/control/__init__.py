"""Management by exception: tolerances, forecasts, and what follows when a forecast leaves its tolerance."""
