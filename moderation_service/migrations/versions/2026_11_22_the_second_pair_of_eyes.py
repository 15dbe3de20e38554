"""The second pair of eyes: which takedowns wait for another person, and how many decided cases a senior looks at."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "policy_versions",
        sa.Column("second_for_editorial", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("policy_versions", sa.Column("second_over", sa.Integer(), nullable=True))
    op.add_column("policy_versions", sa.Column("qa_percent", sa.Float(), server_default=sa.text("2"), nullable=False))
    op.create_check_constraint(op.f("ck_policy_versions_second_over"), "policy_versions", "second_over >= 0")
    op.create_check_constraint(op.f("ck_policy_versions_qa_percent"), "policy_versions", "qa_percent BETWEEN 0 AND 100")
    op.add_column("proposals", sa.Column("because", sa.Text(), server_default="rule", nullable=False))
    op.add_column("proposals", sa.Column("together", sa.Uuid(), nullable=True))
    op.create_check_constraint(op.f("ck_proposals_because"), "proposals", "because IN ('rule', 'editorial', 'bulk')")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_proposals_because"), "proposals")
    for column in ("together", "because"):
        op.drop_column("proposals", column)
    op.drop_constraint(op.f("ck_policy_versions_qa_percent"), "policy_versions")
    op.drop_constraint(op.f("ck_policy_versions_second_over"), "policy_versions")
    for column in ("qa_percent", "second_over", "second_for_editorial"):
        op.drop_column("policy_versions", column)
