"""A proposal keeps the version of the policy whose clause it cites; those that wait cited what was in force then."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

CITED = """
UPDATE proposals SET policy_id = (
    SELECT policy_versions.id
    FROM policy_versions JOIN policy_clauses ON policy_id = policy_versions.id AND code = proposals.clause
    WHERE (site_id = cases.site_id OR site_id IS NULL) AND created_at <= proposed_at
    ORDER BY site_id IS NULL, number DESC LIMIT 1)
FROM cases WHERE cases.id = proposals.case_id AND clause IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("proposals", sa.Column("policy_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_proposals_policy_id"), "proposals", "policy_versions", ["policy_id"], ["id"])
    op.execute(CITED)


def downgrade() -> None:
    op.drop_column("proposals", "policy_id")
