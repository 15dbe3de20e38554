"""Passwords that are easy to guess are refused, and it is said why; others are taken."""

from __future__ import annotations

import pytest

from moderation_service.sites import passwords
from moderation_service.sites.secrets import new_password


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("eleven char", passwords.TOO_SHORT),
        ("aaaabbbbccccdddd", passwords.FEW_SIGNS),
        ("passwordpassword", passwords.REPEATED),
        ("heron-heron-heron-", passwords.REPEATED),
        ("ada.brook.2026", passwords.OF_NAME),
        ("Ada.Brook1234567", passwords.OF_NAME),
        ("password1234", passwords.EASY),
        ("P4$$w0rd!2026", passwords.EASY),
        ("Passwort-Passwort1", passwords.EASY),
        ("qwertyuiop[]", passwords.EASY),
        ("1qaz2wsx3edc", passwords.EASY),
        ("abcdefghijkl", passwords.EASY),
        ("098765432109", passwords.EASY),
        ("Administrator1!", passwords.EASY),
        ("Sommer2026Sommer", passwords.EASY),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, fault: str) -> None:
    assert passwords.fault(password, "ada.brook") == fault


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "a rather new password", "reiher am wehr, montags", "kV8-tq2x-Zm4r", "ёжик в тумане"],
)
def test_others_are_taken(password: str) -> None:
    assert passwords.fault(password, "ada") is None


def test_those_that_the_service_makes_are_taken() -> None:
    assert {passwords.fault(new_password(), "ada") for _ in range(50)} == {None}
