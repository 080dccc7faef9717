"""What clients send and are answered, by subject: each a Pydantic model, declared once."""
