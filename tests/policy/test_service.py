"""The policy: the house's own, a site's own, and the clauses a takedown cites."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from moderation_service.errors import Invalid
from moderation_service.policy import service as policy
from moderation_service.policy.models import PolicyClause, PolicyVersion
from moderation_service.policy.vocabulary import REASONS, Reason, Role
from tests.factories import make_site


def _add_version(session: Session, site_id: int | None, number: int, *codes: str) -> PolicyVersion:
    version = PolicyVersion(site_id=site_id, number=number)
    session.add(version)
    session.flush()
    for code in codes:
        fields = {"title": "T", "text": "T", "grounds": ["terms"], "dsa_category": "OTHER_VIOLATION_TC"}
        session.add(PolicyClause(policy_id=version.id, code=code, **fields))
    session.flush()
    return version


def test_the_house_policy_holds_where_a_site_has_none(session: Session) -> None:
    assert policy.in_force(session, make_site(session).id).site_id is None


def test_a_sites_own_policy_holds_before_the_house_policy(session: Session) -> None:
    site = make_site(session)
    own = _add_version(session, site.id, 1)
    _add_version(session, None, 2)
    assert policy.in_force(session, site.id) is own


def test_the_newest_version_is_in_force(session: Session) -> None:
    site = make_site(session)
    newest = [_add_version(session, site.id, number) for number in (1, 3, 2)][1]
    assert policy.in_force(session, site.id) is newest


def test_another_sites_policy_does_not_hold(session: Session) -> None:
    site, other = make_site(session), make_site(session, "herald")
    _add_version(session, other.id, 1, "X")
    with pytest.raises(Invalid, match="no clause 'X'"):
        policy.cite(session, site.id, "X", "terms")


def test_a_clause_of_an_older_version_is_not_cited(session: Session) -> None:
    site = make_site(session)
    _add_version(session, site.id, 1, "old")
    _add_version(session, site.id, 2, "new")
    assert policy.cite(session, site.id, "new", "terms").code == "new"
    with pytest.raises(Invalid):
        policy.cite(session, site.id, "old", "terms")


def test_the_house_policy_has_clauses_in_order_each_with_a_ground(session: Session) -> None:
    clauses = policy.clauses(session, policy.in_force(session, None))
    assert [clause.code for clause in clauses] == sorted(clause.code for clause in clauses)
    assert len(clauses) == 16
    assert all(set(clause.grounds) <= {"terms", "law"} and clause.grounds for clause in clauses)


def test_every_reason_is_explained_to_readers() -> None:
    assert set(REASONS) == set(Reason)
    assert all(facts.gloss and facts.dsa_category for facts in REASONS.values())


def test_roles_rank_in_their_order() -> None:
    assert [role.rank for role in (Role.MODERATOR, Role.SENIOR, Role.ADMIN)] == [0, 1, 2]
