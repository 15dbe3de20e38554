"""Articles by change: a site asks which of its articles changed for readers since it asked last."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        sa.text("""
        UPDATE articles SET updated_at = article_visibility.changed_at FROM article_visibility
        WHERE article_visibility.article_id = articles.id AND article_visibility.changed_at > articles.updated_at
        """)
    )
    op.create_index("ix_articles_site_id_updated_at_id", "articles", ["site_id", "updated_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_articles_site_id_updated_at_id", table_name="articles")
