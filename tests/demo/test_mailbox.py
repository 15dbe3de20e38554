"""Letters to readers, where no mail server is set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from moderation_service.cli.run import free_port
from moderation_service.config import Settings
from moderation_service.demo.newsroom import with_mailbox
from moderation_service.demo.paper.app import create_app
from moderation_service.demo.paper.mailbox import LETTERS_MOST, Mailbox
from moderation_service.notifications.channels import mail
from tests.demo.conftest import Newspaper
from tests.notifications.conftest import make_message


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def mailbox(port: int) -> Iterator[Mailbox]:
    """A mailbox that takes letters in."""
    mailbox = Mailbox()
    controller = mailbox.open(port)
    yield mailbox
    controller.stop()


def test_what_the_service_sends_by_mail_can_be_read(mailbox: Mailbox, port: int, newspaper: Newspaper) -> None:
    mail.send(make_message("reader@courier.example"), with_mailbox(Settings(), port))
    page = create_app(newspaper.subscription, newspaper.client, newspaper.views, mailbox.letters)
    text = page.test_client().get("/mailbox").text
    assert "reader@courier.example" in text
    assert mailbox.letters[0].subject in text


def test_the_oldest_letters_make_room(mailbox: Mailbox, port: int) -> None:
    for number in range(LETTERS_MOST + 1):
        mail.send(make_message(f"r{number}@courier.example"), with_mailbox(Settings(), port))
    assert len(mailbox.letters) == LETTERS_MOST
    assert mailbox.letters[0].to == f"r{LETTERS_MOST}@courier.example"
