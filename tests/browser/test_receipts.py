"""The receipt's page in a browser: looked at in each state and language, and used where no scripts run."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moderation_service import pipeline
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.intake import legal
from moderation_service.intake.submission import Target, new_receipt
from moderation_service.notifications.letters import addresses
from moderation_service.policy.vocabulary import Action
from tests.browser.conftest import Visit
from tests.browser.desk import Desk
from tests.browser.looks import looked_at
from tests.browser.visitor import tab_to
from tests.factories import make_article, make_decision, make_flag, make_moderator, make_submission, triaged
from tests.live import Service

ReceiptOf = Callable[..., str]

EVE = "eve@mail.example"
COMMENT = "My neighbour was named here.\n\nHe has a right to be left alone, and so have his children."
QUOTED = Target("p2", {"exact": "Its bell was found in the reeds."})


@pytest.fixture
def receipt_of(newsrooms: Database, live: Service, desk: Desk) -> ReceiptOf:
    """Makes a flag, decided and carried out where an action is given; its receipt."""
    return partial(_receipt_of, newsrooms, live.settings, desk)


def _receipt_of(
    database: Database, settings: Settings, desk: Desk, *, action: Action | None = None, **words: Any
) -> str:
    with database.transaction() as session:
        make_article(session, desk.site)
        flag = make_flag(session, desk.site, email=EVE, comment=COMMENT, **words)
        case = triaged(session, flag)
        if action is not None:
            make_decision(session, case, make_moderator(session, f"ada-{desk.slug}"), action)
    with database.transaction() as session:
        lease = pipeline.lease_order(session, settings) if action else None
    if lease is not None:
        tried = pipeline.carry_out(lease, database.transaction)
        with database.transaction() as session:
            pipeline.settle_order(session, lease, tried, settings)
    return str(flag.receipt)


@pytest.fixture
def notice_receipt(newsrooms: Database, desk: Desk) -> str:
    """The receipt of a legal notice of two articles, without a name."""
    with newsrooms.transaction() as session:
        for name in ("ferry", "bridge"):
            make_article(session, desk.site, name)
        items = [make_submission(desk.site, name, channel=legal.CHANNEL, email=EVE) for name in ("ferry", "bridge")]
        receipt = new_receipt()
        filing = legal.Filing(
            site_id=desk.site.id, receipt=receipt, items=items, name=None, good_faith=True, missing=["name"]
        )
        legal.file(session, filing)
    return str(receipt)


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
@pytest.mark.parametrize("action", [None, Action.TAKEDOWN, Action.CLEAR])
def test_a_receipt_has_no_barriers_and_fits(
    visit: Visit, receipt_of: ReceiptOf, action: Action | None, locale: str
) -> None:
    page = visit(locale=locale).go(f"/r/{receipt_of(action=action, target=QUOTED)}")
    looked_at(page, f"receipt-{action or 'open'}-{locale[:2]}")


def test_the_receipt_of_a_legal_notice_has_no_barriers_and_fits(visit: Visit, notice_receipt: str) -> None:
    page = visit(locale="de-DE").go(f"/r/{notice_receipt}")
    looked_at(page, "receipt-notice")
    page.get_by_role("link", name="Ferry returns after the flood").first.click()
    expect(page.get_by_role("heading", name="Ihre Meldung ist da")).to_be_visible()


def test_the_page_behind_a_letter_has_no_barriers_and_ends_it(
    visit: Visit, receipt_of: ReceiptOf, live: Service
) -> None:
    receipt = receipt_of()
    token = addresses.proof(live.settings.secret_key, receipt, EVE)
    page = visit().go(f"/r/{receipt}/mail/{token}")
    looked_at(page, "letter-stop")
    page.get_by_role("button", name="No more e-mail about this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You get no more e-mail about this")
    page.get_by_role("button", name="Never again from").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("writes to you no more"))


def test_a_flag_is_withdrawn_by_the_keyboard_alone(visit: Visit, receipt_of: ReceiptOf) -> None:
    page = visit(java_script_enabled=False).go(f"/r/{receipt_of()}")
    press(page, "Withdraw this flag")
    press(page, "Withdraw this flag")
    expect(page.get_by_role("heading", name="You withdrew this flag")).to_be_visible()


def test_another_language_is_one_link_away_and_stays(visit: Visit, receipt_of: ReceiptOf) -> None:
    page = visit(java_script_enabled=False).go(f"/r/{receipt_of()}")
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Meldung")
    page.get_by_role("link", name="Meine E-Mail-Adresse löschen").click()
    page.get_by_role("button", name="Meine E-Mail-Adresse löschen").click()
    expect(page.get_by_text("Die E-Mail-Adresse dieser Meldung wurde am")).to_be_visible()


def press(page: Page, name: str) -> None:
    """Walk to what has this name by the Tab key, and press it."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
