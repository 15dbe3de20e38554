"""Letters to readers: what they were told, the cases that are due, and the addresses that are spared."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("flag_contacts", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("flag_contacts", sa.Column("told_decision_id", sa.BigInteger(), nullable=True))
    op.add_column("flag_contacts", sa.Column("muted_at", sa.DateTime(timezone=True), nullable=True))
    # Who flagged before there were letters is told the outcome, and not so late that his flag was received.
    op.execute("UPDATE flag_contacts SET told_at = now()")
    op.create_index("ix_notices_mailed", "notices", ["recipient"], postgresql_where=sa.text("channel = 'mail'"))
    op.create_table(
        "untold_cases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_untold_cases")),
    )
    op.create_index(op.f("ix_untold_cases_case_id"), "untold_cases", ["case_id"])
    op.create_index(op.f("ix_untold_cases_due_at"), "untold_cases", ["due_at"])
    op.create_table(
        "refused_addresses",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_refused_addresses_site_id")),
        sa.PrimaryKeyConstraint("site_id", "address", name=op.f("pk_refused_addresses")),
    )
    op.create_table(
        "address_counts",
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_address_counts")),
    )


def downgrade() -> None:
    op.drop_table("address_counts")
    op.drop_table("refused_addresses")
    op.drop_table("untold_cases")
    op.drop_index("ix_notices_mailed", table_name="notices")
    for column in ("muted_at", "told_decision_id", "told_at"):
        op.drop_column("flag_contacts", column)
