"""Run by Alembic: migrate on the connection, and in the transaction, the store hands over."""

from __future__ import annotations

from alembic import context

from cintel.store.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
