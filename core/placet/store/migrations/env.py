"""Run by Alembic; the connection comes from `placet.store.schema`."""

from alembic import context

from placet.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
