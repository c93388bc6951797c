"""Run migrations on the connection that server.store.database hands over.

For `alembic revision --autogenerate` alone, from the command line: `-x url=sqlite:////path`.
"""

import sqlalchemy as sa
from alembic import context

from server.store.tables import metadata


def run_migrations(connection: sa.Connection) -> None:
    # In batches because SQLite can't alter a table: it is rebuilt under another name.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    handed_over = context.config.attributes.get("connection")
    if handed_over is not None:
        run_migrations(handed_over)
        return
    url = context.get_x_argument(as_dictionary=True).get("url")
    if not url:
        raise SystemExit("Run `roomtone migrate`; for autogenerate, add -x url=sqlite:////path.")
    with sa.create_engine(url).begin() as connection:
        run_migrations(connection)


main()
