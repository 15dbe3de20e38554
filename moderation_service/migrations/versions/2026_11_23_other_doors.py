"""Other doors: articles known under other addresses, sites that take reports from other networks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article_aliases",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_article_aliases_article_id_articles"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_article_aliases_site_id_sites"),
        sa.PrimaryKeyConstraint("site_id", "uri", name="pk_article_aliases"),
    )
    op.create_index("ix_article_aliases_article_id", "article_aliases", ["article_id"])
    op.add_column("sites", sa.Column("doors", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.create_check_constraint(op.f("ck_sites_doors"), "sites", "doors <@ ARRAY['activitypub', 'atproto']")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_sites_doors"), "sites")
    op.drop_column("sites", "doors")
    op.drop_index("ix_article_aliases_article_id", table_name="article_aliases")
    op.drop_table("article_aliases")
