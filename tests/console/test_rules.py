"""The pages of rules: what they say, how they go from mode to mode, and how all that they did is taken back."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from sqlalchemy import select

from moderation_service.cases.models import Case
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from moderation_service.triage.models import AutomationSwitch, RuleFiring
from moderation_service.triage.rules.entries import Entry, Mode, find
from tests.api.door import Door
from tests.console.cases import open_case, other_site, words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk, seat
from tests.factories import make_decision, make_moderator
from tests.triage.rules.books import make_entry, want_two_persons

ANY_FLAG = {"field": "flags", "within": "24h", "operator": ">=", "value": 1}
_numbers = itertools.count()


@pytest.fixture(scope="module")
def senior(door: Door) -> Desk:
    """A senior of the site."""
    return seat(door, "eva", Role.SENIOR, courier(door))


def courier(door: Door) -> Site:
    """The site of most tests."""
    with door.services.database.transaction() as session:
        return session.get_one(Site, door.newsroom.site_id)


def write(door: Door, *, mode: Mode = Mode.DRAFT, **changes: Any) -> str:
    """A rule of the test's own on the site; its path."""
    name = f"rule-{next(_numbers)}"
    with door.services.database.transaction() as session:
        make_entry(session, name, mode=mode, **({"site": "courier"} | changes))
    return f"/console/rules/{name}"


def read(door: Door, path: str, site: Site) -> Entry:
    """The rule as it stands."""
    with door.services.database.transaction() as session:
        return find(session, path.rpartition("/")[2], site_id=site.id)


def test_list_says_in_words_what_each_rule_does(door: Door, senior: Desk) -> None:
    write(
        door, conditions={"all": [ANY_FLAG, {"not": {"field": "category", "operator": "contains", "value": "SPORT"}}]}
    )
    said = words_of(senior.get("/console/rules"))
    assert "When flags by readers within 24 hours: at least 1 and not (category: contains “SPORT”)" in said
    assert "Then escalate the case" in said


def test_list_says_it_in_the_readers_language(door: Door, senior: Desk) -> None:
    write(door)
    said = words_of(senior.get("/console/rules", **{"Accept-Language": "de"}))
    assert "verschiedene Leser (Zeitraum: 24 Stunden): mindestens 3" in said


def test_rule_says_in_words_all_that_it_does(door: Door, senior: Desk) -> None:
    mute = {"do": "mute", "reporters": {"rejected_at_least": 5, "upheld_share_below": 0.1}}
    actions = [{"do": "escalate", "lane": "danger_to_life"}, {"do": "queue", "name": "night"}, mute, {"do": "hide"}]
    actions += [{"do": "require", "who": "second"}, {"do": "severity", "value": 4}, {"do": "deadline", "within": "2h"}]
    actions += [{"do": "notify", "channel": "webhook", "to": "https://courier.example/hook"}]
    said = words_of(senior.get(f"{write(door, actions=actions)}?site=courier"))
    assert "escalate the case as a danger to life put the case into the queue night" in said
    assert "mute its readers with 5 rejected flags or more, less than 10% of all upheld" in said
    assert "ask for a decision within 2 hours notify https://courier.example/hook by webhook" in said


def test_list_leaves_out_rules_of_other_sites(door: Door, senior: Desk) -> None:
    slug = other_site(door, f"site{next(_numbers)}").slug
    path = write(door, site=slug)
    assert path not in senior.get("/console/rules").text


def test_rule_goes_live_and_says_what_that_means(door: Door, senior: Desk) -> None:
    path = write(door)
    form = {"mode": "live", "because": "It proved itself.", "seen": "1"}
    answer = senior.post(f"{path}/enable?site=courier", form)
    assert (answer.status_code, answer.location) == (303, f"{path}?site=courier")
    assert "It acts on every case" in words_of(senior.get(answer.location))
    assert read(door, path, courier(door)).mode is Mode.LIVE


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"mode": "live", "because": "", "seen": "1"}, 422),
        ({"mode": "retired", "because": "x", "seen": "1"}, 422),
        ({"mode": "live", "because": "x", "seen": "7"}, 409),
    ],
)
def test_refused_change_keeps_the_page_and_changes_nothing(
    door: Door, senior: Desk, form: dict[str, str], status: int
) -> None:
    path = write(door)
    answer = senior.post(f"{path}/enable?site=courier", form)
    assert (answer.status_code, "Nothing was done" in answer.text) == (status, True)
    assert read(door, path, courier(door)).version.number == 1


def test_two_persons_agree_where_the_site_wants_it(door: Door, sit: Sit) -> None:
    with door.services.database.transaction() as session:
        want_two_persons(session, session.get_one(Site, other_site(door, f"pair{next(_numbers)}").id))
        site = session.scalars(select(Site).where(Site.two_person_rules)).one()
    path, (ann, ben) = write(door, site=site.slug), (sit(Role.SENIOR, site), sit(Role.SENIOR, site))
    ann.post(f"{path}/enable?site={site.slug}", {"mode": "live", "because": "Please", "seen": "1"})
    assert "Another person has to agree" in words_of(ann.get(f"{path}?site={site.slug}"))
    assert ann.post(f"{path}/confirm?site={site.slug}", {"seen": "1"}).status_code == 403
    ben.post(f"{path}/confirm?site={site.slug}", {"seen": "1"})
    assert read(door, path, site).mode is Mode.LIVE


