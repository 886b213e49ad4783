"""How Alembic runs our migrations: in the transaction that `schema` opened."""

from alembic import context

from layeron.adapters.database.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite's is, too, once a transaction was begun
)
with context.begin_transaction():
    context.run_migrations()
