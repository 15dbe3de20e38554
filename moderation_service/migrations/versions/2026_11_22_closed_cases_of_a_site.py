"""Closed cases of one site, the last closed first: a small site's page of them is not a walk through all others'."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_cases_site_closed",
        "cases",
        ["site_id", sa.literal_column("closed_at DESC"), sa.literal_column("id DESC")],
        postgresql_where=sa.text("state = 'closed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_site_closed", table_name="cases")
