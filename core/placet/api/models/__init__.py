"""Bodies of requests and answers, by subject: each is one Pydantic model."""
