"""What an endpoint has not taken is found without what it has."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_notices_untaken",
        "notices",
        ["endpoint_id"],
        postgresql_where=sa.text("endpoint_id IS NOT NULL AND state <> 'sent'"),
    )


def downgrade() -> None:
    op.drop_index("ix_notices_untaken", table_name="notices")
