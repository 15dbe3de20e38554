"""People and their roles on the pages of the administration: who may do what to whom."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from moderation_service.cases.models import Case
from moderation_service.console.words import set_apart
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites.models import Moderator, Site
from tests.api.door import Door, assert_problem
from tests.console.cases import is_claimed, open_case, other_site, words_of
from tests.console.conftest import Sit
from tests.console.desk import PASSWORD, Desk, add_person
from tests.console.forms import seen_on
from tests.console.test_admin_sites import secret_on

PEOPLE = "/console/admin/people"
CHANGE = "/console/account/password"
_numbers = itertools.count()
Hire = Callable[..., int]


@pytest.fixture
def admin(sit: Sit) -> Desk:
    """An admin of all sites."""
    return sit(Role.ADMIN)


@pytest.fixture
def hire(door: Door) -> Hire:
    """Makes somebody with a role; his number."""

    def hire(username: str, role: Role | None = Role.MODERATOR, site: Site | None = None) -> int:
        add_person(door, username, role, site)
        return number_of(door, username)

    return hire


def number_of(door: Door, username: str) -> int:
    with door.services.database.transaction() as session:
        return people.moderator_by_name(session, username).id


def roles_of(door: Door, moderator_id: int) -> dict[int | None, str]:
    with door.services.database.transaction() as session:
        return {site_id: role.value for site_id, role in people.roles_of(session, moderator_id)}


def account(door: Door, moderator_id: int) -> Moderator:
    with door.services.database.transaction() as session:
        return session.get_one(Moderator, moderator_id)


def courier(door: Door) -> Site:
    with door.services.database.transaction() as session:
        return session.get_one(Site, door.newsroom.site_id)


def test_a_new_person_signs_in_with_the_password_that_is_shown_once(door: Door, admin: Desk, guest: Desk) -> None:
    form = {"username": "vera", "display_name": "Vera Lind", "role": "senior", "site": "courier"}
    password = secret_on(admin.post(PEOPLE, form))
    assert guest.sign_in("vera", password).status_code == 303
    assert roles_of(door, number_of(door, "vera")) == {door.newsroom.site_id: "senior"}
    assert "Vera Lind" in words_of(admin.get(PEOPLE))


@pytest.mark.parametrize(("field", "typed"), [("username", " "), ("username", "M1"), ("display_name", "")])
def test_what_is_wrong_with_a_new_person_is_said_and_nothing_typed_is_lost(admin: Desk, field: str, typed: str) -> None:
    form = {"username": "wim", "display_name": "Wim", "role": "senior", "site": "courier"} | {field: typed}
    answer = admin.post(PEOPLE, form)
    assert (answer.status_code, 'aria-invalid="true"' in answer.text) == (422, True)
    assert '<option value="senior" selected>' in answer.text
    for name in ("username", "display_name"):
        kept = re.search(rf'<input id="{name}" name="{name}" type="text"(?: value="([^"]*)")?', answer.text)
        assert kept is not None
        assert (kept[1] or "") == form[name]


@pytest.mark.parametrize("form", [{"role": "king"}, {"role": ""}, {"site": ""}])
def test_a_choice_that_is_not_offered_makes_nobody(door: Door, admin: Desk, form: dict[str, str]) -> None:
    answer = admin.post(PEOPLE, {"username": "xaver", "display_name": "X", "role": "admin", "site": "*"} | form)
    assert answer.status_code == 422
    with door.services.database.transaction() as session, pytest.raises(Exception, match="no moderator"):
        people.moderator_by_name(session, "xaver")


def give(desk: Desk, moderator_id: int, role: str, place: str) -> TestResponse:
    """Send the form for a role as the page now has it."""
    seen = seen_on(desk.get(f"{PEOPLE}/{moderator_id}").text)
    return desk.post(f"{PEOPLE}/{moderator_id}/roles", {"role": role, "site": place, "seen": seen})


def test_a_role_is_given_and_taken_back(door: Door, admin: Desk, hire: Hire) -> None:
    bob = hire("bob", Role.MODERATOR, courier(door))
    give(admin, bob, "senior", "*")
    assert roles_of(door, bob) == {None: "senior", door.newsroom.site_id: "moderator"}
    assert "on all sites" in words_of(admin.get(f"{PEOPLE}/{bob}/roles:take?site=*"))
    admin.post(f"{PEOPLE}/{bob}/roles:take", {"site": "*"})
    assert roles_of(door, bob) == {door.newsroom.site_id: "moderator"}


def test_of_two_who_give_a_role_the_second_is_told_what_the_first_gave(door: Door, admin: Desk, hire: Hire) -> None:
    kim, site = hire("kim", Role.MODERATOR, courier(door)), courier(door)
    seen = seen_on(admin.get(f"{PEOPLE}/{kim}").text)
    give(admin, kim, "senior", site.slug)
    late = admin.post(f"{PEOPLE}/{kim}/roles", {"role": "moderator", "site": site.slug, "seen": seen})
    assert (late.status_code, roles_of(door, kim)) == (409, {site.id: "senior"})
    assert "somebody else has changed the roles" in words_of(late)
    again = {"role": "moderator", "site": site.slug, "seen": seen_on(late.text)}
    assert admin.post(f"{PEOPLE}/{kim}/roles", again).status_code == 303


def test_an_admin_of_one_site_gives_no_role_beyond_it(door: Door, sit: Sit, hire: Hire) -> None:
    site = courier(door)
    own, carl = sit(Role.ADMIN, site), hire("carl", Role.MODERATOR, site)
    other_site(door, "evening")
    refused = [give(own, carl, "moderator", place) for place in ("*", "evening")]
    assert [answer.status_code for answer in refused] == [403, 404]
    assert roles_of(door, carl) == {site.id: "moderator"}


def test_an_admin_of_one_site_makes_himself_no_admin_of_all(door: Door, hire: Hire) -> None:
    dora = hire("dora", Role.ADMIN, courier(door))
    desk = Desk(door.app.test_client())
    desk.sign_in("dora")
    assert give(desk, dora, "admin", "*").status_code == 403
    assert roles_of(door, dora) == {door.newsroom.site_id: "admin"}


def test_an_admin_of_one_site_sees_and_changes_only_its_people(door: Door, sit: Sit, hire: Hire) -> None:
    there = hire("emil", Role.MODERATOR, other_site(door, "morning"))
    own = sit(Role.ADMIN, courier(door))
    assert "emil" not in words_of(own.get(PEOPLE))
    asked = [own.get(f"{PEOPLE}/{there}"), own.post(f"{PEOPLE}/{there}:new-password")]
    asked.append(own.post(f"{PEOPLE}/{there}/roles", {"role": "admin", "site": "courier"}))
    assert [answer.status_code for answer in asked] == [404, 404, 404]


@pytest.mark.parametrize("deed", ["shut-out", "new-password", "reset-second-factor", "end-sessions"])
def test_an_account_that_opens_other_sites_too_is_not_theirs_to_change(
    door: Door, sit: Sit, hire: Hire, deed: str
) -> None:
    fay = hire(f"fay-{deed}", Role.MODERATOR, courier(door))
    with door.services.database.transaction() as session:
        person = people.moderator_by_name(session, f"fay-{deed}")
        people.grant_role(session, person, Role.MODERATOR, site=None, actor="test")
    own = sit(Role.ADMIN, courier(door))
    assert own.get(f"{PEOPLE}/{fay}").status_code == 200
    assert own.post(f"{PEOPLE}/{fay}:{deed}").status_code == 403
    assert account(door, fay).active


def test_who_is_shut_out_loses_sessions_and_claims_and_may_come_back(
    door: Door, sit: Sit, admin: Desk, hire: Hire
) -> None:
    gus = hire("gus", Role.MODERATOR, courier(door))
    desk = Desk(door.app.test_client())
    desk.sign_in("gus")
    case_id = open_case(door, "held")
    desk.post(f"/console/cases/{case_id}/claim")
    assert f"Shut {set_apart('Gus')} out?" in words_of(admin.get(f"{PEOPLE}/{gus}:shut-out"))
    admin.post(f"{PEOPLE}/{gus}:shut-out")
    assert desk.get("/console/account").status_code == 303
    assert sit().post(f"/console/cases/{case_id}/claim").status_code == 303
    admin.post(f"{PEOPLE}/{gus}:let-in")
    assert desk.sign_in("gus").status_code == 303


@pytest.mark.parametrize(("path", "form"), [("roles", {"role": "moderator"}), ("roles:take", {})])
def test_a_lower_role_holds_only_the_cases_it_may_decide(
    door: Door, admin: Desk, hire: Hire, path: str, form: dict[str, str]
) -> None:
    site = other_site(door, f"lowered-{next(_numbers)}")
    ina, desk = hire(f"ina-{site.slug}", Role.SENIOR, site), Desk(door.app.test_client())
    desk.sign_in(f"ina-{site.slug}")
    ordinary, handed_up = (open_case(door, name, site_id=site.id) for name in ("ordinary", "handed-up"))
    with door.services.database.transaction() as session:
        session.execute(update(Case).where(Case.id == handed_up).values(needs_role=Role.SENIOR))
    for case_id in (ordinary, handed_up):
        desk.post(f"/console/cases/{case_id}/claim")
    seen = seen_on(admin.get(f"{PEOPLE}/{ina}").text)
    assert admin.post(f"{PEOPLE}/{ina}/{path}", form | {"site": site.slug, "seen": seen}).status_code == 303
    assert (is_claimed(door, ordinary), is_claimed(door, handed_up)) == (path == "roles", False)


def test_nobody_shuts_himself_out(door: Door, hire: Hire) -> None:
    hugo, desk = hire("hugo", Role.ADMIN), Desk(door.app.test_client())
    desk.sign_in("hugo")
    answer = desk.post(f"{PEOPLE}/{hugo}:shut-out")
    assert (answer.status_code, account(door, hugo).active) == (409, True)
    assert "Nobody shuts himself out" in words_of(answer)


@pytest.mark.parametrize(("path", "form"), [("roles", {"role": "senior", "site": "*"}), ("roles:take", {"site": "*"})])
def test_the_last_admin_of_all_sites_stays_one(make_door: Callable[..., Door], path: str, form: dict[str, str]) -> None:
    door = make_door()
    add_person(door, "ida", Role.ADMIN)
    ida = number_of(door, "ida")
    with door.services.database.transaction() as session:
        for moderator in session.query(Moderator).where(Moderator.id != ida):
            moderator.active = False
    desk = Desk(door.app.test_client())
    desk.sign_in("ida")
    answer = desk.post(f"{PEOPLE}/{ida}/{path}", form | {"seen": seen_on(desk.get(f"{PEOPLE}/{ida}").text)})
    assert (answer.status_code, roles_of(door, ida)) == (409, {None: "admin"})
    assert "This is the last admin of all sites" in words_of(answer)


def test_a_new_password_ends_the_old_one(door: Door, admin: Desk, hire: Hire, guest: Desk) -> None:
    jan = hire("jan")
    password = secret_on(admin.post(f"{PEOPLE}/{jan}:new-password"))
    assert guest.sign_in("jan").status_code == 401
    assert guest.sign_in("jan", password).status_code == 303


@pytest.fixture(params=["hired", "given anew"])
def known_password(request: pytest.FixtureRequest, door: Door, admin: Desk, hire: Hire) -> tuple[str, str]:
    """Somebody's user name, and the password that an admin has seen."""
    username = f"pia-{next(_numbers)}"
    if request.param == "hired":
        form = {"username": username, "display_name": "Pia", "role": "moderator", "site": "courier"}
        return username, secret_on(admin.post(PEOPLE, form))
    return username, secret_on(admin.post(f"{PEOPLE}/{hire(username)}:new-password"))