def test_senior_reads_rules_for_all_sites_and_changes_none(door: Door, senior: Desk) -> None:
    path = write(door, site=None)
    assert "changed by administrators" in words_of(senior.get(path))
    assert senior.post(f"{path}/retire", {"because": "Noise"}).status_code == 403


def test_firing_is_shown_with_its_case_and_what_it_saw(door: Door, senior: Desk) -> None:
    path = write(door, mode=Mode.LIVE, conditions=ANY_FLAG)
    case = open_case(door, f"seen{next(_numbers)}", headline="The ferry sank")
    page = senior.get(f"{path}?site=courier")
    assert f'href="/console/cases/{case}"' in page.text
    assert "The ferry sank" in words_of(page)
    assert "flags by readers within 24 hours: 1" in words_of(page)


def test_firing_is_said_on_its_case_in_the_readers_language(door: Door, senior: Desk) -> None:
    given = {"field": "reason", "operator": "contains", "value": "spam"}
    write(door, mode=Mode.LIVE, conditions={"all": [ANY_FLAG, given]}, actions=[{"do": "severity", "value": 4}])
    case = open_case(door, f"said{next(_numbers)}", reason="spam")
    said = words_of(senior.get(f"/console/cases/{case}", **{"Accept-Language": "de"}))
    assert "die Schwere auf 4 von 5 setzen Meldungen von Lesern (Zeitraum: 24 Stunden): 1 · genannte Gründe: " in said


def test_precision_counts_decided_cases_alone(door: Door, senior: Desk) -> None:
    path = write(door, mode=Mode.LIVE, conditions=ANY_FLAG)
    decided, _ = (open_case(door, f"judged{next(_numbers)}") for _ in range(2))
    with door.services.database.transaction() as session:
        person = make_moderator(session, f"judge-{next(_numbers)}", Role.SENIOR)
        make_decision(session, session.get_one(Case, decided), person)
    assert "1 are decided; of these 100% were taken down" in words_of(senior.get(f"{path}?site=courier"))


def test_all_that_a_version_did_is_counted_before_it_is_taken_back(door: Door, senior: Desk) -> None:
    path = write(door, mode=Mode.LIVE, conditions=ANY_FLAG)
    open_case(door, f"undone{next(_numbers)}")
    asked = f"{path}/versions/2/revert?site=courier"
    assert "Firings 1 Undecided cases among them 1" in words_of(senior.get(asked))
    answer = senior.post(asked)
    assert "Taken back: 1 firings on 1 undecided cases" in words_of(senior.get(answer.location))
    assert "nothing to take back" in words_of(senior.get(asked))
    with door.services.database.transaction() as session:
        version = read(door, path, courier(door)).version.id
        assert session.scalars(select(RuleFiring).where(RuleFiring.version_id == version)).one().reverted_at


def test_why_shows_each_condition_with_what_it_sees(door: Door, senior: Desk) -> None:
    grave = {"field": "severity", "operator": ">=", "value": 5}
    path, case = write(door, conditions={"all": [ANY_FLAG, {"not": grave}]}), open_case(door, f"why{next(_numbers)}")
    said = words_of(senior.get(f"/console/cases/{case}/why?rule={path.rpartition('/')[2]}&site=courier"))
    assert "Its conditions are met now." in said
    assert "yes: flags by readers within 24 hours: at least 1 (here: 1)" in said
    assert "no: severity: at least 5 (here: 2)" in said
    assert "The rule looks at no case: it is draft." in said


def test_why_is_asked_from_the_case(door: Door, senior: Desk) -> None:
    case = open_case(door, f"why{next(_numbers)}")
    assert f'href="/console/cases/{case}/why"' in senior.get(f"/console/cases/{case}").text
    assert senior.get(f"/console/cases/{case}/why?rule=none").status_code == 404


def test_kill_switch_is_shown_with_its_reason_until_it_is_turned_back(door: Door, senior: Desk) -> None:
    form = {"scope": "courier", "because": "A brigade uses our rules."}
    senior.post("/console/rules/automation", form | {"turn": "off"})
    said = words_of(senior.get("/console/rules"))
    assert "Automatic actions are off on courier." in said
    assert "A brigade uses our rules." in said
    senior.post("/console/rules/automation", form | {"turn": "on"})
    assert "Automatic actions are off on" not in words_of(senior.get("/console/rules"))


@pytest.mark.parametrize(("scope", "because", "status"), [("*", "Mine", 403), ("courier", "", 422), ("", "Where", 422)])
def test_switch_that_is_not_turned_says_why_and_keeps_what_was_typed(
    door: Door, senior: Desk, scope: str, because: str, status: int
) -> None:
    form = {"scope": scope, "because": because, "turn": "off"}
    answer = senior.post("/console/rules/automation", form)
    assert (answer.status_code, f'value="{because}"' in answer.text or not because) == (status, True)
    with door.services.database.transaction() as session:
        assert not session.scalars(select(AutomationSwitch).where(AutomationSwitch.off)).all()
