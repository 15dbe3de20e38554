"""The QA sample: decisions that chance drew, and what seniors said of them who did not know what was decided."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "policy_versions",
        sa.Column("draw_key", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )
    op.create_table(
        "qa_samples",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_qa_samples_decision_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_qa_samples_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qa_samples")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_qa_samples_decision_id")),
    )
    op.create_index(op.f("ix_qa_samples_site_id_id"), "qa_samples", ["site_id", "id"])
    op.create_table(
        "qa_reviews",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sample_id", sa.BigInteger(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("parts", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("skipped_because", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("action IN ('takedown', 'clear')", name=op.f("ck_qa_reviews_action")),
        sa.CheckConstraint("ground IN ('terms', 'law')", name=op.f("ck_qa_reviews_ground")),
        sa.CheckConstraint(
            "(action IS NULL) = (skipped_because IS NOT NULL)", name=op.f("ck_qa_reviews_answered_or_skipped")
        ),
        sa.ForeignKeyConstraint(["sample_id"], ["qa_samples.id"], name=op.f("fk_qa_reviews_sample_id")),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_qa_reviews_moderator_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy_versions.id"], name=op.f("fk_qa_reviews_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qa_reviews")),
        sa.UniqueConstraint("sample_id", "moderator_id", name=op.f("uq_qa_reviews_sample_id_moderator_id")),
    )
    op.create_index(
        "uq_qa_reviews_answer",
        "qa_reviews",
        ["sample_id"],
        unique=True,
        postgresql_where=sa.text("action IS NOT NULL"),
    )
    for table in ("qa_samples", "qa_reviews"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("qa_reviews")
    op.drop_table("qa_samples")
    op.drop_column("policy_versions", "draw_key")
