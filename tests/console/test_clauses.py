"""A takedown rests on the clause that was looked at: one that says something else by now is told, and not cited."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites.models import Site
from tests.api.door import Door
from tests.console.cases import last_decision, look, open_case, other_site, verdict, words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk
from tests.factories import ACTOR, make_article, make_content, make_policy, rewrite_clause

APPROVALS = "/console/approvals"
NOTE = "Nobody was there"
REWRITTEN = "Clause 3.2 of the policy says something else now: "
_numbers = itertools.count(1)


@pytest.fixture
def paper(door: Door) -> Site:
    """A site of the test's own, whose policy may change."""
    return other_site(door, f"clauses-{next(_numbers)}")


def _rewrite(door: Door, paper: Site, code: str, **changes: Any) -> None:
    """Ottilie puts a version in force in which a clause says something else."""
    with door.services.database.transaction() as session:
        username = f"ottilie-{next(_numbers)}"
        author = people.add_moderator(session, username=username, display_name="Ottilie", password=None, actor=ACTOR)
        rewrite_clause(session, session.get_one(Site, paper.id), code, actor=f"moderator:{author.id}", **changes)


def _shown(desk: Desk, path: str) -> dict[str, str]:
    """The version of the policy that a page shows, and what else it shows of a case, as its form sends them."""
    shown = dict(re.findall(r'type="hidden" name="(policy|seen)" value="([\d.]+)"', desk.get(path).text))
    assert "policy" in shown
    return shown


def _takedown(door: Door, desk: Desk, case_id: int, **changes: str) -> dict[str, str]:
    """The form that takes down by clause 3.2, as the page shows it now."""
    cited = {"cited": "3.2/terms", "note": NOTE} | _shown(desk, f"/console/cases/{case_id}")
    return verdict(door, case_id, "takedown", **cited, **changes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": "Flattery of bridges"}, REWRITTEN + "Flattery of bridges"),
        ({"text": "Nobody flatters a bridge."}, REWRITTEN + "Accuracy"),
        ({"grounds": ("terms", "law")}, REWRITTEN + "Accuracy"),
        ({"gone": True}, "Clause 3.2 is no longer in the policy"),
    ],
    ids=["title", "text", "grounds", "gone"],
)
def test_no_takedown_rests_on_a_clause_that_was_not_looked_at(
    door: Door, desk: Desk, paper: Site, change: dict[str, Any], said: str
) -> None:
    case_id = open_case(door, "rewritten", site_id=paper.id)
    form = _takedown(door, desk, case_id, parts="p1")
    _rewrite(door, paper, "3.2", **change)
    answer = desk.post(f"/console/cases/{case_id}/decision", form)
    assert (answer.status_code, last_decision(door, case_id)) == (409, None)
    told = f"The policy is no longer what you looked at: {said} · version 1 · Ottilie"
    assert told in re.sub(r"[\u2066-\u2069]", "", words_of(answer))
    assert f">{NOTE}</textarea>" in answer.text
    assert re.search(r'value="p1"[^>]*checked', answer.text)


def test_who_has_seen_what_a_clause_says_now_takes_down_by_it(door: Door, desk: Desk, paper: Site) -> None:
    case_id = open_case(door, "seen-anew", site_id=paper.id)
    _rewrite(door, paper, "3.2", title="Flattery of bridges")
    desk.post(f"/console/cases/{case_id}/decision", _takedown(door, desk, case_id))
    made = last_decision(door, case_id)
    assert made is not None
    assert made.clause == "3.2"


def test_a_version_that_changes_other_clauses_keeps_nobody_from_deciding(door: Door, desk: Desk, paper: Site) -> None:
    case_id = open_case(door, "others-rewritten", site_id=paper.id)
    form = _takedown(door, desk, case_id)
    _rewrite(door, paper, "2.2", title="Flattery of bridges")
    desk.post(f"/console/cases/{case_id}/decision", form)
    made = last_decision(door, case_id)
    assert made is not None
    assert str(made.policy_id) != form["policy"]  # the version in force, which says the same there


def test_what_became_of_the_clause_is_told_beside_what_became_of_the_case(door: Door, desk: Desk, paper: Site) -> None:
    case_id = open_case(door, "both-moved", site_id=paper.id)
    form = _takedown(door, desk, case_id)
    _rewrite(door, paper, "3.2", title="Flattery of bridges")
    with door.services.database.transaction() as session:
        make_article(session, session.get_one(Site, paper.id), "both-moved", make_content("New words."))
    told = words_of(desk.post(f"/console/cases/{case_id}/decision", form))
    for words in ("This case is no longer what you looked at:", "The article was changed", "Flattery of bridges"):
        assert words in told


@pytest.mark.parametrize("policy", ["x", "9" * 19, "-1"])
def test_a_version_of_the_policy_that_is_no_number_is_refused(door: Door, desk: Desk, policy: str) -> None:
    case_id = open_case(door, f"policy-{policy}")
    answer = desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown", policy=policy))
    assert (answer.status_code, last_decision(door, case_id)) == (422, None)


