"""Signed checkpoints: at such a row the chain had such a hash, says the holder of the key. Rotation is a checkpoint, too.

Each holds the hash of the one before it, so that the newest vouches for all. Whoever rewrites rows and their hashes, or cuts
off the end, cannot sign; whoever deletes the newest checkpoints is found by the copies in the anchors' file and in exports.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from pydantic import AwareDatetime

from tickless.domain.record import Record
from tickless.journal.audit_rows import GENESIS, Anchor
from tickless.journal.audit_tables import audit_checkpoints
from tickless.journal.upserts import insert_new
from tickless.kit.canonical import canonical_json, digest
from tickless.kit.signing import PublicKey, SigningKey

Kind = Literal["first", "head", "key", "new_key"]
"""`first`: the first key, signed by itself · `head`: the hash of a row · `key`: the next key, signed by the one before ·
`new_key`: another key in the place of one that was lost, signed by itself: a break that every report names."""


class Checkpoint(Record):
    """One signed statement."""

    version: Literal[1] = 1
    number: int
    kind: Kind
    seq: int
    hash: str
    """Of row `seq`; zeros for row 0."""
    at: AwareDatetime
    previous: str
    """Digest of the checkpoint before; zeros for the first."""
    key: str
    """The public key that counts from here on, base64."""
    signature: str = ""

    @property
    def words(self) -> bytes:
        """What is signed."""
        return canonical_json(self.model_dump(mode="json", exclude={"signature"}))

    @property
    def digest(self) -> str:
        return digest(self.model_dump(mode="json"))


@dataclass(frozen=True)
class Lineage:
    """What the checkpoints say of themselves."""

    anchors: tuple[Anchor, ...]
    keys: tuple[str, ...]
    """Public keys in the order in which they counted."""
    problem: str = ""
    """The first thing that does not fit; empty if all do."""
    seq: int = 0
    """Row of the last checkpoint before that."""
    breaks: int = 0
    """How often a key was replaced without the word of the one before."""


def sign(key: SigningKey, words: Checkpoint) -> Checkpoint:
    return words.model_copy(update={"signature": key.sign(words.words)})


def read_lineage(checkpoints: Sequence[Checkpoint], *, pinned: str | None = None) -> Lineage:
    """Check signatures, order and keys. `pinned`: a public key that one knows from elsewhere; it must be one of those that
    counted, with no break after it. Pure."""
    keys: list[str] = []
    anchors: list[Anchor] = []
    previous, breaks, since_pin = GENESIS, 0, False
    last = 0
    for place, one in enumerate(checkpoints, start=1):
        signer = one.key if one.kind in {"first", "new_key"} else (keys[-1] if keys else one.key)
        problem = _problem(one, place=place, previous=previous, signer=signer, last=last, has_keys=bool(keys))
        if problem:
            return Lineage(tuple(anchors), tuple(keys), f"checkpoint {place}: {problem}", last, breaks)
        if one.kind == "new_key":
            breaks, since_pin = breaks + 1, False
        if not keys or keys[-1] != one.key:
            keys.append(one.key)
        since_pin = since_pin or one.key == pinned
        anchors.append(Anchor(one.number, one.seq, one.hash))
        previous, last = one.digest, one.seq
    if pinned is not None and not since_pin:
        return Lineage(tuple(anchors), tuple(keys), "the known public key is not among those that signed", last, breaks)
    return Lineage(tuple(anchors), tuple(keys), "", last, breaks)


def _problem(one: Checkpoint, *, place: int, previous: str, signer: str, last: int, has_keys: bool) -> str:
    if one.number != place:
        return "it is missing" if one.number > place else "it was added"
    if one.previous != previous:
        return "it does not follow the one before"
    if (one.kind == "first") != (not has_keys) or one.seq < last or (one.seq == 0 and one.hash != GENESIS):
        return "it cannot stand there"
    if one.kind == "head" and one.key != signer:
        return "it names another key than the one that counts"
    try:
        fits = PublicKey.read(signer).signed(one.words, one.signature)
    except ValueError:
        fits = False
    return "" if fits else "its signature does not fit"


class Checkpoints:
    """The checkpoints, inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def all(self) -> list[Checkpoint]:
        """In order. A body that cannot be read raises ValueError."""
        query = sa.select(audit_checkpoints.c.body).order_by(audit_checkpoints.c.number)
        return [Checkpoint.model_validate_json(body) for body in self._connection.execute(query).scalars()]

    def last(self) -> Checkpoint | None:
        query = sa.select(audit_checkpoints.c.body).order_by(audit_checkpoints.c.number.desc()).limit(1)
        body = self._connection.execute(query).scalar()
        return None if body is None else Checkpoint.model_validate_json(body)

    def add(
        self, kind: Kind, *, head: tuple[int, str], key: str, signer: SigningKey, at: dt.datetime
    ) -> Checkpoint | None:
        """Sign and store what stands at the head; None where another writer was first."""
        before = self.last()
        made = sign(
            signer,
            Checkpoint(
                number=before.number + 1 if before else 1,
                kind=kind,
                seq=head[0],
                hash=head[1],
                at=at,
                previous=before.digest if before else GENESIS,
                key=key,
            ),
        )
        row = {"number": made.number, "seq": made.seq, "body": made.model_dump_json()}
        return made if insert_new(self._connection, audit_checkpoints, row) else None
