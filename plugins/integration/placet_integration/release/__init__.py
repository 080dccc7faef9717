"""Products and increments that go live by changes, and what follows when a change goes wrong."""
