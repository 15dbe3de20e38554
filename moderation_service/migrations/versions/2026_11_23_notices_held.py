"""Notices held for endpoints that are disabled; events found by their age."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def _set_states(*states: str) -> None:
    op.drop_constraint(op.f("ck_notices_state"), "notices")
    op.create_check_constraint(op.f("ck_notices_state"), "notices", f"state IN ({', '.join(map(repr, states))})")


def upgrade() -> None:
    _set_states("pending", "sent", "dead", "held")
    op.drop_index(op.f("ix_webhook_events_site_id_at"), "webhook_events")
    op.create_index(op.f("ix_webhook_events_at"), "webhook_events", ["at"])


def downgrade() -> None:
    op.execute("UPDATE notices SET state = 'pending' WHERE state = 'held'")
    _set_states("pending", "sent", "dead")
    op.drop_index(op.f("ix_webhook_events_at"), "webhook_events")
    op.create_index(op.f("ix_webhook_events_site_id_at"), "webhook_events", ["site_id", "at"])
