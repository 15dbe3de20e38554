"""The order and the rules."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What readers said before anybody counted their records: each gets his voice in each of his cases. Verdicts on closed
# cases are learned, and open cases scored, by the workers. Who spoke after the first decision of a case was late for
# it; who took his word back after that was heard.
CARRY_OVER = (
    """
    INSERT INTO reporters (reporter, site_id, first_flag_at)
    SELECT reporter, min(site_id), min(received_at) FROM flags WHERE triaged_at IS NOT NULL GROUP BY reporter
    """,
    """
    INSERT INTO voices (case_id, reporter, standing)
    SELECT case_id, reporter, CASE WHEN min(triaged_at) > decided_at THEN 'late' ELSE 'pending' END
    FROM flags LEFT JOIN (SELECT case_id, min(decided_at) AS decided_at FROM decisions GROUP BY case_id) AS first
        USING (case_id)
    WHERE case_id IS NOT NULL AND (withdrawn_at IS NULL OR withdrawn_at > decided_at)
    GROUP BY case_id, reporter, decided_at
    """,
    """
    UPDATE reporters SET pending = waiting.voices
    FROM (SELECT reporter, count(*) AS voices FROM voices WHERE standing = 'pending' GROUP BY reporter) AS waiting
    WHERE reporters.reporter = waiting.reporter
    """,
    """
    UPDATE cases SET voices = given.voices
    FROM (SELECT case_id, count(*) AS voices FROM voices WHERE standing = 'pending' GROUP BY case_id) AS given
    WHERE cases.id = given.case_id
    """,
    "UPDATE cases SET escalated_by_hand = true WHERE needs_role = 'senior' OR escalation = 2",
    "UPDATE cases SET escalation_before = escalation WHERE escalation > 0",
    "INSERT INTO unsettled_cases (case_id) SELECT id FROM cases WHERE state = 'closed'",
)
# The moment of a batch: read off the clock once the sites it concerns are locked, so that two batches of a site have
# moments in the order in which they happened, which the beginnings of their transactions need not have.
BATCH_NOW = """
CREATE FUNCTION batch_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('moderation.batch_now', true), '')::timestamptz, now())
"""
SHOWN_BEFORE = "('visible', 'removed')"
SHOWN_NOW = "('visible', 'hidden', 'removed')"


def upgrade() -> None:
    op.execute(BATCH_NOW)
    _make_tables()
    _change_tables()
    for statement in CARRY_OVER:
        op.execute(statement)


def downgrade() -> None:
    _unchange_tables()
    _drop_tables()
    op.execute("DROP FUNCTION batch_now()")


def _make_tables() -> None:
    op.create_table(
        "case_scores",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("voices", sa.Integer(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.Column("velocity", sa.Float(), nullable=True),
        sa.Column("reach", sa.Float(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("urgency", sa.Float(), nullable=False),
        sa.Column("full_weight", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "at", name=op.f("pk_case_scores")),
    )
    op.create_index("ix_case_scores_at", "case_scores", ["at"], unique=False, postgresql_using="brin")
    op.create_table(
        "flag_lives",
        sa.Column("flag_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reinstated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("triaged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("weight", sa.Float(), nullable=True),
        sa.Column("reporter_upheld", sa.Integer(), nullable=True),
        sa.Column("reporter_rejected", sa.Integer(), nullable=True),
        sa.Column("reporter_fresh", sa.Boolean(), nullable=True),
        sa.Column("reporter_trusted", sa.Boolean(), nullable=True),
        sa.Column("reporter_muted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("flag_id", "reinstated_at", name=op.f("pk_flag_lives")),
    )
    op.create_index(op.f("ix_flag_lives_article_id"), "flag_lives", ["article_id"], unique=False)
    op.create_table(
        "reporters",
        sa.Column("reporter", sa.LargeBinary(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("account_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_flag_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True),
        sa.Column("upheld", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rejected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pending", sa.Integer(), server_default="0", nullable=False),
        sa.Column("trusted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("muted", sa.Text(), nullable=True),
        sa.Column("muted_by_version", sa.BigInteger(), nullable=True),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("barred_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("noted_by", sa.Text(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("muted IN ('asked', 'confirmed')", name=op.f("ck_reporters_muted")),
        sa.PrimaryKeyConstraint("reporter", name=op.f("pk_reporters")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_reporters_muted",
        "reporters",
        ["reporter"],
        unique=False,
        postgresql_where=sa.text("muted IS NOT NULL"),
    )
    op.create_index(
        "ix_reporters_trusted",
        "reporters",
        ["reporter"],
        unique=False,
        postgresql_where=sa.text("trusted"),
    )
    op.create_table(
        "unsettled_cases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsettled_cases")),
    )
    op.create_table(
        "voices",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reporter", sa.LargeBinary(), nullable=False),
        sa.Column("weight", sa.Float(), server_default="0", nullable=False),
        sa.Column("standing", sa.Text(), server_default="pending", nullable=False),
        sa.CheckConstraint(
            "standing IN ('pending', 'upheld', 'rejected', 'withdrawn', 'late')", name=op.f("ck_voices_standing")
        ),
        sa.PrimaryKeyConstraint("case_id", "reporter", name=op.f("pk_voices")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_voices_pending",
        "voices",
        ["reporter", "case_id"],
        unique=False,
        postgresql_where=sa.text("standing = 'pending'"),
    )
    op.create_index(
        "ix_voices_judged",
        "voices",
        ["reporter", "case_id"],
        unique=False,
        postgresql_where=sa.text("standing <> 'pending'"),
    )
    op.create_table(
        "automation_switches",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_automation_switches_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_switches")),
        sa.UniqueConstraint("site_id", name=op.f("uq_automation_switches_site_id"), postgresql_nulls_not_distinct=True),
    )
    op.create_table(
        "backtests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("done", sa.Float(), server_default="0", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("cases_csv", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'cancelled', 'failed')", name=op.f("ck_backtests_state")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_backtests_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backtests")),
    )
    op.create_index(
        "ix_backtests_waiting",
        "backtests",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "rules",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_rules_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_rules_site_id_name"), postgresql_nulls_not_distinct=True),
    )
    op.create_table(
        "site_terms",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("learned", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("in_force", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("refreshed_up_to", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_terms_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_terms")),
    )
    op.create_table(
        "article_reach",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.Column("reported_views", sa.BigInteger(), nullable=False),
        sa.Column("counted_views", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("velocity", sa.Float(), nullable=False),
        sa.Column("first_reported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_reach_article_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_reach")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_article_reach_uncounted",
        "article_reach",
        ["site_id"],
        unique=False,
        postgresql_where=sa.text("views <> counted_views"),
    )
    op.create_table(
        "reach_samples",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.Column("velocity", sa.Float(), nullable=False),
        sa.Column("sampled_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_reach_samples_article_id")),
        sa.PrimaryKeyConstraint("article_id", "bucket", name=op.f("pk_reach_samples")),
    )
    op.create_index(
        op.f("ix_reach_samples_site_id_sampled_at"), "reach_samples", ["site_id", "sampled_at"], unique=False
    )
    op.create_table(
        "rule_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("agreed_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("mode IN ('draft', 'shadow', 'live', 'retired')", name=op.f("ck_rule_versions_mode")),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_rule_versions_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_versions")),
        sa.UniqueConstraint("rule_id", "number", name=op.f("uq_rule_versions_rule_id_number")),
    )
    op.create_table(
        "proposals",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_proposals_case_id")),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_proposals_moderator_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_proposals")),
    )
    op.create_table(
        "rule_firings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), server_default=sa.text("batch_now()"), nullable=False),
        sa.Column("reverted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reverted_by", sa.Text(), nullable=True),
        sa.CheckConstraint("mode IN ('shadow', 'live')", name=op.f("ck_rule_firings_mode")),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_rule_firings_rule_id")),
        sa.ForeignKeyConstraint(["version_id"], ["rule_versions.id"], name=op.f("fk_rule_firings_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_firings")),
        sa.UniqueConstraint("version_id", "case_id", name=op.f("uq_rule_firings_version_id_case_id")),
    )
    op.create_index(op.f("ix_rule_firings_case_id"), "rule_firings", ["case_id"], unique=False)
    op.create_index(op.f("ix_rule_firings_rule_id_fired_at"), "rule_firings", ["rule_id", "fired_at"], unique=False)
    op.create_table(
        "rule_requests",
        sa.Column("rule_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_rule_requests_rule_id")),
        sa.ForeignKeyConstraint(["version_id"], ["rule_versions.id"], name=op.f("fk_rule_requests_version_id")),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_rule_requests")),
    )


def _change_tables() -> None:
    op.add_column("cases", sa.Column("severity_set", sa.SmallInteger(), nullable=True))
    op.add_column(
        "cases", sa.Column("escalated_by_hand", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("cases", sa.Column("escalation_before", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("queue", sa.Text(), server_default="main", nullable=False))
    op.add_column("cases", sa.Column("weight", sa.Float(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("voices", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("chance", sa.Float(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("views", sa.BigInteger(), nullable=True))
    op.add_column("cases", sa.Column("velocity", sa.Float(), nullable=True))
    op.add_column("cases", sa.Column("reach", sa.Float(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("urgency", sa.Float(), server_default="0", nullable=False))
    op.add_column(
        "cases", sa.Column("scored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    )
    op.add_column("cases", sa.Column("needs_second", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("cases", sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("hidden_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("closed_as", sa.Text(), nullable=True))
    op.drop_index(op.f("ix_cases_queue"), table_name="cases", postgresql_where="(state = 'open'::text)")
    op.create_index(
        "ix_cases_queue",
        "cases",
        [sa.literal_column("(- escalation)"), sa.literal_column("(- urgency)"), "opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_cases_site_queue"), table_name="cases", postgresql_where="(state = 'open'::text)")
    op.create_index(
        "ix_cases_site_queue",
        "cases",
        ["site_id", sa.literal_column("(- escalation)"), sa.literal_column("(- urgency)"), "opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_cases_deadline",
        "cases",
        ["deadline_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open' AND deadline_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_hidden",
        "cases",
        ["hidden_until"],
        unique=False,
        postgresql_where=sa.text("state = 'open' AND hidden_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_likely",
        "cases",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'open' AND hidden_at IS NULL AND chance >= 0.9"),
    )
    op.create_index(
        "ix_cases_named_queue",
        "cases",
        ["queue", sa.literal_column("(- escalation)"), sa.literal_column("(- urgency)"), "opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open' AND queue <> 'main'"),
    )
    op.create_index("ix_cases_oldest", "cases", ["id"], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index(
        "ix_cases_site_oldest", "cases", ["site_id", "id"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.drop_column("cases", "priority")
    op.create_index(op.f("ix_decisions_site_id_decided_at"), "decisions", ["site_id", "decided_at"], unique=False)
    op.alter_column("enforcement_attempts", "decision_id", existing_type=sa.BIGINT(), nullable=True)
    op.add_column("enforcement_orders", sa.Column("case_id", sa.BigInteger(), nullable=True))
    op.execute("UPDATE enforcement_orders o SET case_id = d.case_id FROM decisions d WHERE d.id = o.decision_id")
    op.alter_column("enforcement_orders", "case_id", existing_type=sa.BIGINT(), nullable=False)
    op.alter_column("enforcement_orders", "decision_id", existing_type=sa.BIGINT(), nullable=True)
    op.create_foreign_key(op.f("fk_enforcement_orders_case_id"), "enforcement_orders", "cases", ["case_id"], ["id"])
    op.add_column("flags", sa.Column("reporter_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("flags", sa.Column("weight", sa.Float(), nullable=True))
    op.add_column("flags", sa.Column("reporter_upheld", sa.Integer(), nullable=True))
    op.add_column("flags", sa.Column("reporter_rejected", sa.Integer(), nullable=True))
    op.add_column("flags", sa.Column("reporter_fresh", sa.Boolean(), nullable=True))
    op.add_column("flags", sa.Column("reporter_trusted", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("flags", sa.Column("reporter_muted", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        "ix_flags_trusted", "flags", ["article_id"], unique=False, postgresql_where=sa.text("reporter_trusted")
    )
    op.add_column("sites", sa.Column("prior", sa.Float(), server_default="0.05", nullable=False))
    op.add_column("sites", sa.Column("hide_pending", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("sites", sa.Column("hide_hours", sa.Integer(), server_default="24", nullable=False))
    op.add_column("sites", sa.Column("two_person_rules", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.drop_constraint(op.f("ck_article_visibility_state"), "article_visibility")
    op.create_check_constraint(op.f("ck_article_visibility_state"), "article_visibility", f"state IN {SHOWN_NOW}")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_versions "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _unchange_tables() -> None:
    op.execute("DROP TRIGGER append_only ON rule_versions")
    op.execute("UPDATE article_visibility SET state = 'visible' WHERE state = 'hidden'")
    op.drop_constraint(op.f("ck_article_visibility_state"), "article_visibility")
    op.create_check_constraint(op.f("ck_article_visibility_state"), "article_visibility", f"state IN {SHOWN_BEFORE}")
    # Orders that no decision asked for hide an article until it is reviewed; the earlier shape has no place for them.
    op.execute("ALTER TABLE enforcement_attempts DISABLE TRIGGER append_only")
    op.execute("DELETE FROM enforcement_attempts WHERE decision_id IS NULL")
    op.execute("ALTER TABLE enforcement_attempts ENABLE TRIGGER append_only")
    op.execute(
        "DELETE FROM enforcement_orders o WHERE decision_id IS NULL "
        "AND NOT EXISTS (SELECT FROM enforcement_attempts a WHERE a.order_id = o.id)"
    )
    op.execute(
        "UPDATE enforcement_orders o SET decision_id = a.decision_id FROM enforcement_attempts a "
        "WHERE o.decision_id IS NULL AND a.order_id = o.id"
    )
    op.drop_column("sites", "two_person_rules")
    op.drop_column("sites", "hide_hours")
    op.drop_column("sites", "hide_pending")
    op.drop_column("sites", "prior")
    for known in ("muted", "trusted", "fresh", "rejected", "upheld", "since"):
        op.drop_column("flags", f"reporter_{known}")
    op.drop_column("flags", "weight")
    op.drop_constraint(op.f("fk_enforcement_orders_case_id"), "enforcement_orders", type_="foreignkey")
    op.alter_column("enforcement_orders", "decision_id", existing_type=sa.BIGINT(), nullable=False)
    op.drop_column("enforcement_orders", "case_id")
    op.alter_column("enforcement_attempts", "decision_id", existing_type=sa.BIGINT(), nullable=False)
    op.add_column(
        "cases",
        sa.Column(
            "priority",
            sa.INTEGER(),
            sa.Computed("((escalation * 100) + (severity * 10))", persisted=True),
            autoincrement=False,
            nullable=False,
        ),
    )
    op.drop_index(op.f("ix_decisions_site_id_decided_at"), table_name="decisions")
    op.drop_index("ix_cases_site_oldest", table_name="cases", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_cases_oldest", table_name="cases", postgresql_where=sa.text("state = 'open'"))
    op.drop_index(
        "ix_cases_likely",
        table_name="cases",
        postgresql_where=sa.text("state = 'open' AND hidden_at IS NULL AND chance >= 0.9"),
    )
    op.drop_index(
        "ix_cases_named_queue", table_name="cases", postgresql_where=sa.text("state = 'open' AND queue <> 'main'")
    )
    op.drop_index(
        "ix_cases_hidden", table_name="cases", postgresql_where=sa.text("state = 'open' AND hidden_at IS NOT NULL")
    )
    op.drop_index(
        "ix_cases_deadline", table_name="cases", postgresql_where=sa.text("state = 'open' AND deadline_at IS NOT NULL")
    )
    op.drop_index("ix_cases_site_queue", table_name="cases", postgresql_where=sa.text("state = 'open'"))
    op.create_index(
        op.f("ix_cases_site_queue"),
        "cases",
        ["site_id", sa.literal_column("(- priority)"), "opened_at", "id"],
        unique=False,
        postgresql_where="(state = 'open'::text)",
    )
    op.drop_index("ix_cases_queue", table_name="cases", postgresql_where=sa.text("state = 'open'"))
    op.create_index(
        op.f("ix_cases_queue"),
        "cases",
        [sa.literal_column("(- priority)"), "opened_at", "id"],
        unique=False,
        postgresql_where="(state = 'open'::text)",
    )
    op.drop_column("cases", "closed_as")
    op.drop_column("cases", "hidden_until")
    op.drop_column("cases", "hidden_at")
    op.drop_column("cases", "deadline_at")
    op.drop_column("cases", "needs_second")
    op.drop_column("cases", "scored_at")
    op.drop_column("cases", "urgency")
    op.drop_column("cases", "reach")
    op.drop_column("cases", "velocity")
    op.drop_column("cases", "views")
    op.drop_column("cases", "chance")
    op.drop_column("cases", "voices")
    op.drop_column("cases", "weight")
    op.drop_column("cases", "queue")
    op.drop_column("cases", "escalation_before")
    op.drop_column("cases", "escalated_by_hand")
    op.drop_column("cases", "severity_set")


def _drop_tables() -> None:
    op.drop_table("rule_requests")
    op.drop_index(op.f("ix_rule_firings_rule_id_fired_at"), table_name="rule_firings")
    op.drop_index(op.f("ix_rule_firings_case_id"), table_name="rule_firings")
    op.drop_table("rule_firings")
    op.drop_table("proposals")
    op.drop_table("rule_versions")
    op.drop_index(op.f("ix_reach_samples_site_id_sampled_at"), table_name="reach_samples")
    op.drop_table("reach_samples")
    op.drop_index(
        "ix_article_reach_uncounted", table_name="article_reach", postgresql_where=sa.text("views <> counted_views")
    )
    op.drop_table("article_reach")
    op.drop_table("site_terms")
    op.drop_table("rules")
    op.drop_index(
        "ix_backtests_waiting", table_name="backtests", postgresql_where=sa.text("state IN ('waiting', 'running')")
    )
    op.drop_table("backtests")
    op.drop_table("automation_switches")
    op.drop_index("ix_voices_judged", table_name="voices", postgresql_where=sa.text("standing <> 'pending'"))
    op.drop_index("ix_voices_pending", table_name="voices", postgresql_where=sa.text("standing = 'pending'"))
    op.drop_table("voices")
    op.drop_table("unsettled_cases")
    op.drop_index("ix_reporters_trusted", table_name="reporters", postgresql_where=sa.text("trusted"))
    op.drop_index("ix_reporters_muted", table_name="reporters", postgresql_where=sa.text("muted IS NOT NULL"))
    op.drop_table("reporters")
    op.drop_index(op.f("ix_flag_lives_article_id"), table_name="flag_lives")
    op.drop_table("flag_lives")
    op.drop_index("ix_case_scores_at", table_name="case_scores", postgresql_using="brin")
    op.drop_table("case_scores")
