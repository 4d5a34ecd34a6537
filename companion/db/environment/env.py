"""Alembic's environment for every package of migrations; runs inside the transaction it is given."""

from alembic import context


def run() -> None:
    """Run the steps, or compare the tables when a revision is being written."""
    given = context.config.attributes
    # Batches: SQLite changes a table by copying it.
    context.configure(
        connection=given["connection"],
        target_metadata=given.get("metadata"),
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
