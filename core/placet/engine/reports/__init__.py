"""Reports: lists, history, audit, metrics."""
