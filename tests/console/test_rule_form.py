"""Writing a rule with the form, button by button and without a script; and as JSON, which is the same document."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from moderation_service.triage.rules import dump, load
from moderation_service.triage.rules.entries import Mode, find
from moderation_service.triage.rules.reference import reference
from moderation_service.triage.rules.starters import starter
from tests.api.door import Door
from tests.console.cases import words_of
from tests.console.desk import Desk, seat
from tests.console.forms import fields_of
from tests.triage.rules.books import make_entry

FORM = "rule-form"
NEW = "/console/rules:new"
_numbers = itertools.count()


class Writer:
    """Somebody with the form before him."""

    def __init__(self, desk: Desk, path: str = NEW) -> None:
        self.desk, self.path = desk, path
        self.page: TestResponse = desk.get(path)
        assert self.page.status_code == 200, self.page.text

    @property
    def fields(self) -> MultiDict[str, str]:
        """What stands in the form."""
        return fields_of(self.page, FORM)

    def press(self, step: str, **typed: Any) -> TestResponse:
        """Type into fields, whose dots are written as __, and press a button."""
        sent = self.fields.to_dict(flat=False)
        sent |= {name.replace("__", "."): value for name, value in typed.items()} | {"step": step}
        self.page = self.desk.post(self.path, sent)
        return self.page

    def document(self) -> Any:
        """What the form says, as its JSON view shows it."""
        return json.loads(fields_of(self.press("json"), FORM)["json"])


@pytest.fixture(scope="module")
def senior(door: Door) -> Desk:
    """A senior of the site."""
    with door.services.database.transaction() as session:
        site = session.get_one(Site, door.newsroom.site_id)
    return seat(door, "eva", Role.SENIOR, site)


@pytest.fixture
def writer(senior: Desk) -> Writer:
    """The senior before an empty form."""
    return Writer(senior)


def kept(door: Door, name: str) -> tuple[int, Mode, dict[str, Any]]:
    """A rule of the site as it stands: its version, its mode and what it says."""
    with door.services.database.transaction() as session:
        entry = find(session, name, site_id=door.newsroom.site_id)
        return entry.version.number, entry.mode, entry.version.document


def build(writer: Writer) -> str:
    """Build the duty editor's rule, a button at a time; its name."""
    name = f"politics-{next(_numbers)}"
    writer.press("add c", name=name, because="Politics divides.", c__add="category")
    writer.press("add c", c__0__operator="contains", c__0__value="politics", c__add="reporters")
    writer.press("add-action", c__1__who="recorded", c__1__value="3", a__add="require")
    return name


def keep(writer: Writer, because: str = "A try.") -> TestResponse:
    """Keep what the page of the change shows."""
    sent = fields_of(writer.page, "keep").to_dict() | {"step": "save", "change_because": because}
    return writer.desk.post(writer.path, sent)


def test_a_rule_is_built_looked_at_and_kept_as_a_draft(door: Door, writer: Writer) -> None:
    name = build(writer)
    seen = writer.press("check", a__0__who="senior")
    assert "distinct readers with a record within 6 hours: at least 3" in words_of(seen)
    assert keep(writer).location == f"/console/rules/{name}?site=courier"
    number, mode, document = kept(door, name)
    assert (number, mode, document["actions"]) == (1, Mode.DRAFT, [{"do": "require", "who": "senior"}])
    assert [test["field"] for test in document["conditions"]["all"]] == ["category", "reporters"]


def test_nothing_typed_is_lost_by_a_button(writer: Writer) -> None:
    build(writer)
    writer.press("remove c.0", c__1__value="three", c__1__within="many")
    said = writer.document()
    (test,) = said["conditions"]["all"]
    assert (test["value"], test["within"], said["because"]) == ("three", "manyh", "Politics divides.")


def test_groups_lie_within_each_other(writer: Writer) -> None:
    writer.press("add c", c__add="not")
    writer.press("add c.0", **{"c__0__add": "any"})
    writer.press("add c.0.0", **{"c__0__0__add": "severity"})
    writer.press("add c.0.0", **{"c__0__0__0__value": "4", "c__0__0__add": "views"})
    writer.press("remove c.0.0.1", c__group="any")
    assert writer.document()["conditions"] == {
        "any": [{"not": {"any": [{"field": "severity", "operator": ">=", "value": 4}]}}]
    }


@pytest.mark.parametrize("document", starter(), ids=lambda document: document["name"])
def test_form_and_json_are_the_same_document(writer: Writer, document: dict[str, Any]) -> None:
    document = dump(load(document | {"site": "courier"}))
    writer.press("json")
    writer.press("form", json=json.dumps(document))
    assert dump(load(writer.document())) == document


def test_of_a_huge_form_only_as_much_is_read_as_shows_that_it_is_too_much(writer: Writer) -> None:
    tests = {f"c.{part}.{n}.field": "severity" for part in range(2) for n in range(500)}
    writer.press(
        "check", **tests, **{f"c.{part}.group": "any" for part in range(2)}, **{f"a.{n}.do": "x" for n in range(500)}
    )
    assert "More than 64 tests." in words_of(writer.page)
    said = writer.document()
    assert sum(len(part["any"]) for part in said["conditions"]["all"]) == 65
    assert len(said["actions"]) == 11


