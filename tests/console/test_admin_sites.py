"""Sites and keys on the pages of the administration."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from moderation_service.console.words import set_apart
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import service as sites
from moderation_service.sites.models import Site
from moderation_service.widget import snippet
from tests.api.door import Door
from tests.console.cases import other_site, words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk
from tests.console.forms import seen_on

COURIER = "/console/admin/sites/courier"
NEW = {"slug": "herald", "name": "The Herald", "url": "https://herald.example", "origins": "https://herald.example\n\n"}


@pytest.fixture
def admin(sit: Sit) -> Desk:
    """An admin of all sites."""
    return sit(Role.ADMIN)


def site_of(door: Door, slug: str) -> Site:
    with door.services.database.transaction() as session:
        return session.scalars(select(Site).where(Site.slug == slug)).one()


def secret_on(answer: TestResponse) -> str:
    """The secret that a page shows once."""
    assert answer.status_code == 200, answer.text
    found = re.search(r'id="secret"[^>]*>([^<]+)<', answer.text)
    assert found is not None
    return html.unescape(found[1])


def kind_of(door: Door, secret: str) -> str | None:
    with door.services.database.transaction() as session:
        known = sites.recognise(session, secret)
    return known.kind if known else None


def keys_of(door: Door, slug: str = "courier") -> list[tuple[int, datetime | None]]:
    with door.services.database.transaction() as session:
        return [(key.id, key.expires_at) for key, _ in sites.all_keys(session, slug)]


def settings(**changes: Any) -> dict[str, Any]:
    """The form of the settings, filled in."""
    form = {"name": "The Courier", "url": "https://courier.example", "legal_url": "", "origins": "", "store": "builtin"}
    form |= {"prior": "5", "hide_hours": "24", "store_options": ""}
    return form | changes


def save(admin: Desk, **changes: Any) -> TestResponse:
    """Send the form of the settings as the page now has it."""
    return admin.post(COURIER, settings(seen=seen_on(admin.get(COURIER).text), **changes))


def test_a_new_site_is_there(door: Door, admin: Desk) -> None:
    answer = admin.post("/console/admin/sites", NEW)
    assert answer.location == "/console/admin/sites/herald"
    assert site_of(door, "herald").origins == ["https://herald.example"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("slug", "No Slug"),
        ("slug", "courier"),
        ("name", " "),
        ("url", "herald"),
        ("origins", "https://herald.example/a"),
    ],
)
def test_what_is_wrong_with_a_new_site_is_said_at_its_field_and_nothing_is_lost(
    admin: Desk, field: str, typed: str
) -> None:
    answer = admin.post("/console/admin/sites", NEW | {"slug": "weekly", field: typed})
    assert answer.status_code == 422
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', answer.text)
    kept = NEW | {"slug": "weekly", field: typed}
    assert all(html.escape(kept[name].strip()) in answer.text for name in ("slug", "name", "url"))


def test_settings_are_changed(door: Door, admin: Desk) -> None:
    changes = {"prior": "7,5", "hide_pending": "on", "hide_hours": "12", "origins": "https://a.example"}
    assert save(admin, two_person_rules="on", **changes).status_code == 303
    site = site_of(door, "courier")
    assert (site.name, site.prior, site.hide_pending, site.hide_hours) == ("The Courier", 0.075, True, 12)
    assert (site.two_person_rules, site.origins) == (True, ["https://a.example"])


def test_doors_are_opened_and_shut(door: Door, admin: Desk) -> None:
    save(admin, door_activitypub="on")
    assert site_of(door, "courier").doors == ["activitypub"]
    assert re.search(r'name="door_activitypub"[^>]* checked', admin.get(COURIER).text)
    save(admin)
    assert site_of(door, "courier").doors == []


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("prior", typed) for typed in ("0", "51", "nan", "a lot", "")),
        *(("hide_hours", typed) for typed in ("0", "169", "-1", "9" * 30)),
        *(("store_options", typed) for typed in ("[1]", "{", "[" * 9_000, "x\0")),
        *(("origins", typed) for typed in ("ftp://a.example", "x" * 30_000)),
        ("legal_url", "javascript:alert(1)"),
        ("store", "none of ours"),
        ("name", ""),
    ],
)
def test_a_setting_that_cannot_be_is_said_at_its_field_and_changes_nothing(
    door: Door, admin: Desk, field: str, typed: str
) -> None:
    before = site_of(door, "courier")
    answer = save(admin, two_person_rules="on", **{field: typed})
    assert answer.status_code == 422
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', answer.text)
    assert site_of(door, "courier").two_person_rules == before.two_person_rules


def test_of_two_who_change_a_site_the_second_is_told_what_the_first_set_and_keeps_what_he_typed(
    door: Door, admin: Desk
) -> None:
    seen = seen_on(admin.get(COURIER).text)
    save(admin, name="The Evening Courier")
    late = admin.post(COURIER, settings(seen=seen, name="The Morning Courier"))
    assert (late.status_code, site_of(door, "courier").name) == (409, "The Evening Courier")
    assert "<dd>The Evening Courier</dd>" in late.text
    assert 'value="The Morning Courier"' in late.text
    admin.post(COURIER, settings(seen=seen_on(late.text), name="The Morning Courier"))
    assert site_of(door, "courier").name == "The Morning Courier"


def test_a_mistake_in_the_form_does_not_hide_that_somebody_else_has_changed_the_site(admin: Desk) -> None:
    seen = seen_on(admin.get(COURIER).text)
    save(admin, name="The Noon Courier")
    wrong = admin.post(COURIER, settings(seen=seen, prior="a lot"))
    assert (wrong.status_code, seen_on(wrong.text)) == (422, seen)


def test_options_of_a_store_are_kept_when_left_empty_and_never_shown(door: Door, admin: Desk) -> None:
    save(admin, store_options='{"token": "very secret"}')
    save(admin)
    assert site_of(door, "courier").store_options == {"token": "very secret"}
    page = admin.get(COURIER).text
    assert "<code>token</code>" in page
    assert "very secret" not in page
    with door.services.database.transaction() as session:
        trail = session.scalars(text("SELECT detail::text FROM audit_entries")).all()
    assert not any("very secret" in detail for detail in trail)


def test_a_key_is_shown_once(door: Door, admin: Desk) -> None:
    answer = admin.post(COURIER + "/keys", {"kind": "publishable", "key_name": "widget"})
    secret = secret_on(answer)
    assert (kind_of(door, secret), answer.headers["Cache-Control"]) == ("publishable", "no-store")
    assert secret not in admin.get(COURIER).text


def test_a_key_without_a_purpose_is_not_made(door: Door, admin: Desk) -> None:
    before = keys_of(door)
    answer = admin.post(COURIER + "/keys", {"kind": "secret", "key_name": " "})
    assert (answer.status_code, keys_of(door)) == (422, before)


def test_a_replaced_key_works_on_as_long_as_was_chosen(door: Door, admin: Desk) -> None:
    old = secret_on(admin.post(COURIER + "/keys", {"kind": "secret", "key_name": "server"}))
    key_id, _ = keys_of(door)[-1]
    new = secret_on(admin.post(f"{COURIER}/keys/{key_id}:rotate", {"overlap": "24"}))
    assert (kind_of(door, old), kind_of(door, new)) == ("secret", "secret")
    secret_on(admin.post(f"{COURIER}/keys/{keys_of(door)[-1][0]}:rotate", {"overlap": "0"}))
    assert kind_of(door, new) is None


@pytest.mark.parametrize("overlap", ["0", "24"])
def test_a_key_is_replaced_once_however_often_the_button_is_pressed(door: Door, admin: Desk, overlap: str) -> None:
    admin.post(COURIER + "/keys", {"kind": "secret", "key_name": "server"})
    path = f"{COURIER}/keys/{keys_of(door)[-1][0]}:rotate"
    secret_on(admin.post(path, {"overlap": overlap}))
    before = keys_of(door)
    again = admin.post(path, {"overlap": overlap})
    assert (again.status_code, keys_of(door)) == (409, before)
    assert "it was replaced or ended" in words_of(again)


def test_a_key_ends_once_it_is_confirmed(door: Door, admin: Desk) -> None:
    secret = secret_on(admin.post(COURIER + "/keys", {"kind": "secret", "key_name": "server"}))
    key_id, _ = keys_of(door)[-1]
    path = f"{COURIER}/keys/{key_id}:revoke"
    assert f"End the key {set_apart('server')}" in words_of(admin.get(path))
    assert kind_of(door, secret) == "secret"
    admin.post(path)
    assert kind_of(door, secret) is None


def test_a_key_of_another_site_is_not_found_beneath_ones_own(door: Door, sit: Sit) -> None:
    own = sit(Role.ADMIN, other_site(door, "monthly"))
    key_id, expires_at = keys_of(door)[0]
    assert own.post(f"/console/admin/sites/monthly/keys/{key_id}:revoke").status_code == 404
    assert keys_of(door)[0] == (key_id, expires_at)


def test_the_secret_of_webhooks_is_made_and_replaced(admin: Desk) -> None:
    asked = "How long the old secret signs along"
    assert asked not in admin.get(COURIER).text
    first, second = (secret_on(admin.post(COURIER + "/webhook-secret", {"overlap": "24"})) for _ in range(2))
    assert first != second
    page = admin.get(COURIER).text
    assert (second in page, asked in page) == (False, True)


def test_an_admin_of_one_site_is_shown_no_other(door: Door, sit: Sit) -> None:
    own = sit(Role.ADMIN, other_site(door, "gazette"))
    page = own.get("/console/admin/sites").text
    assert ("/sites/gazette" in page, "/sites/courier" in page, "New site" in page) == (True, False, False)


def test_a_site_without_a_key_is_on_the_overview_until_it_has_one(door: Door, sit: Sit) -> None:
    own = sit(Role.ADMIN, other_site(door, "tribune"))
    waits = "The site Tribune has no key"
    assert waits in words_of(own.get("/console/admin"))
    own.post("/console/admin/sites/tribune/keys", {"kind": "secret", "key_name": "server"})
    assert waits not in words_of(own.get("/console/admin"))


def test_a_site_is_shown_what_goes_into_its_pages(door: Door, admin: Desk) -> None:
    page = html.unescape(admin.get(COURIER).text)
    service = door.settings.public_url
    assert snippet.head(service) in page
    assert snippet.element(service, "courier") in page
    assert snippet.policy(service) in page
