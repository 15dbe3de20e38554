"""What the console says: in whose language and zone, and that no language lacks a word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from moderation_service.console import words
from moderation_service.console.admin.trail_words import ACTIONS
from moderation_service.console.words import _
from scripts import catalogues
from tests.api.door import Door
from tests.console.audited import audited
from tests.console.desk import Desk

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def german(door: Door) -> Iterator[None]:
    """A request of a browser that prefers German, in Berlin."""
    headers = {"Accept-Language": "fr, de-AT;q=0.8, en;q=0.2", "Cookie": "moderation-zone=Europe/Berlin"}
    with door.app.test_request_context("/console/", headers=headers):
        yield


@pytest.mark.parametrize("code", catalogues.codes())
def test_a_language_has_words_for_every_message(code: str) -> None:
    assert catalogues.untranslated(code) == []


@pytest.mark.parametrize("code", catalogues.codes())
def test_a_catalogue_is_in_line_with_the_sources(code: str) -> None:
    assert words.catalogue_path(code).read_text(encoding="utf-8") == catalogues.renewed(code)


def test_the_messages_of_python_and_of_templates_are_found() -> None:
    found = catalogues.template()
    assert {"You are signed out.", "Skip to the content", "Queue"} <= {message.id for message in found}


def test_there_is_english_and_another_language_each_named_in_itself() -> None:
    assert words.languages() == {"en": "English", "de": "Deutsch"}


@pytest.mark.usefixtures("german")
def test_the_language_is_what_the_browser_prefers_of_those_there_are() -> None:
    assert (words.language(), _("Sign in")) == ("de", "Anmelden")


@pytest.mark.usefixtures("german")
def test_a_number_of_things_is_told_by_the_rules_of_the_language() -> None:
    said = [words.ngettext("%(n)s session has ended.", "%(n)s sessions have ended.", n) % {"n": n} for n in (1, 2)]
    assert said == ["1 Sitzung ist beendet.", "2 Sitzungen sind beendet."]


@pytest.mark.usefixtures("german")
def test_moments_numbers_and_spans_are_the_languages_and_the_zones() -> None:
    assert words.moment(NOON) == "22.11.2026, 13:00"
    assert words.moment(NOON, "medium") == "22.11.2026, 13:00:00"
    assert (words.number(1234.5), words.span(timedelta(hours=2))) == ("1.234,5", "2 Stunden")


@pytest.mark.parametrize("zone", ["", "Nowhere/At-All", "../../etc/passwd", "x" * 300])
def test_a_zone_that_is_none_is_utc(door: Door, zone: str) -> None:
    with door.app.test_request_context("/console/", headers={"Cookie": f"moderation-zone={zone}"}):
        assert words.moment(NOON) == "22 Nov 2026, 12:00 UTC"


def test_a_page_says_its_language(guest: Desk) -> None:
    page = guest.get("/console/sign-in", **{"Accept-Language": "de"}).text
    assert '<html lang="de"' in page
    assert "<h1>Anmelden</h1>" in page


def test_every_action_that_the_sources_write_into_the_audit_trail_has_words() -> None:
    written = audited()
    assert {"case.escalated", "cases.escalated", "moderator.role_taken", "token.session_added"} <= written.names
    assert sorted(written.names - ACTIONS.keys()) == []
    assert sorted(written.unread) == []


@pytest.mark.usefixtures("german")
def test_one_thing_has_one_name_and_lengths_of_time_are_written_in_one_way() -> None:
    assert [_("Policies"), _("House policy")] == ["Richtlinien", "Richtlinie des Hauses"]
    assert "Regelwerk" not in words.catalogue_path("de").read_text(encoding="utf-8")
    assert [words.duration(seconds) for seconds in (0.3, 180, 642)] == ["0,3 Sekunden", "3 Minuten", "10,7 Minuten"]
