"""Each way of tampering with the trail is found, and where it was done is said."""

from __future__ import annotations

import pytest

from moderation_service.audit import verify as module
from moderation_service.audit.finding import Finding
from tests.audit.conftest import Trail

REHASH = """
UPDATE audit_entries e SET hash = audit_hash(
    (SELECT hash FROM audit_entries p WHERE p.lane = e.lane AND p.seq = e.seq - 1), lane, seq, at, actor, action,
    subject, site_id, before_digest, after_digest, detail)
WHERE seq = {seq}
"""


def place(trail: Trail) -> tuple[str, int | None, int | None]:
    found = trail.finding()
    assert found.lane == trail.lane
    return found.kind, found.first, found.last


def test_untouched_trail(written: Trail) -> None:
    report = written.report()
    assert (report.entries, report.lanes, report.findings) == (10, 64, ())
    assert report.until is not None


def test_empty_trail(trail: Trail) -> None:
    report = trail.report()
    assert (report.entries, report.until, report.findings) == (0, None, ())


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 second'",
        "actor = 'nobody'",
        "action = 'thing.kept'",
        "subject = 'thing:99'",
        "site_id = 7",
        "before_digest = '\\x00'",
        "after_digest = '\\x00'",
        """detail = '{"more": 1}'""",
    ],
)
def test_edited_column(written: Trail, change: str) -> None:
    written.tamper(f"UPDATE audit_entries SET {change} WHERE seq = 5")
    assert place(written) == ("edited", 5, 5)


def test_edited_hash(written: Trail) -> None:
    written.tamper("UPDATE audit_entries SET hash = '\\x00' WHERE seq = 5")
    assert place(written) == ("edited", 5, 6)


def test_edited_and_hashed_anew_shows_at_the_next(written: Trail) -> None:
    written.tamper("UPDATE audit_entries SET actor = 'nobody' WHERE seq = 5", REHASH.format(seq=5))
    assert place(written) == ("edited", 6, 6)


def test_last_one_edited_and_hashed_anew_shows_at_the_head(written: Trail) -> None:
    written.tamper("UPDATE audit_entries SET actor = 'nobody' WHERE seq = 10", REHASH.format(seq=10))
    assert place(written) == ("head", 10, 10)


def test_first_one_edited(written: Trail) -> None:
    written.tamper("UPDATE audit_entries SET actor = 'nobody' WHERE seq = 1")
    assert place(written) == ("edited", 1, 1)


def test_two_places_are_two_findings(written: Trail) -> None:
    written.tamper("UPDATE audit_entries SET actor = 'nobody' WHERE seq IN (2, 3, 8)")
    assert [(f.first, f.last) for f in written.report().findings] == [(2, 3), (8, 8)]


def test_deleted(written: Trail) -> None:
    written.tamper("DELETE FROM audit_entries WHERE seq IN (4, 5)")
    assert place(written) == ("missing", 4, 5)


def test_first_one_deleted(written: Trail) -> None:
    written.tamper("DELETE FROM audit_entries WHERE seq = 1")
    assert place(written) == ("missing", 1, 1)


def test_deleted_and_numbered_anew(written: Trail) -> None:
    written.tamper(
        "DELETE FROM audit_entries WHERE seq = 4",
        "UPDATE audit_entries SET seq = -(seq - 1) WHERE seq > 4",
        "UPDATE audit_entries SET seq = -seq WHERE seq < 0",
        "UPDATE audit_lanes SET seq = 9 WHERE seq = 10",
    )
    assert place(written) == ("edited", 4, 9)


def test_truncated(written: Trail) -> None:
    written.tamper("DELETE FROM audit_entries WHERE seq > 7")
    assert place(written) == ("truncated", 8, 10)


def test_emptied(written: Trail) -> None:
    lane = written.lane
    written.tamper("DELETE FROM audit_entries")
    found = written.finding()
    assert (found.kind, found.lane, found.first, found.last) == ("truncated", lane, 1, 10)


def test_inserted_at_the_end(written: Trail) -> None:
    written.tamper(
        "INSERT INTO audit_entries (lane, seq, actor, action, subject, detail, hash) "
        "SELECT lane, 11, actor, action, subject, detail, hash FROM audit_entries WHERE seq = 10",
        REHASH.format(seq=11),
    )
    assert place(written) == ("inserted", 11, 11)


def test_inserted_in_the_middle(written: Trail) -> None:
    written.tamper(
        "UPDATE audit_entries SET seq = -(seq + 1) WHERE seq > 4",
        "UPDATE audit_entries SET seq = -seq WHERE seq < 0",
        "INSERT INTO audit_entries (lane, seq, actor, action, subject, detail, hash) "
        "SELECT lane, 5, actor, action, subject, detail, hash FROM audit_entries WHERE seq = 4",
        REHASH.format(seq=5),
        "UPDATE audit_lanes SET seq = 11 WHERE seq = 10",
    )
    assert place(written) == ("moved", 6, 11)


@pytest.mark.parametrize(("lane", "seq"), [(64, 1), (-1, 1), (3, 0), (3, -5)])
def test_inserted_where_no_chain_goes(written: Trail, lane: int, seq: int) -> None:
    written.tamper(
        "INSERT INTO audit_entries (lane, seq, actor, action, subject, detail, hash) "
        f"SELECT {lane}, {seq}, actor, action, subject, detail, hash FROM audit_entries WHERE seq = 10"
    )
    found = written.finding()
    assert (found.kind, found.lane, found.first) == ("inserted", lane, seq)


def test_two_swapped(written: Trail) -> None:
    written.tamper(
        "UPDATE audit_entries SET seq = -seq WHERE seq IN (4, 5)",
        "UPDATE audit_entries SET seq = 9 + seq WHERE seq < 0",
    )
    assert place(written) == ("moved", 4, 6)


def test_head_edited(written: Trail) -> None:
    written.tamper("UPDATE audit_lanes SET hash = '\\x00' WHERE seq = 10")
    assert place(written) == ("head", 10, 10)


def test_head_set_back(written: Trail) -> None:
    written.tamper("UPDATE audit_lanes SET seq = 8 WHERE seq = 10")
    assert place(written) == ("inserted", 9, 10)


def test_head_deleted(written: Trail) -> None:
    lane = written.lane
    written.tamper("DELETE FROM audit_lanes WHERE seq = 10")
    report = written.report()
    assert report.lanes == 63
    assert [(f.kind, f.lane) for f in report.findings] == [("head", lane)]


@pytest.mark.parametrize("chunk", [1, 3, 10])
def test_chunks_are_joined(written: Trail, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", chunk)
    assert written.report().findings == ()
    written.tamper("DELETE FROM audit_entries WHERE seq BETWEEN 3 AND 5")
    assert place(written) == ("missing", 3, 5)


def test_progress_reaches_the_total(written: Trail) -> None:
    told: list[tuple[int, int]] = []
    written.report(progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (20, 20)
    assert sorted(told) == told


def test_writers_are_not_disturbed(written: Trail) -> None:
    other = Trail(written.settings)
    written.report(progress=lambda _done, _total: other.write(1))
    other.database.close()
    assert written.report().findings == ()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({}, "broken"),
        ({"lane": 3}, "lane 3: broken"),
        ({"lane": 3, "first": 4, "last": 4}, "lane 3, entry 4: broken"),
        ({"lane": 3, "first": 4, "last": 5}, "lane 3, entries 4 to 5: broken"),
    ],
)
def test_a_finding_says_where(place: dict[str, int], words: str) -> None:
    assert str(Finding(kind="edited", words="broken", **place)) == words
