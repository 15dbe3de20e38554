"""Reported images come up blurred and in grey, for who does not choose otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

COLUMNS = ("blur_images", "grey_images")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("moderators", sa.Column(name, sa.Boolean(), server_default=sa.text("true"), nullable=False))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("moderators", name)
