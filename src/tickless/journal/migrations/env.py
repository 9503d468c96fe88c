"""Alembic's entry. The connection and the part (`main` or `log`) come from `journal.database.migrate`."""

from alembic import context

config = context.config
part = config.attributes["part"]

context.configure(
    connection=config.attributes["connection"],
    version_table=f"schema_version_{part}",
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
