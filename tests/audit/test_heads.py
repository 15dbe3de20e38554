"""A head that was kept elsewhere shows that the whole trail was written anew."""

from __future__ import annotations

import pytest

from moderation_service.audit.heads import Heads
from moderation_service.errors import Invalid
from tests.audit.conftest import Trail

REWRITE = (
    "DELETE FROM audit_entries WHERE seq = 3",
    "UPDATE audit_entries SET seq = -(seq - 1) WHERE seq > 3",
    "UPDATE audit_entries SET seq = -seq WHERE seq < 0",
    """
    DO $$ DECLARE
        previous bytea := sha256('');
        entry audit_entries;
    BEGIN
        FOR entry IN SELECT * FROM audit_entries ORDER BY seq LOOP
            UPDATE audit_entries SET hash = audit_hash(previous, lane, seq, at, actor, action, subject, site_id,
                                                       before_digest, after_digest, detail)
            WHERE id = entry.id RETURNING hash INTO previous;
        END LOOP;
        UPDATE audit_lanes SET seq = 9, hash = previous WHERE seq = 10;
    END $$
    """,
)


def test_rewritten_trail_looks_whole_by_itself(written: Trail) -> None:
    written.tamper(*REWRITE)
    assert written.report().findings == ()


def test_rewritten_trail_does_not_fit_the_kept_head(written: Trail) -> None:
    kept = written.heads()
    written.tamper(*REWRITE)
    written.write(3)
    found = written.finding(kept)
    assert (found.kind, found.lane, found.first) == ("rewritten", kept.lanes[0].lane, 10)


def test_trail_that_was_cut_short_does_not_fit(written: Trail) -> None:
    kept = written.heads()
    written.tamper(*REWRITE)
    assert "is gone" in str(written.finding(kept))


def test_older_head_fits_a_longer_trail(written: Trail) -> None:
    kept = written.heads()
    written.write(3)
    assert written.report(kept).findings == ()


def test_head_survives_being_written_down(written: Trail) -> None:
    kept = written.heads()
    assert Heads.from_json(kept.to_json()) == kept
    assert "\n" not in kept.to_json()


def test_digest_covers_every_lane(written: Trail) -> None:
    before = written.heads().digest()
    written.write(1)
    assert written.heads().digest() != before


def test_entries_are_counted(written: Trail) -> None:
    assert written.heads().entries == 10


@pytest.mark.parametrize("line", ["", "[]", "{}", "5", '{"lanes": 5}', '{"lanes": {"1": [2]}}', "[" * 100_000])
def test_other_text_is_refused(line: str) -> None:
    with pytest.raises(Invalid, match="no head"):
        Heads.from_json(line)


def test_changed_head_is_refused(written: Trail) -> None:
    line = written.heads().to_json().replace(":[10,", ":[9,")
    with pytest.raises(Invalid, match="changed"):
        Heads.from_json(line)
