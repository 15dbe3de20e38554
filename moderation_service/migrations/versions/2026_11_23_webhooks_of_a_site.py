"""Webhooks of a site: where they go, what happened, and the number of each article's last event."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_webhook_endpoints_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_index(op.f("ix_webhook_endpoints_site_id"), "webhook_endpoints", ["site_id"])
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("flag_id", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.BigInteger(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("cause", "type", name=op.f("uq_webhook_events_cause_type")),
        sa.UniqueConstraint("article_id", "sequence", name=op.f("uq_webhook_events_article_id_sequence")),
    )
    op.create_index("ix_webhook_events_waiting", "webhook_events", ["id"], postgresql_where=sa.text("sequence IS NULL"))
    op.create_index(op.f("ix_webhook_events_site_id_at"), "webhook_events", ["site_id", "at"])
    op.create_table(
        "article_sequences",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_sequences")),
    )
    for column, kind, key, on_delete in (
        ("endpoint_id", sa.Integer(), "webhook_endpoints.id", "CASCADE"),
        ("event_id", sa.BigInteger(), "webhook_events.id", None),
    ):
        op.add_column("notices", sa.Column(column, kind, nullable=True))
        table, target = key.split(".")
        op.create_foreign_key(op.f(f"fk_notices_{column}"), "notices", table, [column], [target], ondelete=on_delete)
    for name, columns in (("endpoint", ["endpoint_id", "id"]), ("event", ["event_id"])):
        there = sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(f"ix_notices_{name}", "notices", columns, postgresql_where=there)
    op.create_table(
        "notice_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_notice_attempts_notice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_attempts")),
    )
    op.create_index(op.f("ix_notice_attempts_notice_id_id"), "notice_attempts", ["notice_id", "id"])


def downgrade() -> None:
    op.drop_table("notice_attempts")
    for column in ("event_id", "endpoint_id"):
        op.drop_column("notices", column)
    for table in ("article_sequences", "webhook_events", "webhook_endpoints"):
        op.drop_table(table)
