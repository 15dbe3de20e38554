"""Images of an article at the desk: named, fetched by the service for who asks, and refused where they are none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from moderation_service.articles.content import Image
from moderation_service.config import Settings
from moderation_service.outbound import calling
from moderation_service.sites.models import Site
from tests.api.conftest import open_for_file
from tests.api.door import Door
from tests.console.desk import Desk, open_door, seat
from tests.doors.remote import RemoteServer, remote_server
from tests.factories import make_article, make_case, make_content
from tests.pictures import AVIF, GIF, JPEG, WEBP, png, shown_at
from tests.servers import TestServers

PNG = png(8, 8)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><title>No image</title>"


@pytest.fixture(scope="module")
def door(servers: TestServers, worker_id: str) -> Iterator[Door]:
    """A door that may call this machine."""
    with open_for_file(servers, worker_id, webhook_allow_private=True) as door:
        yield door


@pytest.fixture
def remote() -> Iterator[RemoteServer]:
    """Where images are."""
    with remote_server() as server:
        yield server


def _pictured(door: Door, name: str, *images: Image) -> int:
    """The case of an article that shows these images; called again with others, they are those of a new revision."""
    with door.services.database.transaction() as session:
        site = session.get_one(Site, door.newsroom.site_id)
        make_article(session, site, name, make_content(images=images))
        return make_case(session, site, name).id


def _fetched(door: Door, desk: Desk, name: str, url: str) -> TestResponse:
    return desk.get(f"/console/cases/{_pictured(door, name, Image(url))}/images/1")


def _assert_not_had(answer: TestResponse, why: str) -> None:
    assert (answer.status_code, answer.mimetype) == (502, "text/plain")
    assert answer.text == f"The image cannot be had: {why}."
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_case_page_names_images_and_loads_none(door: Door, desk: Desk, remote: RemoteServer) -> None:
    url = shown_at(remote, "/bell.png", PNG)
    case_id = _pictured(door, "named", Image(url, "A <b>bell</b>"), Image("https://other.example/2"))
    page = desk.get(f"/console/cases/{case_id}").text
    assert "A &lt;b&gt;bell&lt;/b&gt;" in page
    assert "from 127.0.0.1" in page
    assert "from other.example" in page
    assert f'href="/console/cases/{case_id}/images/2?revision=1"' in page
    assert "<img" not in page
    assert remote.asked == []


def test_an_image_is_fetched_and_can_do_nothing(door: Door, desk: Desk, remote: RemoteServer) -> None:
    answer = _fetched(door, desk, "fetched", shown_at(remote, "/bell", PNG, kind="text/html"))
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", PNG)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert remote.asked == ["/bell"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(JPEG, "image/jpeg"), (GIF, "image/gif"), (WEBP, "image/webp"), (AVIF, "image/avif")],
    ids=["jpeg", "gif", "webp", "avif"],
)
def test_its_first_bytes_say_what_it_is(door: Door, desk: Desk, remote: RemoteServer, body: bytes, kind: str) -> None:
    assert _fetched(door, desk, kind, shown_at(remote, "/", body)).mimetype == kind


@pytest.mark.parametrize("body", [SVG, HTML, b"", PNG[:4], b"\x00\x00\x00\x1cftypheic\x00\x00\x00\x00mif1heic"])
def test_what_is_no_image_is_not_passed_on(door: Door, desk: Desk, remote: RemoteServer, body: bytes) -> None:
    answer = _fetched(door, desk, "no-image", shown_at(remote, f"/{len(body)}", body))
    _assert_not_had(answer, "what is there is no PNG, JPEG, GIF, WebP or AVIF")


def test_six_megabytes_are_too_many(door: Door, desk: Desk, remote: RemoteServer) -> None:
    answer = _fetched(door, desk, "large", shown_at(remote, "/", PNG + bytes(6 * 1024 * 1024)))
    _assert_not_had(answer, "it has more than 5 MB")


def test_a_host_that_is_silent_is_not_waited_for(
    door: Door, desk: Desk, remote: RemoteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "TIMEOUT", 0.2)
    url = shown_at(remote, "/", PNG)
    remote.silent.set()
    _assert_not_had(_fetched(door, desk, "slow", url), "its host does not answer in time")
    remote.silent.clear()


def test_an_image_that_is_gone(door: Door, desk: Desk, remote: RemoteServer) -> None:
    _assert_not_had(_fetched(door, desk, "gone", f"http://{remote.host}/"), "its host does not hand it out")


def test_a_redirect_is_followed_a_few_times(door: Door, desk: Desk, remote: RemoteServer) -> None:
    shown_at(remote, "/bell.png", PNG)
    remote.leads = {"/1": "2", "/2": f"http://{remote.host}/bell.png", "/round": "/round"}
    assert _fetched(door, desk, "led", f"http://{remote.host}/1").data == PNG
    answer = _fetched(door, desk, "round", f"http://{remote.host}/round")
    _assert_not_had(answer, "its address leads on and on, or nowhere")
    assert remote.asked == ["/1", "/2", "/bell.png", *["/round"] * 4]


@pytest.mark.parametrize("to", ["file:///etc/passwd", "http://[", "//", "gopher://127.0.0.1/"])
def test_a_redirect_that_leads_out_of_the_web_is_not_followed(
    door: Door, desk: Desk, remote: RemoteServer, to: str
) -> None:
    remote.leads = {"/": to}
    _assert_not_had(_fetched(door, desk, "out", f"http://{remote.host}/"), "its address leads on and on, or nowhere")


def test_a_redirect_to_where_nothing_may_be_asked_for_is_not_followed(
    door: Door, desk: Desk, remote: RemoteServer
) -> None:
    remote.leads = {"/": "http://169.254.169.254/latest/meta-data/"}
    answer = _fetched(door, desk, "inward", f"http://{remote.host}/")
    _assert_not_had(answer, "it is at an address where nothing may be asked for")


def test_our_own_network_is_called_only_where_the_operator_says_so(settings: Settings, remote: RemoteServer) -> None:
    with open_door(settings) as door:
        answer = _fetched(door, seat(door, "ada"), "private", shown_at(remote, "/", PNG))
    _assert_not_had(answer, "it is at an address where nothing may be asked for")
    assert remote.asked == []


@pytest.mark.parametrize("path", ["0", "2", "1?revision=0", "1?revision=99999999999999999"])
def test_there_is_no_such_image(door: Door, desk: Desk, remote: RemoteServer, path: str) -> None:
    case_id = _pictured(door, "single", Image(shown_at(remote, "/", PNG)))
    assert desk.get(f"/console/cases/{case_id}/images/{path}").status_code == 404


def test_images_of_the_flagged_revision_are_shown_where_they_differ(
    door: Door, desk: Desk, remote: RemoteServer
) -> None:
    stays, goes, comes = (Image(shown_at(remote, f"/{name}", PNG), name) for name in ("stays", "goes", "comes"))
    _pictured(door, "revised", stays, goes)
    with door.services.database.transaction() as session:
        site = session.get_one(Site, door.newsroom.site_id)
        case_id = make_case(session, site, "revised", reporter="reader-2").id
        make_article(session, site, "revised", make_content(images=(stays, comes)))
    page = desk.get(f"/console/cases/{case_id}").text
    before, after = page.split("Images of revision 1 that the article no longer has:")
    assert [f"images/{n}?revision=2" in before for n in (1, 2)] == [True, True]
    assert ["images/1?revision=1" in after, "images/2?revision=1" in after] == [False, True]
    desk.get(f"/console/cases/{case_id}/images/2?revision=1")
    desk.get(f"/console/cases/{case_id}/images/2")
    assert remote.asked == ["/goes", "/comes"]


def test_the_words_are_in_the_language_of_who_asks(door: Door, desk: Desk, remote: RemoteServer) -> None:
    case_id = _pictured(door, "german", Image(f"http://{remote.host}/"))
    answer = desk.get(f"/console/cases/{case_id}/images/1", **{"Accept-Language": "de"})
    assert answer.text == "Das Bild ist nicht zu bekommen: sein Server gibt es nicht heraus."


def test_how_images_come_up_is_a_preference(door: Door, desk: Desk) -> None:
    path = f"/console/cases/{_pictured(door, 'preferred', Image('https://a.example/'))}"
    assert 'data-blur="yes" data-grey="yes"' in desk.get(path).text
    desk.post("/console/account/preferences", {"grey_images": "on"})
    assert 'data-blur="no" data-grey="yes"' in desk.get(path).text
    desk.post("/console/account/preferences", {"blur_images": "on"})
    assert 'data-blur="yes" data-grey="no"' in desk.get(path).text
