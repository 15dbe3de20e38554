"""What waits for a second person, and how far the QA sample agrees, as moderators' own tools read it."""

from __future__ import annotations

from sqlalchemy import select

from moderation_service.decisions import quality
from moderation_service.decisions.models import QaSample
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites.models import Site
from tests.api.door import Door, assert_problem, bearer
from tests.factories import make_case, make_decision, make_moderator, make_policy, make_ruling, make_site
from tests.live import make_token, verdict_on


def test_what_waits_is_listed_with_what_it_takes_to_agree(door: Door) -> None:
    with door.services.database.transaction() as session:
        make_policy(session, session.get_one(Site, door.newsroom.site_id), second_for_editorial=True)
    case = door.case_of("waits")
    held = door.post(f"/v1/cases/{case['id']}/claim", door.moderator).get_json()
    door.post(f"/v1/cases/{case['id']}/decisions", door.moderator, verdict_on(held))
    (waiting,) = door.get("/v1/proposals", door.moderators[1]).get_json()["proposals"]
    assert (waiting["case_id"], waiting["because"], waiting["own"]) == (case["id"], "editorial", False)
    (own,) = door.get("/v1/proposals", door.moderator).get_json()["proposals"]
    assert own["own"]
    door.post(f"/v1/cases/{case['id']}/claim", door.moderators[1])
    same = {name: waiting[name] for name in ("action", "parts", "clause", "ground", "note", "case_version")}
    answer = door.post(
        f"/v1/cases/{case['id']}/decisions", door.moderators[1], same | {"article_revision": waiting["revision"]}
    )
    assert (answer.status_code, door.get("/v1/proposals", door.moderator).get_json()["proposals"]) == (201, [])


def test_agreement_is_told_to_seniors_of_their_sites(door: Door) -> None:
    with door.services.database.transaction() as session:
        site = make_site(session, "herald")
        make_policy(session, site, qa_percent=100)
        case = make_case(session, site)
        make_decision(session, case, make_moderator(session, "ada", Role.MODERATOR, site))
        zoe = make_moderator(session, "zoe", Role.SENIOR, site)
        quality.review(session, session.scalars(select(QaSample.id)).one(), zoe, make_ruling(case, Action.CLEAR))
        senior = bearer(make_token(session, "max", Role.SENIOR, site))
        moderator = bearer(make_token(session, "mia", Role.MODERATOR, site))
    told = door.get("/v1/quality", senior).get_json()
    assert (told["decided"], told["drawn"], told["answered"]) == (1, 1, 1)
    assert (told["overall"]["cases"], told["overall"]["agreed"], told["overall"]["kappa"]) == (1, 0, None)
    assert [(one["name"], one["agreement"]["share"]) for one in told["moderators"]] == [("Ada", 0.0)]
    before = door.get("/v1/quality?until=2026-01-01T00:00:00Z", senior).get_json()
    assert (before["decided"], before["overall"]["share"]) == (0, None)
    assert_problem(door.get("/v1/quality", moderator), 403)
