"""Legal notices: several flags under one receipt, what they lack, and apart from them who gave them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "legal_notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("receipt", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("good_faith", sa.Boolean(), nullable=False),
        sa.Column("missing", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "received_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_legal_notices_site_id_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_legal_notices"),
        sa.UniqueConstraint("receipt", name="uq_legal_notices_receipt"),
    )
    op.create_table(
        "legal_notice_flags",
        sa.Column("flag_id", sa.BigInteger(), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name="fk_legal_notice_flags_flag_id_flags"),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["legal_notices.id"], name="fk_legal_notice_flags_notice_id_legal_notices"
        ),
        sa.PrimaryKeyConstraint("flag_id", name="pk_legal_notice_flags"),
    )
    op.create_index("ix_legal_notice_flags_notice_id", "legal_notice_flags", ["notice_id"])
    op.create_table(
        "legal_notice_names",
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["legal_notices.id"], name="fk_legal_notice_names_notice_id_legal_notices"
        ),
        sa.PrimaryKeyConstraint("notice_id", name="pk_legal_notice_names"),
    )


def downgrade() -> None:
    op.drop_table("legal_notice_names")
    op.drop_index("ix_legal_notice_flags_notice_id", table_name="legal_notice_flags")
    op.drop_table("legal_notice_flags")
    op.drop_table("legal_notices")
