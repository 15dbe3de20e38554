"""Evidence: the hash-chained audit trail, and tables to which rows are only ever added."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_entries", "case_events", "decisions", "enforcement_attempts", "article_revisions")

# A jsonb array has one text form, whatever the values contain: no two different entries hash alike.
AUDIT_HASH = """
CREATE FUNCTION audit_hash(
    previous bytea, lane smallint, seq bigint, at timestamptz, actor text, action text, subject text,
    site_id bigint, before_digest bytea, after_digest bytea, detail jsonb
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(previous || convert_to(jsonb_build_array(
    lane, seq, (extract(epoch FROM at) * 1000000)::bigint, actor, action, subject, site_id,
    encode(before_digest, 'hex'), encode(after_digest, 'hex'), detail
)::text, 'UTF8'))
"""

# A connection always writes to the same lane, so two transactions wait for each other only when
# their connections share one of the lanes.
AUDIT_APPEND = """
CREATE FUNCTION audit_append(
    actor text, action text, subject text, site_id bigint, before_digest bytea, after_digest bytea, detail jsonb
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head audit_lanes;
    moment timestamptz;
    digest bytea;
    entry bigint;
BEGIN
    SELECT * INTO STRICT head FROM audit_lanes WHERE lane = pg_backend_pid() % 64 FOR UPDATE;
    moment := clock_timestamp();
    digest := audit_hash(head.hash, head.lane, head.seq + 1, moment, actor, action, subject, site_id,
                         before_digest, after_digest, detail);
    INSERT INTO audit_entries
        (lane, seq, at, actor, action, subject, site_id, before_digest, after_digest, detail, hash)
    VALUES
        (head.lane, head.seq + 1, moment, actor, action, subject, site_id, before_digest, after_digest, detail, digest)
    RETURNING id INTO entry;
    UPDATE audit_lanes SET seq = head.seq + 1, hash = digest WHERE lane = head.lane;
    RETURN entry;
END $$
"""

FLAG_DIGEST = """
CREATE FUNCTION flag_digest(flag flags) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(convert_to(jsonb_build_array(
    flag.id, flag.receipt, flag.site_id, flag.article_id, flag.revision, encode(flag.reporter, 'hex'),
    encode(flag.target_key, 'hex'), flag.part, flag.quotation, flag.reason, flag.comment, flag.locale, flag.channel,
    flag.notifier,
    (extract(epoch FROM flag.received_at) * 1000000)::bigint
)::text, 'UTF8'))
"""

# Of a row that is never changed: columns that come later are empty in it, and then leave its digest as it was.
EVIDENCE_DIGEST = """
CREATE FUNCTION evidence_digest(evidence anyelement) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE SET timezone = 'UTC'
AS $$ SELECT sha256(convert_to(jsonb_strip_nulls(to_jsonb(evidence))::text, 'UTF8')) $$
"""

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are evidence: they are added, never changed', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    for function in (AUDIT_HASH, AUDIT_APPEND, FLAG_DIGEST, EVIDENCE_DIGEST, REFUSE_CHANGE):
        op.execute(function)
    op.execute("INSERT INTO audit_lanes (lane, seq, hash) SELECT n, 0, sha256('') FROM generate_series(0, 63) n")
    op.execute("ALTER TABLE audit_lanes SET (fillfactor = 10)")
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER append_only ON {table}")
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP FUNCTION evidence_digest(anyelement)")
    op.execute("DROP FUNCTION flag_digest(flags)")
    op.execute("DROP FUNCTION audit_append(text, text, text, bigint, bytea, bytea, jsonb)")
    op.execute(
        "DROP FUNCTION audit_hash(bytea, smallint, bigint, timestamptz, text, text, text, bigint, bytea, bytea, jsonb)"
    )
    op.execute("DELETE FROM audit_lanes")
