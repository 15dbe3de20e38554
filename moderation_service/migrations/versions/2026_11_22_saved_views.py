"""Saved views: named filters of the queue, a person's own or a site's, and the one that it opens with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filters", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_saved_views_moderator_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_saved_views_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    for name, column, whose in (("own", "moderator_id", "IS NULL"), ("shared", "site_id", "IS NOT NULL")):
        op.create_index(
            f"uq_saved_views_{name}",
            "saved_views",
            [column, "name"],
            unique=True,
            postgresql_where=sa.text(f"site_id {whose}"),
        )
    op.create_table(
        "first_views",
        sa.Column("moderator_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_first_views_moderator_id")),
        sa.ForeignKeyConstraint(
            ["view_id"], ["saved_views.id"], name=op.f("fk_first_views_view_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("moderator_id", name=op.f("pk_first_views")),
    )
    op.create_index(op.f("ix_first_views_view_id"), "first_views", ["view_id"])


def downgrade() -> None:
    op.drop_table("first_views")
    op.drop_table("saved_views")
