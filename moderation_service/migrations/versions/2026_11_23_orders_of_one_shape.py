"""Orders of one shape: one that no worker can read would be taken up first by every worker, again and again."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SHAPE = (
    "wanted ?& ARRAY['state', 'redacted', 'ground'] AND wanted ->> 'state' IN ('visible', 'hidden', 'removed') "
    "AND jsonb_typeof(wanted -> 'redacted') = 'array'"
)


def upgrade() -> None:
    op.create_check_constraint("wanted", "enforcement_orders", SHAPE)


def downgrade() -> None:
    op.drop_constraint("wanted", "enforcement_orders", type_="check")
