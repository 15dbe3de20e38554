"""Whether the page's own Content-Security-Policy lets the button work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from moderation_service.inspection.finding import Finding, good, wrong
from moderation_service.inspection.page import origin_of
from moderation_service.inspection.policy import CONNECT, DEFAULT, SCRIPT, Policy, policies_of
from moderation_service.inspection.seen import Seen
from moderation_service.widget import script

ABOUT = "policy"
SANDBOX = {"allow-scripts": "no script runs", "allow-same-origin": "it has no origin, and no key works"}


def findings(seen: Seen) -> Iterator[Finding]:
    """What it forbids; that it forbids nothing, where there is one."""
    policies = policies_of(seen.page)
    faults = list(dict.fromkeys(fault for policy in policies for fault in _faults(seen, policy)))
    yield from faults
    if policies and not faults:
        yield good(ABOUT, "The page's Content-Security-Policy lets the script be loaded and flags be sent")


def _faults(seen: Seen, policy: Policy) -> Iterator[Finding]:
    service, page = origin_of(seen.service), seen.page
    tag = seen.named.scripts[0] if seen.named.scripts else {}
    src = page.address(tag["src"]) if tag else script.address(seen.service)
    if not policy.allows_script(src, tag, page):
        yield _forbidden(policy, SCRIPT, "load the script", service)
    if not policy.allows_call(f"{seen.service}/v1/flags", page):
        yield _forbidden(policy, CONNECT, "send a flag", service)
    for flag, consequence in SANDBOX.items():
        if flag not in policy.directives.get("sandbox", SANDBOX):
            words = f"{policy.said_in} puts the page into a sandbox without {flag}: {consequence}"
            yield wrong(ABOUT, words, f"Add {flag} to sandbox.")


def _forbidden(policy: Policy, names: Sequence[str], deed: str, service: str) -> Finding:
    """What forbids it, and the directive as it has to be."""
    directive = policy.directive(names) or ""
    sources = policy.directives[directive]
    words = f"{policy.said_in} forbids to {deed}: {directive} {' '.join(sources)}"
    if names == SCRIPT and "'strict-dynamic'" in sources:
        return wrong(ABOUT, words, "With 'strict-dynamic' no address counts: give the tag the nonce of your scripts.")
    allowed = [source for source in sources if source.lower() != "'none'"]
    wanted = names[-2] if directive == DEFAULT else directive
    return wrong(ABOUT, words, f"Allow it: {' '.join([wanted, *allowed, service])}")
