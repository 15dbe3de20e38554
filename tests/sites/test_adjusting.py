"""How a site's flags are judged and its rules run: changed within bounds, and audited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.audit.models import AuditEntry
from moderation_service.db import finish
from moderation_service.errors import Invalid, NotFound
from moderation_service.sites import service as sites
from moderation_service.sites.models import Site
from tests.factories import ACTOR, make_site


@pytest.fixture
def site(session: Session) -> Site:
    site = make_site(session)
    session.refresh(site)
    return site


def _audited(session: Session) -> Sequence[AuditEntry]:
    finish(session)
    return session.scalars(select(AuditEntry).where(AuditEntry.action == "site.adjusted")).all()


def test_only_what_is_named_changes(session: Session, site: Site) -> None:
    sites.adjust(session, "courier", hide_hours=48, actor=ACTOR)
    assert (site.prior, site.hide_pending, site.hide_hours, site.two_person_rules) == (0.05, False, 48, False)


def test_false_is_a_change_and_none_is_not(session: Session, site: Site) -> None:
    sites.adjust(session, "courier", hide_pending=True, two_person_rules=True, actor=ACTOR)
    sites.adjust(session, "courier", hide_pending=False, actor=ACTOR)
    assert (site.hide_pending, site.two_person_rules) == (False, True)


def test_the_change_is_audited_with_what_was_before(session: Session, site: Site) -> None:
    sites.adjust(session, "courier", prior=0.1, hide_hours=24, actor=ACTOR)
    (entry,) = _audited(session)
    assert entry.detail == {"before": {"prior": 0.05}, "after": {"prior": 0.1}}


def test_what_is_so_already_is_no_change(session: Session, site: Site) -> None:
    sites.adjust(session, "courier", prior=0.05, hide_pending=False, actor=ACTOR)
    assert _audited(session) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [*(("prior", value) for value in (0.0, 0.0009, 0.51, -1.0, float("nan"))), ("hide_hours", 0), ("hide_hours", 169)],
)
def test_what_is_out_of_bounds_is_refused_by_name(session: Session, site: Site, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        sites.adjust(session, "courier", **{field: value}, actor=ACTOR)
    assert refused.value.field == field


@pytest.mark.parametrize(("prior", "hours"), [(0.001, 1), (0.5, 168)])
def test_the_bounds_themselves_are_taken(session: Session, site: Site, prior: float, hours: int) -> None:
    sites.adjust(session, "courier", prior=prior, hide_hours=hours, actor=ACTOR)
    assert (site.prior, site.hide_hours) == (prior, hours)


def test_there_is_no_site_of_an_unknown_slug(session: Session) -> None:
    with pytest.raises(NotFound):
        sites.adjust(session, "nowhere", prior=0.1, actor=ACTOR)


def test_every_site_has_its_id_in_the_list(session: Session) -> None:
    made = [make_site(session, slug).id for slug in ("courier", "herald")]
    assert list(sites.all_site_ids(session)) == made
