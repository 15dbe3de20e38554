"""What came when: flags by site and time, with what they are about, so that figures read no flag for it."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        op.f("ix_flags_site_id_received_at"), "flags", ["site_id", "received_at"], postgresql_include=["article_id"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_flags_site_id_received_at"), table_name="flags")
