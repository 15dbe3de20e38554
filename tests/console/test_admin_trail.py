"""The audit trail in the console: found, read, saved, and verified."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from moderation_service.audit import service as audit
from moderation_service.audit import verification
from moderation_service.audit.finding import Finding, Report
from moderation_service.audit.models import Verification
from moderation_service.audit.verify import verify
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from tests.api.door import Door
from tests.console.cases import open_case, other_site, words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk, add_person, seat
from tests.console.forms import seen_on

TRAIL = "/console/admin/trail"


@pytest.fixture
def senior(sit: Sit) -> Desk:
    """A senior of all sites."""
    return sit(Role.SENIOR)


def write(door: Door, subject: str, *, site_id: int | None = None, actor: str = "cli:root", **detail: object) -> None:
    """An entry of the trail."""
    with door.services.database.transaction() as session:
        audit.append(session, actor=actor, action="site.adjusted", subject=subject, site_id=site_id, detail=detail)


def verified(door: Door, *findings: Finding) -> None:
    """A verification that somebody ran, and that found this besides."""
    with door.services.database.transaction() as session:
        report = verify(session)
    told = {name: getattr(report, name) for name in ("entries", "lanes", "until", "flags", "decisions")}
    with door.services.database.transaction() as session:
        verification.record(session, Report(**told, findings=findings), actor="cli:root")


def test_an_entry_tells_who_did_what_to_whom(door: Door, senior: Desk) -> None:
    add_person(door, "bob")
    ada = seat(door, "ada", Role.ADMIN)
    with door.services.database.transaction() as session:
        bob = people.moderator_by_name(session, "bob").id
    seen = seen_on(ada.get(f"/console/admin/people/{bob}").text)
    ada.post(f"/console/admin/people/{bob}/roles", {"role": "senior", "site": "courier", "seen": seen})
    said = words_of(senior.get(f"{TRAIL}?actor=ada&action=moderator.role_granted"))
    assert "Ada Role given: senior Bob" in said


def test_what_others_wrote_is_only_ever_text(door: Door, senior: Desk) -> None:
    write(door, "site:1", note="<script>alert(1)</script>")
    page = senior.get(f"{TRAIL}?subject=site:1").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "query", ["actor=cli:root", "action=site.adjusted", "subject=thing:7", "site=courier", "since=2020-01-01T00:00"]
)
def test_a_filter_leaves_what_fits_it(door: Door, senior: Desk, query: str) -> None:
    write(door, "thing:7", site_id=door.newsroom.site_id)
    assert "thing:7" in senior.get(f"{TRAIL}?{query}").text


@pytest.mark.parametrize(
    "query", ["actor=nobody", "action=key.added", "subject=thing:8", "site=weekly", "until=2020-01-01T00:00"]
)
def test_a_filter_leaves_out_what_does_not_fit_it(door: Door, senior: Desk, query: str) -> None:
    write(door, "thing:9", site_id=door.newsroom.site_id)
    with door.services.database.transaction() as session:
        known = session.scalar(text("SELECT count(*) FROM sites WHERE slug = 'weekly'"))
    if not known:
        other_site(door, "weekly")
    assert "thing:9" not in senior.get(f"{TRAIL}?{query}").text


@pytest.mark.parametrize(("typed", "is_found"), [("%Y-%m-%dT%H:%M", False), ("%Y-%m-%dT%H:%M:%SZ", True)])
def test_a_moment_is_one_of_the_persons_zone_unless_it_names_another(
    door: Door, senior: Desk, typed: str, is_found: bool
) -> None:
    write(door, "thing:zoned")
    senior.client.set_cookie("moderation-zone", "Asia/Tokyo")
    until = (datetime.now(UTC) + timedelta(hours=1)).strftime(typed)
    page = senior.get(f"{TRAIL}?until={until}").text
    assert ("thing:zoned" in page) is is_found


def test_a_senior_sees_only_what_was_done_on_his_site(door: Door, sit: Sit) -> None:
    herald = other_site(door, "herald")
    write(door, "thing:mine", site_id=herald.id)
    write(door, "thing:theirs", site_id=door.newsroom.site_id)
    write(door, "thing:nowhere")
    own = sit(Role.SENIOR, herald)
    for page in (own.get(TRAIL).text, own.get(f"{TRAIL}.csv").text):
        assert [name in page for name in ("thing:mine", "thing:theirs", "thing:nowhere")] == [True, False, False]
    assert own.get(f"{TRAIL}?site=courier").status_code == 404


def test_pages_follow_one_another_and_miss_nothing(door: Door, senior: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        write(door, "thing:paged", number=number)
    monkeypatch.setattr("moderation_service.console.admin.trail.ROWS", 2)
    path, seen = f"{TRAIL}?subject=thing:paged", []
    while path:
        page = senior.get(path).text
        seen += re.findall(r"<dt>number</dt><dd><code>(\d)", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert seen == ["4", "3", "2", "1", "0"]


def test_the_file_has_the_same_entries_and_no_formulas(door: Door, senior: Desk) -> None:
    write(door, "thing:saved", actor="=HYPERLINK(1)", note="ü")
    answer = senior.get(f"{TRAIL}.csv?subject=thing:saved")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["actor"], row["subject"], row["detail"]) == ("'=HYPERLINK(1)", "thing:saved", '{"note": "ü"}')
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("query", ["cursor=AAAA", "actor=%00", "subject=" + "x" * 999])
def test_an_address_that_is_none_of_ours_is_no_failure(senior: Desk, query: str) -> None:
    assert senior.get(f"{TRAIL}?{query}").status_code < 500


@pytest.mark.parametrize("page", [TRAIL, TRAIL + ".csv"])
@pytest.mark.parametrize("query", ["since=soon", "until=9999"])
def test_what_is_no_moment_is_said_and_does_not_show_everything(senior: Desk, page: str, query: str) -> None:
    answer = senior.get(f"{page}?{query}")
    assert answer.status_code == 422
    assert "This is no date and time" in words_of(answer)


def test_up_to_where_it_is_verified(make_door: Callable[..., Door]) -> None:
    door = make_door()
    senior = seat(door, "ada", Role.SENIOR)
    assert "It was never verified" in words_of(senior.get(TRAIL))
    verified(door)
    with door.services.database.transaction() as session:
        entries = session.execute(select(Verification.entries)).scalar_one()
    write(door, "thing:after")
    write(door, "thing:after")
    said = words_of(senior.get(TRAIL))
    assert f"Chain verified up to entry {entries}" in said
    assert "2 entries since" in said


def test_a_broken_chain_is_told_loudly_on_every_page_about_it(make_door: Callable[..., Door]) -> None:
    door = make_door()
    senior = seat(door, "ada", Role.SENIOR)
    verified(door, Finding(kind="edited", lane=3, first=7, last=7, words="does not match its hash"))
    for path in (TRAIL, "/console/admin"):
        page = senior.get(path)
        assert 'role="alert"' in page.text
        assert "The chain is broken: 1 fault was found." in words_of(page)
        assert "lane 3, entry 7: does not match its hash" in words_of(page)


def test_a_verification_that_was_asked_for_waits_for_a_worker_once(make_door: Callable[..., Door]) -> None:
    door = make_door()
    senior = seat(door, "ada", Role.SENIOR)
    for _ in range(2):
        assert senior.post(f"{TRAIL}:verify").status_code == 303
    assert "A verification waits for a worker" in words_of(senior.get(TRAIL))
    with door.services.database.transaction() as session:
        assert len(session.scalars(select(Verification)).all()) == 1


def test_how_far_a_verification_is_and_that_it_failed(make_door: Callable[..., Door]) -> None:
    door = make_door()
    senior = seat(door, "ada", Role.SENIOR)
    senior.post(f"{TRAIL}:verify")
    with door.services.database.transaction() as session:
        lease = verification.lease_next(session)
        assert lease is not None
        verification.keep(session, lease, done=0.25)
    assert "It is being verified now: 25%" in words_of(senior.get(TRAIL))
    with door.services.database.transaction() as session:
        verification.fail(session, lease, "DataError: it broke")
    assert "could not be done: DataError: it broke" in words_of(senior.get(TRAIL))


def test_an_entry_about_a_case_leads_to_it(door: Door, senior: Desk) -> None:
    case_id = open_case(door, "bell")
    senior.post(f"/console/cases/{case_id}/claim")
    assert f'href="/console/cases/{case_id}"' in senior.get(f"{TRAIL}?subject=case:{case_id}").text
