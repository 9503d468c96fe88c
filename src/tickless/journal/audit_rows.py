"""Rows of the audit chain and how they hang together. Pure: the same walk checks a database and an exported file."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tickless.journal.columns import to_micros
from tickless.kit.canonical import canonical_json, digest

GENESIS = "0" * 64
DROPPED = "audit.dropped"
"""Action of the row that says which bodies retention took away; `detail.ranges` are pairs of first and last row."""


UNSAID = "its body was taken away, and no row says so"


@dataclass(frozen=True)
class AuditRow:
    """Who did what to what, when, and with which inputs and reasons."""

    seq: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    case: str | None
    detail: dict[str, Any]
    """As it may be read: personal parts are opened, or `[erased]` where their key was destroyed."""
    previous: str
    hash: str
    detail_hash: str | None = None
    """SHA-256 of the detail as it is stored. None: a row of an older form, whose hash is over the detail itself."""
    dropped_at: dt.datetime | None = None
    stored: str = field(default="", compare=False)
    """The detail as it is stored, and as the hash sees it; empty where retention took it."""

    def computed(self) -> str:
        """The hash that this row ought to have."""
        seen = {"detail": self.detail} if self.detail_hash is None else {"detail_hash": self.detail_hash}
        return digest(
            {
                "seq": self.seq,
                "at": to_micros(self.at),
                "actor": self.actor,
                "action": self.action,
                "subject": self.subject,
                "case": self.case,
                **seen,
                "previous": self.previous,
            }
        )


@dataclass(frozen=True)
class ChainReport:
    """What a walk found. `broken_at` is the first row that does not fit; None if all do."""

    rows: int
    head: str
    broken_at: int | None = None
    problem: str = ""
    checkpoints: int = 0
    """Signed checkpoints that were checked against the rows."""
    signed_up_to: int = 0
    """Last row that such a checkpoint vouches for."""
    key: str = ""
    """Id of the key that signs now; empty where nothing is signed."""
    dropped: int = 0
    """Rows whose bodies retention took, as the record itself says."""


@dataclass(frozen=True)
class Seen:
    """One row as it was found, before anybody believes it."""

    seq: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    case: str | None
    detail: str
    previous: str
    hash: str
    detail_hash: str | None
    dropped_at: dt.datetime | None

    @property
    def dropped(self) -> bool:
        return self.dropped_at is not None


def text_hash(text: str) -> str:
    """SHA-256 of a stored detail."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def problem_of(row: Seen, *, expected: int, previous: str) -> str:
    """What is wrong with a row at this place of the chain; empty if nothing is."""
    if row.seq != expected:
        return f"row {expected} is missing" if row.seq > expected else f"row {row.seq} was added"
    if row.previous != previous:
        return "it does not follow the row before it"
    try:
        whole = _body_fits(row) and row.hash == _as_row(row).computed()
    except (ValueError, TypeError, AttributeError):
        whole = False
    return "" if whole else "its content was changed"


def _body_fits(row: Seen) -> bool:
    if row.detail_hash is None:
        return not row.dropped and row.detail == canonical_json(json.loads(row.detail)).decode()
    return row.detail == "" if row.dropped else text_hash(row.detail) == row.detail_hash


def _as_row(row: Seen) -> AuditRow:
    detail = json.loads(row.detail) if row.detail_hash is None else {}
    return AuditRow(
        row.seq, row.at, row.actor, row.action, row.subject, row.case, detail, row.previous, row.hash, row.detail_hash
    )


def ranges_in(detail: str) -> list[tuple[int, int]]:
    """Which rows' bodies a row of the action `DROPPED` says are gone; none where it cannot be read."""
    try:
        found = json.loads(detail)["ranges"]
        return [(int(first), int(last)) for first, last in found]
    except (ValueError, TypeError, KeyError):
        return []


@dataclass(frozen=True)
class Anchor:
    """What a signed checkpoint says: the hash of that row."""

    number: int
    seq: int
    hash: str


def walk(rows: Iterable[Seen], *, anchors: Sequence[Anchor] = (), head: tuple[int, str] | None = None) -> ChainReport:
    """Go along the whole chain and locate the first changed, removed, added or reordered row.

    `anchors`: signed checkpoints whose signatures were checked already. `head`: last row and its hash, as noted elsewhere. A
    chain that was written anew from some row on hangs together; then the row after the last anchor that fits is named.
    """
    by_seq: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        by_seq.setdefault(anchor.seq, []).append(anchor)
    rows = iter(rows)
    expected, previous, good, checked = 1, GENESIS, 0, sum(one.seq == 0 for one in anchors)
    dropped: dict[int, dt.datetime] = {}
    allowed: dict[int, dt.datetime] = {}
    for row in rows:
        problem = problem_of(row, expected=expected, previous=previous)
        if problem:
            return ChainReport(expected - 1, previous, min(row.seq, expected), problem, checked, good)
        signed = next((anchor.hash for anchor in by_seq.get(row.seq, ()) if anchor.hash != row.hash), None)
        if signed is not None:
            alone = next((one.previous for one in rows), head[1] if head else "") == signed
            told = f"rows {good + 1} to {row.seq} were written anew since they were signed"
            told = "it is not what was signed" if alone else told
            return ChainReport(expected - 1, previous, row.seq if alone else good + 1, told, checked, good)
        if row.seq in by_seq:
            good, checked = row.seq, checked + len(by_seq[row.seq])
        if row.dropped_at is not None:
            dropped[row.seq] = row.dropped_at
        elif row.action == DROPPED:
            for first, last in ranges_in(row.detail):
                allowed.update(dict.fromkeys(range(first, min(last, row.seq) + 1), row.at))
        expected, previous = expected + 1, row.hash
    unsaid = next((seq for seq, at in dropped.items() if allowed.get(seq) != at), None)
    report = ChainReport(expected - 1, previous, checkpoints=checked, signed_up_to=good, dropped=len(dropped))
    return _ended(report, last_anchor=max(by_seq, default=0), head=head, unsaid=unsaid)


def _ended(report: ChainReport, *, last_anchor: int, head: tuple[int, str] | None, unsaid: int | None) -> ChainReport:
    def broken(at: int, problem: str) -> ChainReport:
        return ChainReport(report.rows, report.head, at, problem, report.checkpoints, report.signed_up_to)

    if last_anchor > report.rows:
        return broken(report.rows + 1, "rows at the end are missing: a signed checkpoint speaks of later ones")
    if head is not None and head != (report.rows, report.head):
        if head[0] > report.rows:
            return broken(report.rows + 1, "rows at the end are missing")
        return broken(head[0] + 1, "rows at the end were added, or the head was changed")
    if unsaid is not None:
        return broken(unsaid, UNSAID)
    return report


def first_difference(rows: Iterable[Mapping[str, Any]], hashes: Mapping[int, str]) -> int | None:
    """The first row whose hash is not what an older copy says; rows that the copy lacks are not looked at."""
    return next((int(row["seq"]) for row in rows if hashes.get(int(row["seq"]), row["hash"]) != row["hash"]), None)
