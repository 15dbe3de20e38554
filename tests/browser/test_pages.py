"""Every page in both themes and two widths: no barriers, no scrolling sideways, and a picture to look at."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from moderation_service.policy.vocabulary import Role
from tests.browser.conftest import Visit
from tests.browser.desk import Desk
from tests.browser.looks import looked_at


class Look(NamedTuple):
    """A page: its address, in which `{case}` is that of a case with a few flags, and the role that it takes."""

    path: str
    role: Role | None = Role.MODERATOR


PAGES = {
    "sign-in": Look("/console/sign-in", role=None),
    "account": Look("/console/account"),
    "queue": Look("/console/queue"),
    "case": Look("/console/cases/{case}"),
    "problem": Look("/console/nowhere"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barriers_and_fits(visit: Visit, desk: Desk, name: str) -> None:
    look, visitor = PAGES[name], visit()
    visitor.faults.expect("404 (Not Found)")
    path = look.path.format(case=desk.case("ferry", reporters=3))
    page = visitor.go(path) if look.role is None else visitor.arrive(desk.hire("ada", look.role), path)
    looked_at(page, name)
