"""One command starts everything, says how to use it, and keeps the data for the next time."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import click
import pytest
import requests

from moderation_service.cli.run import check_port, free_port
from moderation_service.cli.welcome import flag_command, keep, kept, local_url, welcome
from moderation_service.config import Settings, variables
from moderation_service.db import Database
from moderation_service.demo.newsroom import SLUG, SUBSCRIPTION, DemoCredentials, load, subscription
from moderation_service.sites import service as sites
from moderation_service.sites import signing_in
from moderation_service.sites.duties import duty_of
from tests.servers import scratch_folder

FIRST = DemoCredentials("demo", "a password", "pk_1", "sk_1", "http://site.example", "an-article")
LOST = DemoCredentials("demo", None, "pk_1", "sk_1", "http://site.example", "an-article")
ORIGIN = "http://127.0.0.1:8001"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A program that listens on some port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_port_that_is_taken_is_said_with_another_one(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with pytest.raises(click.ClickException, match=f"Port {port} on 0.0.0.0 is taken .* --port {port + 1}"):
        check_port("0.0.0.0", port)  # noqa: S104
    with pytest.raises(click.ClickException, match=f"--newsroom-port {port + 1}"):
        check_port("127.0.0.1", port, option="--newsroom-port")


def test_an_address_that_is_not_ours_is_said() -> None:
    with pytest.raises(click.ClickException, match="assign requested address"):
        check_port("192.0.2.1", 8000)


def test_a_port_on_which_connections_linger_is_free(listener: socket.socket) -> None:
    address = listener.getsockname()
    with socket.create_connection(address):
        listener.accept()[0].close()  # who closes first lingers
    listener.close()
    check_port(*address)


def test_what_one_run_kept_is_there_for_the_next(tmp_path: Path) -> None:
    assert kept(tmp_path / "demo.json") is None
    keep(FIRST, tmp_path / "demo.json")
    assert kept(tmp_path / "demo.json") == FIRST


def test_the_demo_s_credentials_are_ours_alone(tmp_path: Path) -> None:
    keep(FIRST, tmp_path / "demo.json")
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600


def test_the_demo_s_moderator_keeps_the_password_that_is_printed(settings: Settings, database: Database) -> None:
    who = load(settings, origin=ORIGIN)
    assert who.password is not None
    with database.transaction() as session:
        assert duty_of(signing_in.check_password(session, username=who.moderator, password=who.password)) is None


def test_a_second_run_has_the_credentials_of_the_first(settings: Settings) -> None:
    first = load(settings, origin=ORIGIN)
    assert load(settings, origin=ORIGIN, kept=first) == first


def test_keys_that_were_lost_are_replaced_and_a_lost_password_is_not_invented(settings: Settings) -> None:
    first = load(settings, origin=ORIGIN)
    second = load(settings, origin=ORIGIN)
    assert second.secret_key != first.secret_key
    assert second.password is None


def test_what_belongs_to_a_database_before_is_forgotten(settings: Settings) -> None:
    load(settings, origin=ORIGIN)
    assert load(settings, origin=ORIGIN, kept=FIRST).password is None


def test_readers_who_write_the_machine_s_other_name_may_flag_too(settings: Settings, database: Database) -> None:
    load(settings, origin=ORIGIN)
    with database.transaction() as session:
        assert {ORIGIN, "http://localhost:8001"} <= set(sites.site_by_slug(session, SLUG).origins)


def test_a_password_that_nobody_kept_is_not_invented() -> None:
    assert "made by an earlier run that did not keep it" in welcome(Settings(), LOST)


def test_without_the_demo_only_the_addresses_are_shown() -> None:
    assert "docs       http://127.0.0.1:8000/docs" in welcome(Settings(), None)
    assert "password" not in welcome(Settings(), None)


def test_the_newspaper_s_first_day_stays_its_first(settings: Settings, tmp_path: Path) -> None:
    first = subscription(settings, FIRST, port=8001, folder=tmp_path)
    assert date.fromisoformat(first.opened) <= datetime.now(UTC).date()
    (tmp_path / SUBSCRIPTION).write_text(dataclasses.replace(first, opened="2026-03-06").text())
    assert subscription(settings, FIRST, port=8001, folder=tmp_path).opened == "2026-03-06"


def test_a_newcomer_is_told_how_to_see_the_newsroom_alive() -> None:
    assert "moderation-service demo readers" in welcome(Settings(), FIRST)
    assert "demo readers" not in welcome(Settings(), None)


def test_the_flag_to_copy_is_one_word_for_the_shell() -> None:
    *_, option, body = shlex.split(flag_command("http://localhost:8000", FIRST))
    assert option == "-d"
    assert json.loads(body)["article"] == {"external_id": "an-article"}


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:8000"), ("::", "http://[::1]:8000"), ("news.example", "http://news.example:8000")],  # noqa: S104
)
def test_the_address_shown_is_one_that_this_machine_can_ask(host: str, url: str) -> None:
    assert local_url(Settings(host=host)) == url


@contextmanager
def run(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command on a data folder, and what it said until it was ready."""
    command = [sys.executable, "-c", "from moderation_service.cli import main; main()", "run", "--port", str(port)]
    command += ["--newsroom-port", str(free_port())]
    env = {name: value for name, value in os.environ.items() if name not in variables()}
    env |= {"MODERATION_DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"}
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C stops everything" in line:
                break
        try:
            yield process, said
        finally:
            process.kill()


def stop(process: subprocess.Popen[str]) -> int:
    """Press Ctrl-C and wait for the end."""
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    return process.returncode


def flag_as_told(said: str) -> requests.Response:
    """Send what the printed command sends."""
    words = shlex.split(next(line for line in said.splitlines() if "curl" in line))
    headers = dict(word.split(": ", 1) for before, word in pairwise(words) if before == "-H")
    with requests.Session() as session:
        session.trust_env = False  # a proxy of the environment does not reach it
        return session.post(words[2], data=words[-1], headers=headers, timeout=20)


def test_a_newcomer_runs_it_twice_and_finds_the_flag_again() -> None:
    port = free_port()
    with scratch_folder() as folder:
        with run(folder, port) as (process, first):
            assert flag_as_told(first).status_code == 202, first
            assert stop(process) == 0
        with run(folder, port) as (process, second):
            assert flag_as_told(second).status_code == 200, second  # the same reader, the same article
            assert stop(process) == 0
    password = re.search(r"password +(\S+)", first)
    assert password is not None
    assert password[0] in second
