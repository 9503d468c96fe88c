"""What the audit record says about people: sealed with a key for each of them, so that destroying the key erases it."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tickless.journal import tables
from tickless.journal.audit_tables import person_keys
from tickless.journal.upserts import insert_new
from tickless.kit.canonical import canonical_json

SEALED = "~sealed"
"""Name of the sealed part in a stored detail."""
ERASED = "[erased]"
PERSONAL = frozenset(
    {
        "account", "address", "agent", "argument", "comment", "email", "error", "evidence", "inputs", "login", "name", "note",
        "phone", "reason", "said", "said_by", "slots", "summary", "text", "title", "unclear", "values", "why", "words",
    }
)  # fmt: skip
"""Fields of details that hold people's words, names or addresses. Every other is an id, a number or a word of ours."""
_PURPOSE = b"tickless audit 1"


def seal(part: Mapping[str, Any], *, person: str, key: bytes) -> dict[str, Any]:
    """AES-256-GCM; the fields' names stay readable. `mark` binds the row to what was said, without telling it: it is salted
    with something that only the key gives."""
    nonce, plain = secrets.token_bytes(12), canonical_json(dict(part))
    box = nonce + AESGCM(key).encrypt(nonce, plain, _PURPOSE)
    mark = hashlib.sha256(_salt(key, nonce) + plain).hexdigest()
    return {"to": person, "fields": sorted(part), "box": base64.b64encode(box).decode(), "mark": mark}


def _salt(key: bytes, nonce: bytes) -> bytes:
    return hmac.digest(key, nonce, "sha256")


def salt_of(sealed: Mapping[str, Any], *, key: bytes) -> str:
    """What an export says so that its reader can check the opened fields against `mark`; base64."""
    return base64.b64encode(_salt(key, base64.b64decode(sealed["box"])[:12])).decode()


def fits_mark(sealed: Mapping[str, Any], opened: Mapping[str, Any], *, salt: str) -> bool:
    """Whether these opened fields are what was sealed."""
    try:
        found = hashlib.sha256(base64.b64decode(salt, validate=True) + canonical_json(dict(opened))).hexdigest()
    except (ValueError, TypeError):
        return False
    return hmac.compare_digest(found, str(sealed.get("mark", "")))


def unseal(sealed: Mapping[str, Any], *, key: bytes | None) -> dict[str, Any]:
    """The fields, or `[erased]` for each where the key is gone or does not fit."""
    fields = [str(name) for name in sealed.get("fields", ())]
    if key is not None:
        try:
            box = base64.b64decode(sealed["box"], validate=True)
            return dict(json.loads(AESGCM(key).decrypt(box[:12], box[12:], _PURPOSE)))
        except (InvalidTag, ValueError, KeyError, TypeError):
            pass
    return dict.fromkeys(fields, ERASED)


def is_personal(detail: Mapping[str, Any]) -> bool:
    """Whether anything in it is to be sealed."""
    return any(name in PERSONAL and value not in (None, "", {}, []) for name, value in detail.items())


def person_in(stored: str) -> str:
    """Whose key opens a stored detail; empty where nothing is sealed."""
    found = json.loads(stored).get(SEALED) if stored else None
    return str(found.get("to", "")) if isinstance(found, dict) else ""


class PersonKeys:
    """The keys, inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._known: dict[str, bytes | None] = {}

    def stored(self, detail: dict[str, Any], *, person: str | None, at: dt.datetime) -> dict[str, Any]:
        """The detail with its personal part sealed for that person; as it is where there is nobody, or nothing personal."""
        part = {name: value for name, value in detail.items() if name in PERSONAL and value not in (None, "", {}, [])}
        if person is None or not part or SEALED in detail:
            return detail
        key = self._key(person, at)
        rest = {name: value for name, value in detail.items() if name not in part}
        if key is None:
            return {**rest, **dict.fromkeys(part, ERASED)}
        return {**rest, SEALED: seal(part, person=person, key=key)}

    def opened(self, detail: dict[str, Any]) -> dict[str, Any]:
        """The detail as it may be read."""
        sealed = detail.get(SEALED)
        if not isinstance(sealed, dict):
            return detail
        rest = {name: value for name, value in detail.items() if name != SEALED}
        return {**rest, **unseal(sealed, key=self.key_of(str(sealed.get("to", ""))))}

    def key_of(self, person: str) -> bytes | None:
        """The key, or None where there is none (for nobody, too) or it was destroyed."""
        if person not in self._known:
            query = sa.select(person_keys.c.secret).where(person_keys.c.person == person)
            found = self._connection.execute(query).scalar()
            self._known[person] = None if found is None else base64.b64decode(found)
        return self._known[person]

    def _key(self, person: str, at: dt.datetime) -> bytes | None:
        found = self.key_of(person)
        if found is None:
            made = base64.b64encode(secrets.token_bytes(32)).decode()
            insert_new(self._connection, person_keys, {"person": person, "secret": made, "made_at": at})
            del self._known[person]
            found = self.key_of(person)
        return found

    def destroy(self, person: str, *, at: dt.datetime) -> bool:
        """Destroy the key: what was sealed with it is gone. False if that was done before. Nothing is sealed for them again."""
        insert_new(self._connection, person_keys, {"person": person, "secret": None, "made_at": at})
        done = self._connection.execute(
            sa.update(person_keys)
            .where(person_keys.c.person == person, person_keys.c.destroyed_at.is_(None))
            .values(secret=None, destroyed_at=at)
        )
        self._known.pop(person, None)
        return bool(done.rowcount)

    def person_of(self, subject: str, *, case: str | None, actor: str) -> str | None:
        """Whom a row is about: whom it names, else who asked for its case, else who did it."""
        if subject.startswith("person:"):
            return subject.removeprefix("person:")[:64]
        if case is not None:
            query = sa.select(tables.cases.c.requester).where(tables.cases.c.id == case)
            found = self._connection.execute(query).scalar()
            if found:
                return str(found)[:64]
        known = sa.select(tables.people.c.id).where(tables.people.c.id == actor)
        return self._connection.execute(known).scalar()
