"""Runs the revisions on the connection, and in the transaction, that the caller gives."""

from alembic import context

from flows.state.migrations import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()
