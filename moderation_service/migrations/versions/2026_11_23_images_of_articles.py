"""Images of articles, named by their revisions: null where there are none, so that older digests of revisions fit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("article_revisions", sa.Column("images", postgresql.JSONB(none_as_null=True)))


def downgrade() -> None:
    op.drop_column("article_revisions", "images")
