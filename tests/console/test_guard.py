"""What holds for every page: who sees it, which forms are heard, and what the answers carry."""

from __future__ import annotations

import gzip

import pytest

from tests.api.door import Door
from tests.console.desk import Desk


def test_a_guest_is_shown_the_way_in(guest: Desk) -> None:
    answer = guest.get("/console/account?tab=1")
    assert (answer.status_code, answer.location) == (303, "/console/sign-in?next=/console/account?tab%3D1")


def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in(guest: Desk) -> None:
    here = {
        "HX-Request": "true",
        "HX-Request-Type": "partial",
        "HX-Current-URL": "https://desk.example/console/account",
    }
    answer = guest.client.get("/console/account", headers=here)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/console/sign-in?next=/console/account")


def test_a_part_of_a_page_whose_address_is_none_sends_to_the_sign_in_too(guest: Desk) -> None:
    here = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "http://["}
    answer = guest.client.get("/console/account", headers=here)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/console/sign-in")


def test_a_form_sent_after_the_session_leads_to_the_sign_in_and_back_to_its_page(guest: Desk) -> None:
    sent_from = {"Referer": "https://desk.example/console/cases/1?queue=main"}
    answer = guest.client.post("/console/cases/1/decision", headers=sent_from)
    assert (answer.status_code, answer.location) == (303, "/console/sign-in?next=/console/cases/1?queue%3Dmain")


def test_who_is_signed_in_already_is_led_on_by_the_way_in(desk: Desk) -> None:
    assert desk.get("/console/sign-in?next=/console/account").location == "/console/account"
    assert desk.get("/console/sign-in?next=https://evil.example/").location == "/console/"


def test_a_form_without_its_token_is_refused_on_a_page(desk: Desk) -> None:
    answer = desk.client.post("/console/sign-out")
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert desk.get("/console/account").status_code == 200


def test_the_token_of_another_session_is_refused(desk: Desk, guest: Desk) -> None:
    assert desk.post("/console/sign-out", {"csrf": guest.token("/console/sign-in")}).status_code == 403


def test_the_token_may_come_in_a_header(desk: Desk) -> None:
    token = desk.token("/console/account")
    assert desk.client.post("/console/sign-out", headers={"X-CSRF-Token": token}).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_token(desk: Desk, headers: dict[str, str]) -> None:
    assert desk.post("/console/sign-out", None, **headers).status_code == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_a_form_of_our_own_is_heard(desk: Desk, headers: dict[str, str]) -> None:
    assert desk.post("/console/sign-out", None, **headers).status_code == 303


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/nowhere", "/console/static/x/console.css"])
def test_the_policy_of_every_answer_allows_nothing_inline(guest: Desk, path: str) -> None:
    policy = guest.get(path).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy


def test_pages_are_kept_by_nobody_and_files_with_their_digest_for_long(desk: Desk) -> None:
    page = desk.get("/console/account")
    assert page.headers["Cache-Control"] == "no-store"
    style = next(part for part in page.text.split('"') if part.endswith("/console.css"))
    assert "immutable" in desk.get(style).headers["Cache-Control"]


def test_scripts_import_each_other_under_the_digest_too(desk: Desk) -> None:
    page = desk.get("/console/queue").text
    script = next(part for part in page.split('"') if part.endswith("/queue.js"))
    assert 'from "./live.js"' in desk.get(script).text
    assert "immutable" in desk.get(script.replace("queue.js", "live.js")).headers["Cache-Control"]


@pytest.mark.parametrize("name", ["page", "file"])
def test_pages_and_files_are_compressed_for_whoever_takes_it(desk: Desk, name: str) -> None:
    page = desk.get("/console/account").text
    path = {"page": "/console/account", "file": next(p for p in page.split('"') if p.endswith("/console.css"))}[name]
    plain, packed = desk.get(path), desk.get(path, **{"Accept-Encoding": "gzip, br"})
    assert plain.content_encoding is None
    assert packed.content_encoding == "gzip"
    assert packed.vary.find("Accept-Encoding") >= 0
    assert len(packed.data) < len(plain.data) / 2
    assert gzip.decompress(packed.data)[:100] == plain.data[:100]


def test_a_packed_file_that_is_known_is_not_sent_again(desk: Desk) -> None:
    path = next(part for part in desk.get("/console/account").text.split('"') if part.endswith("/console.css"))
    takes = {"Accept-Encoding": "gzip"}
    tag = desk.get(path, **takes).headers["ETag"]
    assert desk.get(path, **takes, **{"If-None-Match": tag}).status_code == 304


def test_the_token_is_written_in_another_way_on_each_page_and_each_is_good(desk: Desk) -> None:
    one, other = desk.token("/console/account"), desk.token("/console/account")
    assert one != other
    for token in (one, other):
        answer = desk.client.post("/console/nowhere", headers={"X-CSRF-Token": token})
        assert answer.status_code == 405


@pytest.mark.parametrize("token", ["", "x", "é", "00", "0" * 128])
def test_what_is_no_token_is_refused(desk: Desk, token: str) -> None:
    assert desk.post("/console/sign-out", {"csrf": token}).status_code == 403


def test_an_address_that_is_none_is_said_on_a_page(guest: Desk) -> None:
    answer = guest.get("/console/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "<h1>There is no such page</h1>" in answer.text


def test_a_file_asked_for_by_another_digest_is_not_kept(guest: Desk) -> None:
    assert "immutable" not in guest.get("/console/static/000000000000/console.css").headers["Cache-Control"]


def test_what_went_wrong_is_said_in_the_readers_language_where_it_has_the_words(guest: Desk) -> None:
    page = guest.get("/console/nowhere", **{"Accept-Language": "de"}).text
    assert '<p lang="de">Unter dieser Adresse gibt es nichts.</p>' in page


def test_whose_role_a_page_takes_is_said_in_the_readers_language(desk: Desk) -> None:
    answer = desk.get("/console/rules", **{"Accept-Language": "de"})
    assert answer.status_code == 403
    assert "Dafür braucht es die Rolle Senior" in answer.text


def test_cookies_of_guests_are_bound_to_this_host_too(guest: Desk) -> None:
    (cookie,) = guest.get("/console/sign-in").headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-moderation-guest=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_words_for_the_next_page_are_said_once(desk: Desk) -> None:
    desk.post("/console/sign-out")
    said = ["signed out" in desk.get("/console/sign-in").text for _ in range(2)]
    assert said == [True, False]


def test_words_that_somebody_made_up_are_not_said(guest: Desk) -> None:
    guest.client.set_cookie("__Host-moderation-flash", "W1siZG9uZSIsImV2aWwiXV0.x.y", secure=True)
    assert 'class="flash ' not in guest.get("/console/sign-in").text


def test_a_defect_is_told_on_a_page_without_its_details(
    door: Door, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("the secret reason")

    monkeypatch.setitem(door.app.view_functions, "console.account", broken)
    answer = desk.get("/console/account")
    assert (answer.status_code, "secret reason" in answer.text) == (500, False)
    assert "<h1>Something went wrong here</h1>" in answer.text