def test_of_several_cases_those_are_decided_on_whose_site_the_clause_says_what_was_shown(
    door: Door, desk: Desk, paper: Site
) -> None:
    here, there = open_case(door, "stays"), open_case(door, "moves", site_id=paper.id)
    path = f"/console/together?cases={here}.{there}"
    seen = [f"{case_id}.{look(door, case_id).version}.1" for case_id in (here, there)]
    form = {"action": "takedown", "cited": "3.2/terms", "note": NOTE, "seen": seen} | _shown(desk, path)
    _rewrite(door, paper, "3.2", title="Flattery of bridges")
    told = words_of(desk.post(path, form))
    assert last_decision(door, there) is None
    assert last_decision(door, here) is not None
    assert "Flattery of bridges" in told.partition("What became of each")[2].partition("Decide those")[0]


def test_a_senior_who_judges_blind_is_told_as_well(door: Door, sit: Sit, paper: Site) -> None:
    case_id = open_case(door, "blind", site_id=paper.id)
    with door.services.database.transaction() as session:
        make_policy(session, session.get_one(Site, paper.id), qa_percent=100)
    sit(Role.MODERATOR, paper).post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    senior = sit(Role.SENIOR, paper)
    path = re.search(r"/console/quality/\d+", senior.get("/console/quality").text)
    assert path is not None
    form = {"action": "takedown", "cited": "3.2/terms", "note": NOTE, "article_revision": "1"}
    form |= _shown(senior, path[0])
    _rewrite(door, paper, "3.2", title="Flattery of bridges")
    answer = senior.post(path[0], form)
    assert answer.status_code == 409
    assert "Flattery of bridges" in words_of(answer)
    assert f">{NOTE}</textarea>" in answer.text


# A proposal keeps the clause that it cited.


def _proposed(door: Door, desk: Desk, paper: Site, name: str) -> int:
    """A case for which this person proposed a takedown by clause 3.2, before Ottilie rewrote the clause."""
    case_id = open_case(door, name, site_id=paper.id)
    with door.services.database.transaction() as session:
        make_policy(session, session.get_one(Site, paper.id), second_for_editorial=True)
    desk.post(f"/console/cases/{case_id}/decision", _takedown(door, desk, case_id))
    _rewrite(door, paper, "3.2", title="Flattery of bridges")
    return case_id


def test_a_proposal_is_shown_under_the_clause_that_it_cited_and_with_what_became_of_it(
    door: Door, sit: Sit, paper: Site
) -> None:
    case_id = _proposed(door, sit(Role.MODERATOR, paper), paper, "cited-then")
    page = sit(Role.MODERATOR, paper).get(APPROVALS)
    shown = words_of(page)
    assert "3.2 Accuracy" in shown
    assert "its clause has changed since" in shown
    assert "Flattery of bridges" in shown
    assert f'name="seen" value="{case_id}.' not in page.text


def test_a_proposal_whose_clause_has_changed_is_not_approved(door: Door, sit: Sit, paper: Site) -> None:
    case_id = _proposed(door, sit(Role.MODERATOR, paper), paper, "not-approved")
    seen = f"{case_id}.{look(door, case_id).version}.1"
    answer = sit(Role.SENIOR, paper).post(APPROVALS, {"seen": seen})
    assert (answer.status_code, last_decision(door, case_id)) == (409, None)
    refused = words_of(answer).partition("Not approved")[2].partition("written")[0]
    assert "The policy is no longer what you looked at:" in refused
    assert "Flattery of bridges" in refused


def test_a_proposal_is_approved_though_other_clauses_changed(door: Door, sit: Sit, paper: Site) -> None:
    first, case_id = sit(Role.MODERATOR, paper), open_case(door, "others-changed", site_id=paper.id)
    with door.services.database.transaction() as session:
        make_policy(session, session.get_one(Site, paper.id), second_for_editorial=True)
    first.post(f"/console/cases/{case_id}/decision", _takedown(door, first, case_id))
    _rewrite(door, paper, "2.2", title="Flattery of bridges")
    sit(Role.MODERATOR, paper).post(APPROVALS, {"seen": f"{case_id}.{look(door, case_id).version}.1"})
    made = last_decision(door, case_id)
    assert made is not None
    assert made.clause == "3.2"


def test_who_sees_what_the_clause_says_now_decides_by_himself(door: Door, sit: Sit, paper: Site) -> None:
    case_id = _proposed(door, sit(Role.MODERATOR, paper), paper, "by-himself")
    second = sit(Role.MODERATOR, paper)
    page = second.get(f"/console/cases/{case_id}")
    assert "Flattery of bridges" in words_of(page).partition("proposes:")[2].partition("Choose")[0]
    assert not re.search(r'value="3.2/terms"[^>]*selected', page.text)
    second.post(f"/console/cases/{case_id}/decision", _takedown(door, second, case_id))
    made = last_decision(door, case_id)
    assert made is not None
    assert made.clause == "3.2"
