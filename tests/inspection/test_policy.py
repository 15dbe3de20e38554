"""What a Content-Security-Policy lets a page do."""

from __future__ import annotations

import pytest

from moderation_service.widget import script
from tests.inspection.pages import HTML, ORIGIN, SERVICE, TAG, fault, faults

HEADER = "content-security-policy"
BOTH = f"script-src {SERVICE}; connect-src {SERVICE}"


@pytest.mark.parametrize(
    "policy",
    [
        BOTH,
        "default-src *",
        "default-src https:",
        "default-src http:",
        "default-src *.example",
        "default-src flags.example",
        "DEFAULT-SRC HTTPS://FLAGS.EXAMPLE:443",
        f"default-src 'none'; {BOTH}",
        f"script-src 'none'; script-src-elem {SERVICE}/widget/; connect-src {SERVICE}/v1/flags",
        f"script-src 'strict-dynamic' 'nonce-abc'; connect-src {SERVICE}",
        f"script-src '{script.integrity()}'; connect-src {SERVICE}",
        "style-src 'none'; require-trusted-types-for 'script'",
        "sandbox allow-scripts allow-same-origin",
        f"{BOTH}, default-src https:",
        "",
    ],
)
def test_a_policy_that_lets_the_button_work(policy: str) -> None:
    assert faults(HTML.replace("async", 'async nonce="abc"'), headers={HEADER: policy}) == []


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (f"script-src 'self'; connect-src {SERVICE}", f"Allow it: script-src 'self' {SERVICE}"),
        (f"script-src {SERVICE}; connect-src 'none'", f"Allow it: connect-src {SERVICE}"),
        (f"script-src {SERVICE}; default-src 'self'", f"Allow it: connect-src 'self' {SERVICE}"),
        (f"connect-src {SERVICE}; default-src data:", f"Allow it: script-src data: {SERVICE}"),
        (f"script-src 'nonce-other'; connect-src {SERVICE}", "forbids to load the script"),
        (f"script-src 'strict-dynamic' {SERVICE}; connect-src {SERVICE}", "the nonce of your scripts"),
        (f"script-src {SERVICE}:8443; connect-src {SERVICE}", "forbids to load the script"),
        (f"script-src {SERVICE}/widget; connect-src {SERVICE}", "forbids to load the script"),
        (f"script-src {SERVICE}; connect-src *.flags.example", "forbids to send a flag"),
        (f"{BOTH}, connect-src 'self'", "forbids to send a flag"),
        ("sandbox allow-scripts", "Add allow-same-origin to sandbox"),
    ],
)
def test_a_policy_that_does_not(policy: str, words: str) -> None:
    about, said = fault(headers={HEADER: policy})
    assert (about, words in said) == ("policy", True), said


def test_a_policy_in_the_html() -> None:
    meta = f"""<meta http-equiv="content-security-policy" content="connect-src 'self'">{TAG}"""
    assert fault(HTML.replace(TAG, meta))[1].startswith("A <meta")


def test_a_service_behind_the_pages_own_origin_is_self() -> None:
    policy = {HEADER: "default-src 'self'"}
    assert faults(HTML.replace(SERVICE, f"{ORIGIN}/flags"), service=f"{ORIGIN}/flags", headers=policy) == []
