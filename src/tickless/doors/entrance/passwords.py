"""Passwords: Argon2id, with the parameters of RFC 9106 for machines with little memory (64 MiB, 3 passes)."""

from __future__ import annotations

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


def hash_password(password: str) -> str:
    """Raises `BadInput` when it is too short or too long. Takes tens of milliseconds."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(f"a password has {SHORTEST} to {LONGEST} characters", mend="a sentence of four words is fine")
    return _HASHER.hash(password)


def password_fits(hashed: str | None, password: str) -> bool:
    """Compare. None (no such user, or one without a password) costs the same time and never fits."""
    try:
        fits = _HASHER.verify(hashed or _decoy(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return fits and hashed is not None
