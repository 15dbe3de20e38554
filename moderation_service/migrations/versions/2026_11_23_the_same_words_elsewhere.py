"""The same words elsewhere: found without a step over each flag of the article that one comes from."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _quoted_by("article_id")


def downgrade() -> None:
    _quoted_by("id")


def _quoted_by(last: str) -> None:
    op.drop_index("ix_flags_quoted", table_name="flags")
    op.create_index(
        "ix_flags_quoted",
        "flags",
        ["site_id", sa.literal_column("md5(quotation ->> 'exact')"), last],
        postgresql_where=sa.text("(quotation ->> 'exact') IS NOT NULL"),
    )