def test_a_password_that_another_knows_opens_only_the_way_to_choosing_another(
    door: Door, guest: Desk, known_password: tuple[str, str]
) -> None:
    username, password = known_password
    guest.sign_in(username, password)
    places = {guest.get(f"/console/{page}").location for page in ("", "queue", "account", "account/second-factor")}
    assert places == {CHANGE}
    assert "Choose one that only you know" in guest.get(CHANGE).text
    answer = door.post("/v1/sessions", door.nobody, {"username": username, "password": password})
    assert "choose another in the console" in assert_problem(answer, 403)["detail"]


def test_once_another_is_chosen_everything_opens_and_the_one_that_was_known_opens_nothing(
    door: Door, guest: Desk, known_password: tuple[str, str]
) -> None:
    username, password = known_password
    guest.sign_in(username, password)
    assert guest.post(CHANGE, {"password": password, "new": password}, page=CHANGE).status_code == 422
    guest.post(CHANGE, {"password": password, "new": PASSWORD}, page=CHANGE)
    assert guest.get("/console/queue").status_code == 200
    signed_in = [
        door.post("/v1/sessions", door.nobody, {"username": username, "password": p}) for p in (PASSWORD, password)
    ]
    assert [answer.status_code for answer in signed_in] == [201, 401]


def test_a_second_factor_that_is_asked_for_is_set_up_after_the_password_is_changed(
    door: Door, guest: Desk, known_password: tuple[str, str]
) -> None:
    username, password = known_password
    with door.services.database.transaction() as session:
        people.moderator_by_name(session, username).totp_required = True
    guest.sign_in(username, password)
    guest.post(CHANGE, {"password": password, "new": PASSWORD}, page=CHANGE)
    assert guest.get("/console/queue").location == "/console/account/second-factor"


