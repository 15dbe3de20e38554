"""The readers' script is up to date and small, and every page of the web may load it."""

from __future__ import annotations

import base64
import gzip
import hashlib

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation_service.app import create_app
from moderation_service.config import Settings
from moderation_service.widget import script
from scripts.widget import assembled

SERVICE = "https://flags.example"
MOST = 15_000  # bytes, compressed


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    settings = Settings(database_url="postgresql:///none", redis_url="redis://127.0.0.1:1", secret_key="s" * 32)
    return create_app(settings).test_client()


def get(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    return client.get(address.removeprefix(SERVICE), headers={"Origin": "https://courier.example", **headers})


def test_the_script_is_what_its_sources_and_words_make() -> None:
    assert script.FILE.read_text(encoding="utf-8") == assembled(), "run `make widget`"


def test_the_script_is_small(client: FlaskClient) -> None:
    answer = get(client, script.newest(SERVICE), **{"Accept-Encoding": "gzip"})
    assert answer.content_encoding == "gzip"
    assert int(answer.headers["Content-Length"]) < MOST
    assert gzip.decompress(answer.data) == script.content()


@pytest.mark.parametrize("address", [script.newest(SERVICE), script.address(SERVICE)])
def test_every_page_of_the_web_may_load_it(client: FlaskClient, address: str) -> None:
    answer = get(client, address)
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_integrity_is_that_of_what_is_sent(client: FlaskClient) -> None:
    sent = hashlib.sha384(get(client, script.address(SERVICE)).data).digest()
    assert script.integrity() == f"sha384-{base64.b64encode(sent).decode()}"
    assert script.integrity() in script.tag(SERVICE, "pk_1")


def test_only_the_address_that_always_means_this_script_is_kept_for_good(client: FlaskClient) -> None:
    kept = [get(client, path).headers["Cache-Control"] for path in (script.address(SERVICE), script.newest(SERVICE))]
    assert kept == ["public, max-age=31536000, immutable", "public, max-age=300"]


def test_an_old_address_answers_with_the_newest_script_and_says_so(client: FlaskClient) -> None:
    answer = get(client, f"{SERVICE}/widget/v1/{'0' * 16}/flag-content.js")
    assert (answer.data, answer.cache_control.max_age) == (script.content(), 300)
    assert answer.headers["Link"] == f'<../{script.digest()}/flag-content.js>; rel="latest-version"'


def test_whoever_has_it_is_told_that_nothing_changed(client: FlaskClient) -> None:
    tag = get(client, script.newest(SERVICE)).headers["ETag"]
    assert get(client, script.newest(SERVICE), **{"If-None-Match": tag}).status_code == 304
