"""A page looked at from all sides: what is found, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from moderation_service.inspection import of_elements, of_key, of_origin, of_parts, of_policy, of_script, of_service
from moderation_service.inspection.finding import Finding, Level, good
from moderation_service.inspection.seen import Seen

Check = Callable[[Seen], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    of_key.findings,
    of_script.findings,
    of_origin.findings,
    of_service.findings,
    of_elements.findings,
    of_parts.findings,
    of_policy.findings,
)
ORDER = (Level.WRONG, Level.HINT, Level.GOOD)


def findings_on(seen: Seen) -> list[Finding]:
    """What every check says, in its order: first what is wrong, then what could be better, then what is good."""
    found = [good("page", f"{seen.page.url} is there"), *(finding for check in CHECKS for finding in check(seen))]
    return sorted(found, key=lambda finding: ORDER.index(finding.level))
