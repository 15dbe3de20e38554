"""Identities at an OpenID Connect provider, and which of them a session was opened through."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_identities_moderator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identities_issuer_subject")),
    )
    op.create_index(op.f("ix_identities_moderator_id"), "identities", ["moderator_id"])
    op.add_column("access_tokens", sa.Column("identity_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_access_tokens_identity_id"), "access_tokens", "identities", ["identity_id"], ["id"])
    op.create_index(op.f("ix_access_tokens_identity_id"), "access_tokens", ["identity_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_access_tokens_identity_id"), "access_tokens")
    op.drop_constraint(op.f("fk_access_tokens_identity_id"), "access_tokens")
    op.drop_column("access_tokens", "identity_id")
    op.drop_table("identities")
