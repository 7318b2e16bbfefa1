"""The history of the tables: Alembic revisions, run by `flows.state.database` when a state is opened."""

HEAD = "0004"
"""The newest revision. Named here, so that opening a database that has it needs no Alembic."""

VERSION_TABLE = "sito_version"
"""Alembic's own name for it would meet Prefect's, where both are in one database."""