def test_a_second_factor_is_required_taken_off_and_no_longer_required(door: Door, admin: Desk, hire: Hire) -> None:
    kai = hire("kai")
    admin.post(f"{PEOPLE}/{kai}:require-second-factor")
    assert account(door, kai).totp_required
    assert "required, not set up" in words_of(admin.get(PEOPLE))
    with door.services.database.transaction() as session:
        session.get_one(Moderator, kai).totp_salt = b"s" * 20
    admin.post(f"{PEOPLE}/{kai}:reset-second-factor")
    admin.post(f"{PEOPLE}/{kai}:require-no-second-factor")
    assert (account(door, kai).totp_salt, account(door, kai).totp_required) == (None, False)


def test_all_sessions_of_a_person_are_ended(door: Door, admin: Desk, hire: Hire) -> None:
    leo, desk = hire("leo"), Desk(door.app.test_client())
    desk.sign_in("leo")
    admin.post(f"{PEOPLE}/{leo}:end-sessions")
    assert desk.get("/console/account").location.startswith("/console/sign-in")


def test_a_deed_that_there_is_not(door: Door, admin: Desk, hire: Hire) -> None:
    mia = hire("mia")
    assert [admin.get(f"{PEOPLE}/{mia}:promote").status_code, admin.get(f"{PEOPLE}/99999").status_code] == [404, 404]


def test_a_name_is_only_ever_text(door: Door, admin: Desk) -> None:
    name = "<b>Nora</b> \u202eevil"
    admin.post(PEOPLE, {"username": "nora", "display_name": name, "role": "moderator", "site": "*"})
    page = admin.get(f"{PEOPLE}/{number_of(door, 'nora')}").text
    assert "&lt;b&gt;Nora" in page
    assert "<b>Nora" not in page
