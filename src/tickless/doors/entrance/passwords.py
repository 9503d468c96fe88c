"""Passwords: Argon2id, with the parameters of RFC 9106 for machines with little memory (64 MiB, 3 passes)."""

from __future__ import annotations

import re
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tickless.domain.errors import BadInput

SHORTEST = 12
LONGEST = 500

_HASHER = PasswordHasher()


@cache
def _decoy() -> str:
    """What an unknown login is checked against, so that it takes as long as a known one."""
    return _HASHER.hash("nobody has this password")


def hash_password(password: str, *, login: str = "") -> str:
    """Raises `BadInput` when it is too short, too long, or one of those that are tried first. Takes tens of milliseconds."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(f"a password has {SHORTEST} to {LONGEST} characters", mend="a sentence of four words is fine")
    if guessable(password, login):
        raise BadInput("this password is among those that are tried first", mend="a sentence of four words is fine")
    return _HASHER.hash(password)


_TRIED_FIRST = (
    "password", "passwort", "passw0rd", "letmein", "welcome", "willkommen", "iloveyou", "sunshine", "princess", "football",
    "baseball", "dragon", "monkey", "shadow", "master", "superman", "batman", "trustno", "qwerty", "qwertz", "azerty", "asdf",
    "zxcv", "yxcv", "abc", "admin", "administrator", "root", "login", "changeme", "secret", "tickless", "summer", "winter",
    "spring", "autumn", "sommer", "herbst", "frühling", "monday", "january", "michael", "jessica", "charlie", "daniel",
)  # fmt: skip
_ROWS = (
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
)


def guessable(password: str, login: str = "") -> bool:
    """Whether little is left of it after the words that are tried first, the login, runs of neighbours and of one sign."""
    left = password.casefold()
    for word in sorted((*_TRIED_FIRST, *([login.casefold()] if len(login) > 2 else [])), key=len, reverse=True):
        left = left.replace(word, "")
    left = re.sub(r"(.)\1{2,}", r"\1", left)
    for row in (*_ROWS, *(one[::-1] for one in _ROWS)):
        for size in range(len(row), 3, -1):
            for start in range(len(row) - size + 1):
                left = left.replace(row[start : start + size], "")
    return len(set(left)) < 5 or len(re.sub(r"[\W\d_]", "", left)) + len(left) // 2 < 5


def password_fits(hashed: str | None, password: str) -> bool:
    """Compare. None (no such user, or one without a password) costs the same time and never fits."""
    try:
        fits = _HASHER.verify(hashed or _decoy(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return fits and hashed is not None
