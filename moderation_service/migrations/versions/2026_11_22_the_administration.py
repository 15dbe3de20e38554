"""The administration: clauses in an order of their own, the trail in the order of time, and its verifications kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

POSITIONS = """
UPDATE policy_clauses SET position = ordered.place
FROM (SELECT policy_id, code, row_number() OVER (PARTITION BY policy_id ORDER BY code) - 1 AS place
      FROM policy_clauses) AS ordered
WHERE ordered.policy_id = policy_clauses.policy_id AND ordered.code = policy_clauses.code
"""
# Each of them is a filter of the trail's page, whose entries come in the order of time.
FILTERS = (("at", "id"), ("site_id", "at", "id"), ("actor", "at", "id"), ("action", "at", "id"))


def upgrade() -> None:
    op.add_column("policy_clauses", sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.execute(POSITIONS)
    for columns in FILTERS:
        op.create_index(op.f(f"ix_audit_entries_{'_'.join(columns)}"), "audit_entries", list(columns))
    op.drop_index(op.f("ix_audit_entries_site_id_id"), "audit_entries")
    op.create_table(
        "audit_verifications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Float(), server_default="0", nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("faults", sa.Integer(), nullable=True),
        sa.Column("findings", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_audit_verifications_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_verifications")),
    )


def downgrade() -> None:
    op.drop_table("audit_verifications")
    op.create_index(op.f("ix_audit_entries_site_id_id"), "audit_entries", ["site_id", "id"])
    for columns in FILTERS:
        op.drop_index(op.f(f"ix_audit_entries_{'_'.join(columns)}"), "audit_entries")
    op.drop_column("policy_clauses", "position")
