"""What a site's webhooks are signed with: made once, replaced with an overlap."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from moderation_service.audit.models import AuditEntry
from moderation_service.db import Database, finish
from moderation_service.errors import Conflict
from moderation_service.notifications.models import WebhookSecret
from moderation_service.notifications.secrets import first_secret, rotate_secret, signing_secrets
from tests.at_once import at_once
from tests.factories import ACTOR, make_site

DAY = timedelta(days=1)


def key_in(secret: str) -> bytes:
    """The key as a receiver reads it out of what was printed."""
    return base64.b64decode(secret.removeprefix("whsec_"))


def test_the_first_webhook_makes_the_secret_and_the_next_keep_it(session: Session) -> None:
    site = make_site(session)
    first = signing_secrets(session, site.id)
    assert len(first) == 1
    assert signing_secrets(session, site.id) == first


def test_many_first_webhooks_at_once_make_one_secret(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)

    def sign(_: int) -> tuple[bytes, ...]:
        with database.transaction() as session:
            return signing_secrets(session, site.id)

    signed = at_once(sign, range(8))
    assert len({str(secrets) for secrets in signed}) == 1


def test_a_secret_that_is_asked_for_is_the_one_that_signs(session: Session) -> None:
    site = make_site(session)
    shown = first_secret(session, site.id, actor=ACTOR)
    assert signing_secrets(session, site.id) == (key_in(shown),)


def test_a_secret_is_shown_once(session: Session) -> None:
    site = make_site(session)
    first_secret(session, site.id, actor=ACTOR)
    with pytest.raises(Conflict, match="not shown again"):
        first_secret(session, site.id, actor=ACTOR)


def test_after_a_rotation_both_sign_the_newest_first(session: Session) -> None:
    site = make_site(session)
    old = first_secret(session, site.id, actor=ACTOR)
    new = rotate_secret(session, site.id, overlap=DAY, actor=ACTOR)
    assert signing_secrets(session, site.id) == (key_in(new), key_in(old))


def test_after_the_overlap_only_the_new_one_signs(session: Session) -> None:
    site = make_site(session)
    first_secret(session, site.id, actor=ACTOR)
    new = rotate_secret(session, site.id, overlap=DAY, actor=ACTOR)
    past = func.now() - timedelta(seconds=1)
    session.execute(update(WebhookSecret).where(WebhookSecret.retired_at.is_not(None)).values(retired_at=past))
    assert signing_secrets(session, site.id) == (key_in(new),)


def test_a_site_without_a_secret_may_rotate_too(session: Session) -> None:
    site = make_site(session)
    new = rotate_secret(session, site.id, overlap=DAY, actor=ACTOR)
    assert signing_secrets(session, site.id) == (key_in(new),)


def test_each_site_has_secrets_of_its_own(session: Session) -> None:
    one, other = make_site(session), make_site(session, "herald")
    assert signing_secrets(session, one.id) != signing_secrets(session, other.id)


def test_making_one_is_audited_without_the_secret(session: Session) -> None:
    site = make_site(session)
    rotate_secret(session, site.id, overlap=DAY, actor=ACTOR)
    finish(session)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "site.webhook_secret_made")).one()
    assert (entry.actor, entry.detail) == (ACTOR, {})
