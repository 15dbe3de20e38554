"""The fast way in: one statement records a batch of new flags, their place in triage's queue and their audit entry.

It takes what is ordinary: a new flag on an article we know. Whatever it leaves out (an unknown article, one that only
readers named at an address that the site gave another, a repeat, an Idempotency-Key seen before, words whose part is to
be found, something untrue) goes through `record.record_one`, which says what it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

import psycopg
from psycopg.pq import ConnStatus, ExecStatus

from moderation_service.articles.addresses import spellings
from moderation_service.db import connection_parameters, driver_url
from moderation_service.errors import Unavailable
from moderation_service.intake.submission import Recorded, Submission

# One round trip and one commit. Rows go in in one order everywhere, so that two batches never wait for each other in a
# circle. The key's lock is tried, never waited for: who does not get it is told that the first still runs. OFFSET 0
# keeps each look-up apart, so that no plan reads a whole table instead.
RECORD = """
WITH sent AS MATERIALIZED (
    SELECT site_id, external_id, urls, revision, decode(reporter, 'hex') AS reporter,
           decode(target_key, 'hex') AS target_key, reporter_since, part, quotation, reason, comment, locale, channel,
           notifier, email, receipt, decode(key_digest, 'hex') AS key_digest,
           decode(fingerprint, 'hex') AS fingerprint
    FROM json_to_recordset($1::json) AS sent (
        site_id int, external_id text, urls text[], revision int, reporter text, reporter_since timestamptz,
        target_key text, part text, quotation jsonb, reason text, comment text, locale text, channel text,
        notifier text, email text, receipt uuid, key_digest text, fingerprint text)
), ordinary AS MATERIALIZED (
    SELECT sent.*, article.id AS article_id, coalesce(sent.revision, article.current_revision) AS seen
    FROM sent
    CROSS JOIN LATERAL (
        SELECT id, current_revision FROM articles
        WHERE articles.site_id = sent.site_id AND articles.external_id = sent.external_id OFFSET 0
    ) AS article
    LEFT JOIN LATERAL (
        SELECT number, part_ids FROM article_revisions
        WHERE article_id = article.id AND number = coalesce(sent.revision, article.current_revision) OFFSET 0
    ) AS revision ON true
    WHERE (revision.number IS NOT NULL OR article.current_revision = 0 AND coalesce(sent.revision, 0) = 0
            AND (SELECT count(*) FROM articles told
                 WHERE told.site_id = sent.site_id AND told.url = ANY (sent.urls) AND told.current_revision > 0) = 0
            AND (SELECT count(*) FROM article_aliases told
                 WHERE told.site_id = sent.site_id AND told.uri = ANY (sent.urls)) = 0)
      AND (sent.part = ANY (revision.part_ids) OR sent.part IS NULL AND sent.quotation IS NULL)
      AND (sent.reporter_since IS NULL OR sent.reporter_since <= clock_timestamp())
      AND (sent.key_digest IS NULL OR (
            pg_try_advisory_xact_lock(('x' || encode(sent.key_digest, 'hex'))::bit(64)::bigint)
            AND (SELECT count(*) FROM idempotency_keys k
                 WHERE k.site_id = sent.site_id AND k.key_digest = sent.key_digest) = 0))
), recorded AS (
    INSERT INTO flags (receipt, site_id, article_id, revision, reporter, reporter_since, target_key, part, quotation,
                       reason, comment, locale, channel, notifier)
    SELECT receipt, site_id, article_id, seen, reporter, reporter_since, target_key, part, quotation, reason, comment,
           locale, channel, notifier
    FROM ordinary ORDER BY article_id, reporter, seen, target_key
    ON CONFLICT (article_id, reporter, revision, target_key) DO NOTHING
    RETURNING id, receipt, received_at, flag_digest(flags) AS digest
), queued AS (
    INSERT INTO untriaged_flags SELECT id, received_at FROM recorded
), remembered AS (
    INSERT INTO idempotency_keys (site_id, key_digest, fingerprint, flag_id, status)
    SELECT site_id, key_digest, fingerprint, id, 202 FROM recorded JOIN sent USING (receipt)
    WHERE key_digest IS NOT NULL
), contacts AS (
    INSERT INTO flag_contacts (flag_id, email)
    SELECT id, email FROM recorded JOIN sent USING (receipt) WHERE email IS NOT NULL
), audited AS (
    SELECT audit_append('intake', 'flags.received', 'flags:' || min(id) || '-' || max(id), NULL, NULL,
                        sha256(string_agg(digest, ''::bytea ORDER BY id)),
                        jsonb_build_object('flags', jsonb_agg(id ORDER BY id))) AS entry
    FROM recorded HAVING count(*) > 0
)
SELECT receipt, received_at FROM recorded, audited
"""

STATEMENT = b"record_flags"

SlowWay = Callable[[Submission], Recorded]


class Lane:
    """One connection, one batch at a time."""

    def __init__(self, url: str, slow_way: SlowWay) -> None:
        self._url = driver_url(url)
        self._slow_way = slow_way
        self._connection: psycopg.Connection | None = None

    def __call__(self, batch: list[Submission]) -> Sequence[Recorded | Exception]:
        """Record a batch; an exception in a place stands for what became of that submission."""
        try:
            recorded = self._record(batch)
        except psycopg.OperationalError as error:
            # Whether the commit arrived is not known: the sender asks again, and finds or makes the flag.
            self.close()
            raise Unavailable("The database does not answer; try again") from error
        except psycopg.Error:
            recorded = {}  # one row spoiled the batch: each goes its own way
            self.close()
        return [recorded.get(str(s.receipt)) or self._slowly(s) for s in batch]

    def close(self) -> None:
        """Close the connection; the next batch opens a new one."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None

    def _record(self, batch: list[Submission]) -> dict[str, Recorded]:
        """What was recorded, by receipt."""
        connection = self._connection or self._connect()
        # Straight to the client library: the driver's own way costs as much again as all else that is done here.
        result = connection.pgconn.exec_prepared(STATEMENT, [_as_json(batch).encode()])
        if result.status != ExecStatus.TUPLES_OK:
            if connection.pgconn.status != ConnStatus.OK:
                raise psycopg.OperationalError(result.get_error_message())
            raise psycopg.errors.error_from_result(result)
        rows = [(result.get_value(n, 0), result.get_value(n, 1)) for n in range(result.ntuples)]
        recorded = {(receipt or b"").decode(): datetime.fromisoformat((at or b"").decode()) for receipt, at in rows}
        return {
            str(s.receipt): Recorded(s.receipt, recorded[str(s.receipt)], 202)
            for s in batch
            if str(s.receipt) in recorded
        }

    def _connect(self) -> psycopg.Connection:
        # Kept at once: whatever goes wrong from here on, `close` finds it.
        connection = self._connection = psycopg.connect(self._url, autocommit=True, **connection_parameters())
        # Planning costs as much as running, so one plan is kept. It may be made while the tables are empty and must
        # be right when they are large: row by row along the indexes, as the statement's LATERALs ask.
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute("SET enable_seqscan = off")
        prepared = connection.pgconn.prepare(STATEMENT, RECORD.encode())
        if prepared.status != ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(prepared)
        return connection

    def _slowly(self, submission: Submission) -> Recorded | Exception:
        try:
            return self._slow_way(submission)
        except Exception as error:  # whatever it is, it is this one's alone
            return error


def _as_json(batch: list[Submission]) -> str:
    """The batch as one parameter: the driver spends a quarter of a millisecond on sixteen arrays, however short."""
    return json.dumps(
        [
            {
                "site_id": s.site_id,
                "external_id": s.external_id,
                "urls": None if s.url is None else spellings(s.url),
                "revision": s.revision,
                "reporter": s.reporter.hex(),
                "reporter_since": s.reporter_since and s.reporter_since.isoformat(),
                "target_key": s.target_key.hex(),
                "part": s.target.part,
                "quotation": s.target.quotation,
                "reason": s.reason,
                "comment": s.comment,
                "locale": s.locale,
                "channel": s.channel,
                "notifier": s.notifier,
                "email": s.email,
                "receipt": str(s.receipt),
                "key_digest": s.idempotency_key and s.idempotency_key.hex(),
                "fingerprint": s.request.hex(),
            }
            for s in batch
        ],
        ensure_ascii=False,
    )
