"""The rules of management products: plans, the business case, approaches."""
