"""The spine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=True),
        sa.Column("before_digest", sa.LargeBinary(), nullable=True),
        sa.Column("after_digest", sa.LargeBinary(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("lane", "seq", name=op.f("uq_audit_entries_lane_seq")),
    )
    op.create_index(op.f("ix_audit_entries_site_id_id"), "audit_entries", ["site_id", "id"], unique=False)
    op.create_index(op.f("ix_audit_entries_subject"), "audit_entries", ["subject"], unique=False)
    op.create_table(
        "audit_lanes",
        sa.Column("lane", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_audit_lanes")),
    )
    op.create_table(
        "flags",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reporter", sa.LargeBinary(), nullable=False),
        sa.Column("target_key", sa.LargeBinary(), nullable=False),
        sa.Column("part", sa.Text(), nullable=True),
        sa.Column("quotation", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), server_default="api", nullable=False),
        sa.Column("notifier", sa.Text(), server_default="user", nullable=False),
        sa.Column(
            "received_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("triaged_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint(
            "article_id",
            "reporter",
            "revision",
            "target_key",
            name=op.f("uq_flags_article_id_reporter_revision_target_key"),
        ),
        sa.UniqueConstraint("receipt", name=op.f("uq_flags_receipt")),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index(op.f("ix_flags_article_id_id"), "flags", ["article_id", "id"], unique=False)
    op.create_table(
        "idempotency_keys",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("flag_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("site_id", "key_digest", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(
        op.f("ix_idempotency_keys_created_at"),
        "idempotency_keys",
        ["created_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.create_table(
        "moderators",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderators")),
    )
    op.create_index("uq_moderators_username", "moderators", [sa.literal_column("lower(username)")], unique=True)
    op.create_table(
        "sites",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("legal_url", sa.Text(), nullable=True),
        sa.Column("origins", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("store", sa.Text(), server_default="builtin", nullable=False),
        sa.Column(
            "store_options", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("slug", name=op.f("uq_sites_slug")),
    )
    op.create_table(
        "untriaged_flags",
        sa.Column("flag_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("flag_id", name=op.f("pk_untriaged_flags")),
        postgresql_with={"autovacuum_vacuum_scale_factor": "0", "autovacuum_vacuum_threshold": "20000"},
    )
    op.create_table(
        "access_tokens",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('session', 'personal')", name=op.f("ck_access_tokens_kind")),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_access_tokens_moderator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_access_tokens_digest")),
    )
    op.create_index(op.f("ix_access_tokens_moderator_id"), "access_tokens", ["moderator_id"], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('publishable', 'secret')", name=op.f("ck_api_keys_kind")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_api_keys_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_index(op.f("ix_api_keys_site_id"), "api_keys", ["site_id"], unique=False)
    op.create_table(
        "articles",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), server_default="editorial", nullable=False),
        sa.Column("current_revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_paragraph", sa.Integer(), server_default="1", nullable=False),
        sa.Column("next_question", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("origin IN ('editorial', 'user')", name=op.f("ck_articles_origin")),
        sa.CheckConstraint("external_id IS NOT NULL OR url IS NOT NULL", name=op.f("ck_articles_identified")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_articles_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("site_id", "external_id", name=op.f("uq_articles_site_id_external_id")),
    )
    op.create_index(op.f("ix_articles_site_id_url"), "articles", ["site_id", "url"], unique=False)
    op.create_index(
        "uq_articles_site_id_url_without_external_id",
        "articles",
        ["site_id", "url"],
        unique=True,
        postgresql_where=sa.text("external_id IS NULL"),
    )
    op.create_table(
        "flag_contacts",
        sa.Column("flag_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_flag_contacts_flag_id")),
        sa.PrimaryKeyConstraint("flag_id", name=op.f("pk_flag_contacts")),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('moderator', 'senior', 'admin')", name=op.f("ck_memberships_role")),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_memberships_moderator_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_memberships_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "moderator_id",
            "site_id",
            name=op.f("uq_memberships_moderator_id_site_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "policy_versions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_policy_versions_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_versions")),
        sa.UniqueConstraint(
            "site_id", "number", name=op.f("uq_policy_versions_site_id_number"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "article_revisions",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("part_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_revisions_article_id")),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_article_revisions")),
    )
    op.create_table(
        "article_visibility",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("redacted", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ground IN ('terms', 'law')", name=op.f("ck_article_visibility_ground")),
        sa.CheckConstraint("state IN ('visible', 'removed')", name=op.f("ck_article_visibility_state")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_visibility_article_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_visibility")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("escalation", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "priority", sa.Integer(), sa.Computed("escalation * 100 + severity * 10", persisted=True), nullable=False
        ),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("needs_role", sa.Text(), server_default="moderator", nullable=False),
        sa.Column("decided_revision", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("needs_role IN ('moderator', 'senior', 'admin')", name=op.f("ck_cases_needs_role")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_cases_state")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_cases_article_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_cases_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_article_id_id"), "cases", ["article_id", "id"], unique=False)
    op.create_index(
        "ix_cases_closed",
        "cases",
        [sa.literal_column("closed_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("state = 'closed'"),
    )
    op.create_index(
        "ix_cases_queue",
        "cases",
        [sa.literal_column("(- priority)"), "opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_cases_site_queue",
        "cases",
        ["site_id", sa.literal_column("(- priority)"), "opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_cases_open_article", "cases", ["article_id"], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "policy_clauses",
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("grounds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("dsa_category", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["policy_id"], ["policy_versions.id"], name=op.f("fk_policy_clauses_policy_id")),
        sa.PrimaryKeyConstraint("policy_id", "code", name=op.f("pk_policy_clauses")),
    )
    op.create_table(
        "case_events",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
    )
    op.create_index(op.f("ix_case_events_case_id_id"), "case_events", ["case_id", "id"], unique=False)
    op.create_table(
        "claims",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_claims_case_id")),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_claims_moderator_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_moderator_id"), "claims", ["moderator_id"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("supersedes_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("source", sa.Text(), server_default="other_notification", nullable=False),
        sa.Column("dsa_category", sa.Text(), nullable=True),
        sa.Column("automated_detection", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("automated_decision", sa.Text(), server_default="not_automated", nullable=False),
        sa.CheckConstraint(
            "(action = 'takedown') = (ground IS NOT NULL)", name=op.f("ck_decisions_takedown_has_ground")
        ),
        sa.CheckConstraint("action IN ('takedown', 'clear')", name=op.f("ck_decisions_action")),
        sa.CheckConstraint("ground IN ('terms', 'law')", name=op.f("ck_decisions_ground")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_decisions_article_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decisions_case_id")),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_decisions_moderator_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy_versions.id"], name=op.f("fk_decisions_policy_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_decisions_site_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["decisions.id"], name=op.f("fk_decisions_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint(
            "case_id",
            "supersedes_id",
            name=op.f("uq_decisions_case_id_supersedes_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_decisions_article_id_id"), "decisions", ["article_id", "id"], unique=False)
    op.create_table(
        "enforcement_orders",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("wanted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("wanted_version", sa.BigInteger(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("applied_version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'applied', 'dead')", name=op.f("ck_enforcement_orders_state")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_enforcement_orders_article_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_enforcement_orders_decision_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_enforcement_orders_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enforcement_orders")),
        sa.UniqueConstraint("article_id", name=op.f("uq_enforcement_orders_article_id")),
    )
    op.create_index(
        "ix_enforcement_orders_dead",
        "enforcement_orders",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_enforcement_orders_due",
        "enforcement_orders",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "enforcement_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("wanted_version", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_enforcement_attempts_decision_id")),
        sa.ForeignKeyConstraint(["order_id"], ["enforcement_orders.id"], name=op.f("fk_enforcement_attempts_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enforcement_attempts")),
    )
    op.create_index(
        op.f("ix_enforcement_attempts_order_id_id"), "enforcement_attempts", ["order_id", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_enforcement_attempts_order_id_id"), table_name="enforcement_attempts")
    op.drop_table("enforcement_attempts")
    op.drop_index(
        "ix_enforcement_orders_due", table_name="enforcement_orders", postgresql_where=sa.text("state = 'pending'")
    )
    op.drop_index(
        "ix_enforcement_orders_dead", table_name="enforcement_orders", postgresql_where=sa.text("state = 'dead'")
    )
    op.drop_table("enforcement_orders")
    op.drop_index(op.f("ix_decisions_article_id_id"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_index(op.f("ix_claims_moderator_id"), table_name="claims")
    op.drop_table("claims")
    op.drop_index(op.f("ix_case_events_case_id_id"), table_name="case_events")
    op.drop_table("case_events")
    op.drop_table("policy_clauses")
    op.drop_index("uq_cases_open_article", table_name="cases", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_cases_site_queue", table_name="cases", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_cases_queue", table_name="cases", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_cases_closed", table_name="cases", postgresql_where=sa.text("state = 'closed'"))
    op.drop_index(op.f("ix_cases_article_id_id"), table_name="cases")
    op.drop_table("cases")
    op.drop_table("article_visibility")
    op.drop_table("article_revisions")
    op.drop_table("policy_versions")
    op.drop_table("memberships")
    op.drop_table("flag_contacts")
    op.drop_index(
        "uq_articles_site_id_url_without_external_id",
        table_name="articles",
        postgresql_where=sa.text("external_id IS NULL"),
    )
    op.drop_index(op.f("ix_articles_site_id_url"), table_name="articles")
    op.drop_table("articles")
    op.drop_index(op.f("ix_api_keys_site_id"), table_name="api_keys")
    op.drop_table("api_keys")
    op.drop_index(op.f("ix_access_tokens_moderator_id"), table_name="access_tokens")
    op.drop_table("access_tokens")
    op.drop_table("untriaged_flags")
    op.drop_table("sites")
    op.drop_index("uq_moderators_username", table_name="moderators")
    op.drop_table("moderators")
    op.drop_index(op.f("ix_idempotency_keys_created_at"), table_name="idempotency_keys", postgresql_using="brin")
    op.drop_table("idempotency_keys")
    op.drop_index(op.f("ix_flags_article_id_id"), table_name="flags")
    op.drop_table("flags")
    op.drop_table("audit_lanes")
    op.drop_index(op.f("ix_audit_entries_subject"), table_name="audit_entries")
    op.drop_index(op.f("ix_audit_entries_site_id_id"), table_name="audit_entries")
    op.drop_table("audit_entries")
