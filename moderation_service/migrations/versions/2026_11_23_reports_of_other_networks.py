"""Reports of other networks: where a flag came from, and the keys that their senders are known by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "flag_origins",
        sa.Column("flag_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name="fk_flag_origins_flag_id_flags"),
        sa.PrimaryKeyConstraint("flag_id", name="pk_flag_origins"),
    )
    op.create_table(
        "remote_keys",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("keys", postgresql.JSONB(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_remote_keys"),
    )


def downgrade() -> None:
    op.drop_table("remote_keys")
    op.drop_table("flag_origins")
