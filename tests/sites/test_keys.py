"""Sites and their keys: shown once, rotated with overlap, recognised while their time lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from moderation_service.audit.models import AuditEntry
from moderation_service.db import finish
from moderation_service.errors import Conflict, Invalid, NotFound
from moderation_service.sites import service as sites
from moderation_service.sites.models import ApiKey, Site
from tests.factories import ACTOR, make_site


def _add(session: Session, site: Site, kind: str = "secret") -> tuple[int, str]:
    secret = sites.add_key(session, site, kind=kind, name="server", actor=ACTOR)
    return session.scalars(select(ApiKey.id).order_by(ApiKey.id.desc())).first() or 0, secret


@pytest.mark.parametrize("slug", ["", "Courier", "-courier", "cou rier", "c" * 64, "courier\n", "cöurier"])
def test_a_slug_of_another_form_is_refused(session: Session, slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_site(session, slug, url="https://courier.example", origins=[])
    assert refused.value.field == "slug"


def test_a_slug_is_taken_once(session: Session, site: Site) -> None:
    with pytest.raises(Conflict, match="courier"):
        make_site(session, "courier")


@pytest.mark.parametrize(
    "origin",
    [
        *("courier.example", "https://courier.example/", "https://courier.example/path", "https://*.example"),
        *("null", "https://a b.example", "ftp://courier.example", "https://courier.example\n"),
    ],
)
def test_an_origin_of_another_form_is_refused(session: Session, origin: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_site(session, origins=[origin])
    assert refused.value.field == "origins"


def test_origins_are_replaced_and_the_change_is_audited(session: Session, site: Site) -> None:
    sites.set_origins(session, "courier", ["https://b.example", "http://127.0.0.1:8000"], actor=ACTOR)
    assert site.origins == ["http://127.0.0.1:8000", "https://b.example"]
    finish(session)
    assert "site.origins_set" in session.scalars(select(AuditEntry.action)).all()


def test_only_a_listed_origin_is_known(session: Session, site: Site) -> None:
    assert sites.origin_is_known(session, "https://courier.example")
    assert not sites.origin_is_known(session, "https://courier.example.evil.example")


def test_there_is_no_site_of_an_unknown_slug(session: Session) -> None:
    with pytest.raises(NotFound):
        sites.site_by_slug(session, "nowhere")


def test_a_key_is_recognised_with_its_site_and_origins(session: Session, site: Site) -> None:
    _, secret = _add(session, site, "publishable")
    key = sites.recognise(session, secret)
    assert key is not None
    assert (key.kind, key.slug, key.origins) == ("publishable", "courier", frozenset(["https://courier.example"]))


@pytest.mark.parametrize(("kind", "prefix"), [("publishable", "pk_"), ("secret", "sk_")])
def test_a_key_says_its_kind_and_no_two_are_alike(session: Session, site: Site, kind: str, prefix: str) -> None:
    one, two = _add(session, site, kind)[1], _add(session, site, kind)[1]
    assert one.startswith(prefix)
    assert one != two
    assert len(one) >= 45


def test_the_secret_is_nowhere_in_the_database(session: Session, site: Site) -> None:
    _, secret = _add(session, site)
    for table in ("api_keys", "audit_entries"):
        rows = session.execute(text(f"SELECT t::text FROM {table} t")).scalars().all()
        assert not any(secret[3:-4] in row for row in rows)


def test_a_key_that_was_never_made_is_nobodys(session: Session, site: Site) -> None:
    _, secret = _add(session, site)
    assert sites.recognise(session, secret[:-1] + ("A" if secret[-1] != "A" else "B")) is None


def test_after_rotation_both_keys_work_until_the_overlap_ends(session: Session, site: Site) -> None:
    key_id, old = _add(session, site)
    new = sites.rotate_key(session, key_id, overlap=timedelta(hours=24), actor=ACTOR)
    assert sites.recognise(session, old) is not None
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(expires_at=func.now() - timedelta(seconds=1)))
    assert sites.recognise(session, old) is None
    assert sites.recognise(session, new) is not None


def test_a_successor_has_the_kind_and_the_name_of_the_old_key(session: Session, site: Site) -> None:
    key_id, _ = _add(session, site, "publishable")
    sites.rotate_key(session, key_id, overlap=timedelta(), actor=ACTOR)
    assert [(key.kind, key.name) for key, _ in sites.all_keys(session, "courier")] == [("publishable", "server")] * 2


def test_a_revoked_key_is_nobodys_at_once(session: Session, site: Site) -> None:
    key_id, secret = _add(session, site)
    sites.expire_key(session, key_id, after=timedelta(), actor=ACTOR)
    assert sites.recognise(session, secret) is None


def test_a_revoked_key_has_no_successor_and_is_not_brought_back(session: Session, site: Site) -> None:
    key_id, secret = _add(session, site)
    sites.expire_key(session, key_id, after=timedelta(), actor=ACTOR)
    with pytest.raises(Conflict):
        sites.rotate_key(session, key_id, overlap=timedelta(hours=24), actor=ACTOR)
    assert sites.recognise(session, secret) is None


def test_the_last_use_of_a_key_is_kept_to_the_minute(session: Session, site: Site) -> None:
    key_id, secret = _add(session, site)
    sites.recognise(session, secret)
    first = session.scalar(select(ApiKey.last_used_at).where(ApiKey.id == key_id))
    assert first is not None
    session.execute(update(ApiKey).values(last_used_at=first - timedelta(seconds=30)))
    sites.recognise(session, secret)
    assert session.scalar(select(ApiKey.last_used_at).where(ApiKey.id == key_id)) == first - timedelta(seconds=30)


def test_there_is_no_key_of_an_unknown_number(session: Session) -> None:
    with pytest.raises(NotFound):
        sites.key_by_id(session, 99)


def test_keys_are_listed_site_by_site(session: Session, site: Site) -> None:
    _add(session, make_site(session, "alarm"))
    _add(session, site)
    assert [owner.slug for _, owner in sites.all_keys(session)] == ["alarm", "courier"]
    assert [owner.slug for _, owner in sites.all_keys(session, "alarm")] == ["alarm"]
