"""The vault: secrets that the house makes for one person, opened once, and one-time codes. Sealed or hashed at rest."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

from tickless.domain.errors import NotFound
from tickless.journal import Journal, Tx
from tickless.journal.access import OneTime
from tickless.kit.clock import Clock
from tickless.kit.sealing import Seal

PASSWORD_LIFE = dt.timedelta(hours=24)
CODE_LIFE = dt.timedelta(minutes=10)
CODE_TRIES = 3
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No characters that look alike: the password is typed by hand once."""


def secret_id(key: str) -> str:
    """The id of the secret that a step makes: the same step makes the same one, so a repeat changes nothing."""
    return "s" + hashlib.sha256(f"once:{key}".encode()).hexdigest()[:40]


def temporary_password() -> str:
    """Sixteen characters in four groups, with upper and lower case, digits and a sign: fits the usual rules."""
    groups = ["".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4)]
    return "-".join(groups) + secrets.choice("!+=") + secrets.choice("23456789")


def _may_see(tx: Tx, secret: OneTime, person: str | None, conversation: str | None, *, passed: bool) -> bool:
    if person is not None and secret.person == person:
        return True
    case = tx.cases.get(secret.case) if secret.case else None
    if case is None or case.assurance != "step_up" or case.speaker != secret.person:
        return False
    return passed or (person is None and conversation is not None and case.conversation == conversation)


class Vault:
    """Makes, reveals and hands out one-time secrets."""

    def __init__(self, *, journal: Journal, seal: Seal, clock: Clock) -> None:
        self._journal = journal
        self._seal = seal
        self._clock = clock

    def make_password(self, *, key: str, person: str) -> str:
        """Make (or find again) the password of a step (`key`: run:step); returns its id."""
        identity = secret_id(key)
        now = self._clock.now()
        sealed = self._seal.close(temporary_password())
        with self._journal.write() as tx:
            run = tx.runs.get(key.partition(":")[0])
            case = run.case if run else None
            tx.access.add_one_time(
                OneTime(identity, "password", case, person, sealed, 0, created_at=now, expires_at=now + PASSWORD_LIFE)
            )
        return identity

    def reveal(self, identity: str) -> str | None:
        """For the connector that sets the password; None if it is gone."""
        with self._journal.read() as tx:
            found = tx.access.one_time(identity)
        return None if found is None or found.kind != "password" else self._seal.open(found.cipher)

    def pass_for(self, identity: str) -> str:
        """What opens this secret's link without a session: sent to nobody but its person, where nobody else reads."""
        return self._seal.mark(f"secret:{identity}")

    def hand_out(self, identity: str, *, person: str | None, conversation: str | None = None, shown: str = "") -> str:
        """Show the secret to its person, once. Raises `NotFound`: not theirs, seen before, or expired.

        Theirs it is for the person it was made for when signed in, and in the very conversation in which that person has
        just proved who they are by a one-time code (whoever forgot a password often can't sign in). In an outside channel that
        conversation is known by the link's own pass (`shown`).
        """
        now = self._clock.now()
        passed = bool(shown) and hmac.compare_digest(shown.encode(), self.pass_for(identity).encode())
        with self._journal.write() as tx:
            found = tx.access.one_time(identity, lock=True)
            usable = found is not None and found.kind == "password" and found.used_at is None and found.expires_at > now
            if found is None or not usable or not _may_see(tx, found, person, conversation, passed=passed):
                raise NotFound("this link was used already, has expired, or is not yours", mend="ask for a new one")
            tx.access.use_one_time(identity, at=now)
            tx.audit.append(
                at=now,
                actor=found.person,
                action="secret.opened",
                subject=f"person:{found.person}",
                case=found.case,
                detail={"signed_in": person is not None, "by_pass": passed},
            )
        value = self._seal.open(found.cipher)
        if value is None:
            raise NotFound("this secret was sealed with another key", mend="ask for a new one")
        return value

    def make_code(self, *, identity: str, person: str, case: str) -> str | None:
        """Make a six-digit code and return it for sending: the same one if it was made before."""
        with self._journal.write() as tx:
            return self.make_code_in(tx, identity=identity, person=person, case=case)

    def make_code_in(self, tx: Tx, *, identity: str, person: str, case: str) -> str | None:
        """The same, in the caller's transaction."""
        now = self._clock.now()
        code = f"{secrets.randbelow(1_000_000):06d}"
        new = tx.access.add_one_time(
            OneTime(identity, "code", case, person, self._seal.close(code), 0, now, now + CODE_LIFE)
        )
        found = tx.access.one_time(identity)
        return code if new else (self._seal.open(found.cipher) if found else None)

    def codes_lately(self, person: str) -> int:
        """How many codes were made for this person while a code lives."""
        with self._journal.read() as tx:
            return tx.access.one_time_count(person, kind="code", since=self._clock.now() - CODE_LIFE)

    def check_code(self, tx: Tx, identity: str, code: str) -> bool:
        """Whether the code is right, in time, unused, and not guessed at too often. Every look counts as a try.

        In the caller's transaction: a code is used up in the same commit as what it proves.
        """
        now = self._clock.now()
        found = tx.access.one_time(identity, lock=True)
        if found is None or found.used_at is not None or found.expires_at <= now or found.tries >= CODE_TRIES:
            return False
        tx.access.count_try(identity)
        right = hmac.compare_digest((self._seal.open(found.cipher) or "").encode(), code.encode())
        if right:
            tx.access.use_one_time(identity, at=now)
        return right
