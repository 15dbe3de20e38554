"""A rule fires, and its people hear of it: by mail and by webhook, in the end on real servers."""

from __future__ import annotations

import json
from typing import Any

from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.notifications import secrets
from moderation_service.triage.rules.entries import Mode
from tests.factories import ACTOR, make_case, make_site
from tests.notifications.sending import send_all
from tests.notifications.sinks import MailSink, Receiver
from tests.notifications.test_signing import expected
from tests.triage.rules.books import make_entry

ANY_FLAG = {"field": "flags", "within": "1d", "operator": ">=", "value": 1}


def fire(database: Database, *actions: dict[str, Any]) -> tuple[int, str]:
    """Flag an article of a site that has a rule with these actions; the case, and the secret of the site's webhooks."""
    with database.transaction() as session:
        site = make_site(session)
        secret = secrets.first_secret(session, site.id, actor=ACTOR)
        make_entry(session, "any-flag", actions=list(actions), conditions=ANY_FLAG, mode=Mode.LIVE)
    with database.transaction() as session:
        return make_case(session, site).id, secret


def test_by_mail(database: Database, settings: Settings, sink: MailSink) -> None:
    case_id, _ = fire(database, {"do": "notify", "channel": "mail", "to": "desk@courier.example"}, {"do": "escalate"})
    send_all(database, settings.replace(smtp_url=sink.url, mail_from="rules@courier.example"))
    (letter,) = sink.letters
    assert letter.recipients == ["desk@courier.example"]
    paragraphs = letter.text().replace("\r\n", "\n").strip().split("\n\n")
    assert paragraphs[0].endswith(f", fired on case {case_id}.")
    assert "Ferry returns after the flood" in paragraphs
    assert next(said for said in paragraphs if said.startswith("It saw: ")).endswith("1 (asked for: at least 1)")
    assert paragraphs[-1] == "It did: notify, escalate."


def test_by_webhook(database: Database, settings: Settings, receiver: Receiver) -> None:
    case_id, secret = fire(database, {"do": "notify", "channel": "webhook", "to": receiver.url()})
    send_all(database, settings.replace(webhook_allow_private=True))
    (post,) = receiver.received
    told = json.loads(post.body)
    assert (told["type"], told["data"]["rule"], told["data"]["case_id"]) == ("rule.fired", "any-flag", case_id)
    headers = post.headers
    signed = expected(secret, headers["webhook-id"], headers["webhook-timestamp"], post.body)
    assert headers["webhook-signature"] == signed
