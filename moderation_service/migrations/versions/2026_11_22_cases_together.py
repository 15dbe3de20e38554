"""Cases together: flags that quote the same words are found by them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_flags_quoted",
        "flags",
        ["site_id", sa.literal_column("md5(quotation ->> 'exact')"), "id"],
        postgresql_where=sa.text("(quotation ->> 'exact') IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_flags_quoted", table_name="flags")
