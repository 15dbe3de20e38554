"""How Alembic runs a revision: one transaction, one migrator at a time."""

from contextlib import ExitStack

from alembic import context
from sqlalchemy import text

from moderation_service.db import create_database_engine
from moderation_service.migrations import LOCK
from moderation_service.migrations.tables import metadata

engine = create_database_engine(context.config.get_main_option("sqlalchemy.url") or "")
with ExitStack() as stack:
    # Also where a revision fails or is not known: the process may live on, and would keep the connection.
    stack.callback(engine.dispose)
    connection = stack.enter_context(engine.connect())
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
    with context.begin_transaction():
        # Waiting for another migrator may take longer than a request may wait for a lock.
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()