def test_every_field_and_action_can_be_put_in(writer: Writer) -> None:
    for field in reference()["fields"]:
        writer.press("add c", c__add=field["name"])
    for action in reference()["actions"]:
        writer.press("add-action", a__add=action["do"])
    said = writer.document()
    assert [test["field"] for test in said["conditions"]["all"]] == [field["name"] for field in reference()["fields"]]
    assert [action["do"] for action in said["actions"]] == [action["do"] for action in reference()["actions"]]


def test_what_is_wrong_is_said_where_it_stands(writer: Writer) -> None:
    build(writer)
    answer = writer.press("check", c__1__value="three", name="No Name")
    assert answer.status_code == 422
    assert 'id="c.1.value" aria-invalid="true"' in answer.text
    assert 'id="name" aria-invalid="true"' in answer.text
    assert "conditions.all[1].value Not a number." in words_of(answer)


@pytest.mark.parametrize("words", ["{", "[]", "null", '{"conditions": {"all": 3}}', "9" * 5000, "[" * 5000])
def test_json_that_is_no_rule_stays_as_it_was_typed(writer: Writer, words: str) -> None:
    writer.press("json")
    answer = writer.press("form", json=words)
    assert (answer.status_code, fields_of(answer, FORM)["json"].strip()) == (422, words)


def test_a_document_is_read_and_shown_to_its_end(writer: Writer) -> None:
    writer.press("json")
    answer = writer.press("check", json=" " * 31_000 + json.dumps({"name": "the last words"}))
    assert "the last words" in fields_of(answer, FORM)["json"]
    assert "This is not JSON." not in words_of(answer)


@pytest.mark.parametrize("step", ["add c.9.9", "add x", "remove c.7", "remove-action 9", "add-action", "nonsense", ""])
def test_a_button_that_there_is_not_changes_nothing(writer: Writer, step: str) -> None:
    build(writer)
    before = writer.document()
    writer.press("form")
    writer.press(step, a__add="takedown", **{"c__9__9__add": "views"})
    assert writer.document() == before


def test_a_change_shows_what_differs_and_is_a_new_version(door: Door, senior: Desk) -> None:
    name = f"changed-{next(_numbers)}"
    with door.services.database.transaction() as session:
        make_entry(session, name, site="courier")
    writer = Writer(senior, f"/console/rules/{name}/edit?site=courier")
    seen = writer.press("check", c__value="5")
    assert "~ conditions.value: 3 -> 5" in words_of(seen)
    keep(writer)
    assert (kept(door, name)[0], kept(door, name)[2]["conditions"]["value"]) == (2, 5)


def test_an_earlier_version_goes_back_into_the_form(door: Door, senior: Desk) -> None:
    name = f"again-{next(_numbers)}"
    with door.services.database.transaction() as session:
        make_entry(session, name, site="courier")
    path = f"/console/rules/{name}/edit?site=courier"
    writer = Writer(senior, path)
    writer.press("check", c__value="5")
    keep(writer)
    assert Writer(senior, path).fields["c.value"] == "5"
    assert Writer(senior, f"{path}&version=1").fields["c.value"] == "3"


def test_a_change_that_comes_too_late_is_shown_against_what_stands_now(door: Door, senior: Desk) -> None:
    name = f"late-{next(_numbers)}"
    with door.services.database.transaction() as session:
        make_entry(session, name, site="courier")
    first, second = (Writer(senior, f"/console/rules/{name}/edit?site=courier") for _ in range(2))
    first.press("check", c__value="5")
    second.press("check", position="7")
    keep(first)
    late = keep(second)
    assert (late.status_code, "~ conditions.value: 5 -> 3" in words_of(late)) == (409, True)
    assert kept(door, name)[0] == 2


def test_a_change_takes_a_reason(door: Door, writer: Writer) -> None:
    name = build(writer)
    writer.press("check", a__0__who="senior")
    assert keep(writer, because=" ").status_code == 422
    assert name not in words_of(writer.desk.get("/console/rules"))


def test_a_rule_for_all_sites_is_tried_and_not_kept_by_a_senior(door: Door, senior: Desk) -> None:
    name = f"for-all-{next(_numbers)}"
    with door.services.database.transaction() as session:
        make_entry(session, name)
    writer = Writer(senior, f"/console/rules/{name}/edit")
    assert "Keep it" not in words_of(writer.press("check", c__value="5")).replace("Keep it Look", "")
    sent = fields_of(writer.page, "keep").to_dict() | {"step": "save", "change_because": "Mine"}
    assert senior.post(writer.path, sent).status_code == 403


PERIODS = [
    ("try_from", "yesterday"),
    ("try_from", "0001-01-01"),
    ("try_until", "9999-12-31"),
    ("try_from", "2090-01-01"),
]


@pytest.mark.parametrize(("field", "typed"), PERIODS)
def test_a_period_that_is_none_is_refused_and_stays_as_it_was_typed(writer: Writer, field: str, typed: str) -> None:
    build(writer)
    answer = writer.press("try", a__0__who="senior", **{field: typed})
    assert (answer.status_code, writer.fields[field]) == (422, typed)


@pytest.mark.parametrize(("slug", "status"), [("nowhere", 404), ("x\0", 422), ("", 422)])
def test_a_site_that_is_none_is_refused_and_nothing_typed_is_lost(writer: Writer, slug: str, status: int) -> None:
    build(writer)
    answer = writer.press("try", a__0__who="senior", try_site=slug)
    assert (answer.status_code, writer.fields["c.1.value"]) == (status, "3")
