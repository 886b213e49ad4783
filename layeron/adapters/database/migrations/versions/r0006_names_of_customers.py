"""Names of endpoints are unique among those of one customer, no more among all of a webhook."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

CREATED = "config IS NOT NULL"


def upgrade() -> None:
    """Let two customers use a name; code of before refuses that still, and goes on as it did."""
    op.drop_index("ix_endpoints_name", "endpoints")
    _unique("ix_endpoints_name", ["namespace", "webhook", "name"], f"{CREATED} AND user_id IS NULL")
    _unique(
        "ix_endpoints_name_of_user",
        ["namespace", "webhook", "name", "user_id"],
        f"{CREATED} AND user_id IS NOT NULL",
    )


def downgrade() -> None:
    """Name the newer ones of a name by their ids, and let each be there once again."""
    op.execute(
        "UPDATE endpoints SET name = lower(id) WHERE config IS NOT NULL AND EXISTS ("
        "SELECT 1 FROM endpoints AS earlier WHERE earlier.config IS NOT NULL"
        " AND earlier.namespace = endpoints.namespace AND earlier.webhook = endpoints.webhook"
        " AND earlier.name = endpoints.name AND earlier.id < endpoints.id)"
    )
    op.drop_index("ix_endpoints_name_of_user", "endpoints")
    op.drop_index("ix_endpoints_name", "endpoints")
    _unique("ix_endpoints_name", ["namespace", "webhook", "name"], CREATED)


def _unique(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(
        name, "endpoints", columns, unique=True, sqlite_where=where, postgresql_where=where
    )
