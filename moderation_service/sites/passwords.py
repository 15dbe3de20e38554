"""Which passwords are too easy to guess, and why: long ones, too, are tried by a list of words and habits. Pure.

What lists begin with is taken out of a password: words that everybody takes, the user name, runs along a keyboard, a
year. Something has to be left then. Lists that a password must not be in, as NIST SP 800-63B asks for them, have few
of twelve characters and more, and those are put together of what stands here.
"""

from __future__ import annotations

import re

from moderation_service.sites.secrets import SHORTEST_PASSWORD

DIFFERENT_LEAST = 5
LEFT_LEAST = 5  # different letters and digits that are no part of anything easy
NAME_SHORTEST = 3

TOO_SHORT = f"A password has at least {SHORTEST_PASSWORD} characters"
FEW_SIGNS = "A password has at least five different characters"
REPEATED = "This password is one word again and again"
OF_NAME = "This password is little more than the user name"
EASY = "This password is made of words, rows of keys or numbers that are tried first"

_WORDS = (
    "administrator", "password", "passwort", "kennwort", "geheim", "secret", "welcome", "willkommen", "changeme",
    "letmein", "iloveyou", "ichliebedich", "qwerty", "qwertz", "azerty", "trustno1", "sunshine", "princess", "football",
    "fussball", "baseball", "superman", "batman", "dragon", "monkey", "master", "shadow", "schatz", "hallo", "hello",
    "login", "admin", "moderator", "moderation", "default", "temporary", "please", "bitte", "summer", "sommer",
    "winter", "spring", "autumn", "herbst", "pass", "test", "user",
)  # fmt: skip
_ROWS = (
    "1234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "azertyuiop",
    "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip
_TRIPLES = frozenset(row[at : at + 3] for one in _ROWS for row in (one, one[::-1]) for at in range(len(row) - 2))
_YEAR = re.compile(r"(?:19|20)\d\d")
_AGAIN = re.compile(r"(.+?)\1+", re.DOTALL)
_SAME = re.compile(r"(.)\1{2,}", re.DOTALL)
_SPELT = str.maketrans("0134578@$!", "oieastbasi")


def fault(password: str, username: str) -> str | None:
    """What is wrong with a password for this person, in words; None where nothing is."""
    plain = password.casefold()
    if len(password) < SHORTEST_PASSWORD:
        return TOO_SHORT
    if len(set(plain)) < DIFFERENT_LEAST:
        return FEW_SIGNS
    if _AGAIN.fullmatch(plain):
        return REPEATED
    name = username.casefold()
    without_name = plain.replace(name, " ") if len(name) >= NAME_SHORTEST else plain
    if _is_easy(without_name):
        return EASY if without_name == plain else OF_NAME
    return None


def _is_easy(plain: str) -> bool:
    """Whether little is left of it without what is tried first, be it spelt with digits in the place of letters."""
    return any(len(set(_hard(spelt))) < LEFT_LEAST for spelt in (plain, plain.translate(_SPELT)))


def _hard(plain: str) -> list[str]:
    """The letters and digits that are no part of anything easy."""
    for word in _WORDS:
        plain = plain.replace(word, " ")
    for easy in (_YEAR, _SAME):
        plain = easy.sub(" ", plain)
    in_rows = {at + step for at in range(len(plain)) if plain[at : at + 3] in _TRIPLES for step in range(3)}
    return [sign for at, sign in enumerate(plain) if sign.isalnum() and at not in in_rows]
