"""Alembic runs this file: it migrates over the connection that `run.upgrade` hands in."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
