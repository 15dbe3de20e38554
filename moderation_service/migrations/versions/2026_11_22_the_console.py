"""The console: second factors, sessions that lie idle, and how people like it.

Of a second factor only a salt is kept: the secret is a keyed hash of it under the service's own key, so that neither a
dump nor a backup of the database makes a code (RFC 4226, section 7.5). Recovery codes are kept as hashes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("moderators", sa.Column("totp_salt", sa.LargeBinary(), nullable=True))
    op.add_column("moderators", sa.Column("totp_last", sa.BigInteger(), nullable=True))
    op.add_column(
        "moderators", sa.Column("totp_required", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("moderators", sa.Column("language", sa.Text(), nullable=True))
    op.add_column("moderators", sa.Column("theme", sa.Text(), server_default="auto", nullable=False))
    op.add_column(
        "moderators", sa.Column("blur_reported", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_check_constraint(op.f("ck_moderators_theme"), "moderators", "theme IN ('auto', 'light', 'dark')")
    op.add_column("access_tokens", sa.Column("idle_seconds", sa.Integer(), nullable=True))
    op.add_column("access_tokens", sa.Column("agent", sa.Text(), nullable=True))
    op.add_column("access_tokens", sa.Column("network", sa.Text(), nullable=True))
    op.add_column("access_tokens", sa.Column("totp_offer", sa.LargeBinary(), nullable=True))
    op.drop_constraint(op.f("ck_access_tokens_kind"), "access_tokens")
    op.create_check_constraint(
        op.f("ck_access_tokens_kind"), "access_tokens", "kind IN ('session', 'half', 'personal')"
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("fk_recovery_codes_moderator_id_moderators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("moderator_id", "digest", name=op.f("uq_recovery_codes_moderator_id_digest")),
    )


def downgrade() -> None:
    op.drop_table("recovery_codes")
    op.drop_constraint(op.f("ck_access_tokens_kind"), "access_tokens")
    op.execute("DELETE FROM access_tokens WHERE kind = 'half'")
    op.create_check_constraint(op.f("ck_access_tokens_kind"), "access_tokens", "kind IN ('session', 'personal')")
    for column in ("totp_offer", "network", "agent", "idle_seconds"):
        op.drop_column("access_tokens", column)
    op.drop_constraint(op.f("ck_moderators_theme"), "moderators")
    for column in ("blur_reported", "theme", "language", "totp_required", "totp_last", "totp_salt"):
        op.drop_column("moderators", column)
