"""Keeping the audit record: signing checkpoints, changing keys, checking it all, legal holds and retention."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from tickless.domain.errors import BadInput, Conflict, NotFound
from tickless.journal import Journal, Tx
from tickless.journal.audit_checkpoints import Checkpoint, Checkpoints, Kind, read_lineage
from tickless.journal.audit_holds import LegalHold, shelf
from tickless.journal.audit_rows import DROPPED, ChainReport
from tickless.journal.audit_settings import AuditSettings
from tickless.kit.clock import Clock
from tickless.kit.ids import new_id
from tickless.kit.log import get_logger
from tickless.kit.signing import PublicKey, SigningKey

KEY_FILE = "audit.key"
ANCHORS_FILE = "audit-checkpoints.jsonl"
RETENTION_EVERY = dt.timedelta(hours=1)
log = get_logger("flow")


@dataclass(frozen=True)
class KeyShown:
    """The keys that signed, oldest first, and whether this process may sign with the newest."""

    keys: tuple[PublicKey, ...]
    signs: bool
    own: PublicKey


class RecordKeeping:
    """One for each process. `outside`: the key comes from a secret reference, so that the house does not write it."""

    def __init__(
        self, journal: Journal, clock: Clock, key: SigningKey, settings: AuditSettings, *, data: Path, outside: bool
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._key = key
        self.settings = settings
        self._data = data
        self._outside = outside
        self._lock = threading.Lock()
        self._tidied_at: dt.datetime | None = None

    # Signing

    def look(self, now: dt.datetime) -> None:
        """Sign what is due, and take old bodies away. Blocks."""
        with self._journal.read() as tx:
            last, head = Checkpoints(tx.connection).last(), tx.audit.head()
        rows = head[0] - (last.seq if last else 0)
        late = last is None or (now - last.at).total_seconds() >= self.settings.checkpoint_seconds
        if last is None or rows >= self.settings.checkpoint_rows or (rows > 0 and late):
            self.checkpoint()
        if self.settings.keep_days and (self._tidied_at is None or now - self._tidied_at >= RETENTION_EVERY):
            self._tidied_at = now
            self.retain(before=now - dt.timedelta(days=self.settings.keep_days), by="tickless")

    def checkpoint(self) -> Checkpoint | None:
        """Sign the head of the chain now; None where there is nothing new, or where the key that counts is not ours."""
        with self._lock:
            self._finish_rotation()
            with self._journal.write() as tx:
                made = self._sign(tx)
            if made is not None:
                self._anchor(made)
            return made

    def _sign(self, tx: Tx) -> Checkpoint | None:
        kept, now, own = Checkpoints(tx.connection), self._clock.now(), self._key.public.text
        last, head = kept.last(), tx.audit.head()
        if last is None:
            first = kept.add("first", head=(0, "0" * 64), key=own, signer=self._key, at=now)
            if first is None or not head[0]:
                return first
            self._anchor(first)
            return kept.add("head", head=head, key=own, signer=self._key, at=now)
        if last.key != own:
            log.warning(
                "this process's audit key is not the one that counts: nothing is signed", key=self._key.public.id
            )
            return None
        if last.seq >= head[0]:
            return None
        return kept.add("head", head=head, key=own, signer=self._key, at=now)

    def _anchor(self, made: Checkpoint) -> None:
        """A copy outside of the database: whoever can write only there cannot make a checkpoint unsaid."""
        path = self._data / ANCHORS_FILE
        new = not path.exists()
        with path.open("a", encoding="utf-8") as file:
            file.write(made.model_dump_json() + "\n")
        if new:
            path.chmod(0o600)

    def keys(self) -> KeyShown:
        """Which keys signed. Show the newest to those who check exports, by another way than the export's."""
        with self._journal.read() as tx:
            lineage = read_lineage(Checkpoints(tx.connection).all())
        own = self._key.public
        found = tuple(PublicKey(text) for text in lineage.keys) or (own,)
        return KeyShown(found, found[-1] == own, own)

    def rotate(self, *, by: str, lost: bool = False) -> PublicKey:
        """Sign with a new key from now on; the old one signs that. `lost`: the old one is gone, and the break is on record.

        Raises `Conflict` when the key is kept elsewhere, or when the old one is not here and nobody said that it is lost.
        """
        if self._outside and not lost:
            raise Conflict(
                "the key is kept outside of the house",
                mend="put the new key behind the reference, start again, then rotate with --lost",
            )
        with self._lock:
            return self._rotate(by=by, lost=lost)

    def _rotate(self, *, by: str, lost: bool) -> PublicKey:
        self._finish_rotation()
        path = self._data / KEY_FILE
        new = self._key if lost else SigningKey.new()
        if not lost:
            new.write(path.with_name(f"{KEY_FILE}.next"), replace=True)
        with self._journal.write() as tx:
            kept, now = Checkpoints(tx.connection), self._clock.now()
            last = kept.last()
            counts = last is None or last.key == self._key.public.text
            if counts == lost:
                told = "the key that counts is here" if lost else "the key that counts is not here"
                raise Conflict(told, mend="rotate without --lost" if lost else "restore it, or rotate with --lost")
            if last is None:
                kept.add("first", head=(0, "0" * 64), key=self._key.public.text, signer=self._key, at=now)
            detail = {"key": new.public.id, "lost": lost}
            tx.audit.append(at=now, actor=by, action="audit.key", subject="audit", detail=detail)
            kind: Kind = "new_key" if lost else "key"
            signer = new if lost else self._key
            made = kept.add(kind, head=tx.audit.head(), key=new.public.text, signer=signer, at=now)
            if made is None:
                raise Conflict("another process signs just now", mend="try again")
        self._anchor(made)
        self._finish_rotation()
        return new.public

    def _finish_rotation(self) -> None:
        """A rotation that was interrupted after it was committed is finished: the new key takes the old one's place."""
        path = self._data / KEY_FILE
        following = path.with_name(f"{KEY_FILE}.next")
        if self._outside or not following.exists():
            return
        found = SigningKey.read(following.read_text(encoding="ascii"))
        with self._journal.read() as tx:
            last = Checkpoints(tx.connection).last()
        if last is not None and last.key == found.public.text:
            following.replace(path)
            self._key = found
        else:
            following.unlink()

    # Checking

    def verify(self, *, pinned: str | None = None) -> ChainReport:
        """Walk the chain, hold it against the signed checkpoints, and those against the copies beside the database."""
        with self._journal.read() as tx:
            try:
                stored, problem = Checkpoints(tx.connection).all(), ""
            except ValidationError:
                stored, problem = [], "a checkpoint cannot be read"
            lineage = read_lineage(stored, pinned=pinned)
            report = tx.audit.verify(lineage.anchors)
        problem = problem or lineage.problem or self._missing(stored)
        if report.broken_at is None and problem:
            report = replace(report, broken_at=report.signed_up_to + 1, problem=problem)
        return replace(report, key=PublicKey(lineage.keys[-1]).id if lineage.keys else "")

    def _missing(self, stored: Iterable[Checkpoint]) -> str:
        """Whether a checkpoint that was written down beside the database is another one there, or none."""
        path = self._data / ANCHORS_FILE
        if not path.exists():
            return ""
        digests = {one.number: one.digest for one in stored}
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                one = Checkpoint.model_validate_json(line)
            except ValidationError:
                continue  # a line that was cut off by a crash
            if digests.get(one.number) != one.digest:
                return f"checkpoint {one.number} is not what was written down when it was signed"
        return ""

    # Holds and retention

    def hold(self, covers: str, ref: str, *, reason: str, by: str) -> LegalHold:
        """Keep everything, a case or a person's cases, whatever retention and erasure say. Raises `BadInput`."""
        if not reason.strip():
            raise BadInput("say why it must be kept")
        if covers not in {"everything", "case", "person"} or (covers == "everything") != (ref == ""):
            raise BadInput("a hold covers everything, a case or a person")
        now = self._clock.now()
        with self._journal.write() as tx:
            if covers == "case":
                tx.cases.need(ref)
            if covers == "person":
                tx.people.need(ref)
            made = LegalHold(id=new_id("hld"), covers=covers, ref=ref, reason=reason.strip()[:500], by=by, at=now)
            shelf(tx.connection).put(made)
            subject = f"{covers}:{ref}" if ref else covers
            detail = {"hold": made.id, "reason": made.reason}
            tx.audit.append(at=now, actor=by, action="audit.hold", subject=subject, detail=detail)
        return made

    def release(self, hold: str, *, reason: str, by: str) -> LegalHold:
        """End a hold. Raises `NotFound`, `Conflict`."""
        now = self._clock.now()
        with self._journal.write() as tx:
            found = shelf(tx.connection).get(hold, lock=True)
            if found is None:
                raise NotFound(f"there is no hold {hold[:80]!r}")
            if not found.active:
                raise Conflict("this hold has ended already")
            ended = found.model_copy(update={"ended_by": by, "ended_at": now})
            shelf(tx.connection).put(ended)
            detail = {"hold": hold, "reason": reason.strip()[:500]}
            tx.audit.append(at=now, actor=by, action="audit.release", subject=found.ref or "everything", detail=detail)
        return ended

    def holds(self, *, active: bool = True) -> list[LegalHold]:
        with self._journal.read() as tx:
            return [one for one in shelf(tx.connection).where() if one.active or not active]

    def retain(self, *, before: dt.datetime, by: str) -> int:
        """Take the bodies of older rows away, but of none that is held. Returns how many; the record says which."""
        now, after, total = self._clock.now(), 0, 0
        while True:
            with self._journal.write() as tx:
                rows = tx.audit.droppable(before, after=after)
                if not rows:
                    return total
                after = rows[-1].seq
                holds = [(one, _cases_of(tx, one)) for one in shelf(tx.connection).where() if one.active]
                free = [
                    row.seq
                    for row in rows
                    if row.action != DROPPED and not any(one.keeps(row, persons_cases=cases) for one, cases in holds)
                ]
                if free:
                    total += tx.audit.drop_bodies(free, at=now)
                    detail = {"before": before.isoformat(), "rows": len(free), "ranges": ranges(free)}
                    tx.audit.append(at=now, actor=by, action=DROPPED, subject="audit", detail=detail)


def _cases_of(tx: Tx, hold: LegalHold) -> frozenset[str]:
    return frozenset(one.id for one in tx.cases.by(requester=hold.ref)) if hold.covers == "person" else frozenset()


def ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Rising numbers as pairs of first and last: 1 2 3 7 → [[1, 3], [7, 7]]."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def read_pinned(text: str) -> str:
    """A public key that somebody gives, as base64. Raises `BadInput`."""
    try:
        return PublicKey.read(text).text
    except (ValueError, TypeError, json.JSONDecodeError) as error:
        raise BadInput(
            "that is no public key of Ed25519", mend="PEM or base64, as `tickless audit key` says it"
        ) from error
