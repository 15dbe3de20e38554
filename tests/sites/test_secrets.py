"""What a wrong password costs says nothing of whether somebody has that name."""

from __future__ import annotations

import argon2
import pytest

from moderation_service.sites import secrets
from moderation_service.sites.secrets import hasher as the_services_own  # taken before tests make it cheap


def test_nobody_costs_what_somebody_costs_from_the_first_try(monkeypatch: pytest.MonkeyPatch) -> None:
    verify, checked = argon2.PasswordHasher.verify, []

    def watched(hasher: argon2.PasswordHasher, password_hash: str, password: str) -> bool:
        checked.append(password_hash)
        return verify(hasher, password_hash, password)

    monkeypatch.setattr(argon2.PasswordHasher, "hash", None)  # to make one takes as long as to check one
    monkeypatch.setattr(argon2.PasswordHasher, "verify", watched)
    secrets._hash_of_nothing.cache_clear()
    assert not secrets.password_matches("a password", None)
    monkeypatch.undo()
    assert argon2.extract_parameters(checked[0]) == argon2.extract_parameters(secrets.hash_password("a password"))


def test_no_password_is_that_of_nobody() -> None:
    assert not any(secrets.password_matches(password, None) for password in ("", "a password"))


def test_outside_of_tests_a_password_costs_what_rfc_9106_asks_for() -> None:
    assert argon2.extract_parameters(the_services_own().hash("a password")) == argon2.profiles.RFC_9106_LOW_MEMORY
