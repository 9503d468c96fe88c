"""The record as a file: written row by row, and checked by anybody with nothing but the file and a public key. Pure.

A line is a row; after the rows come the signed checkpoints, each as `{"checkpoint": …}`, and one `{"end": …}`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from tickless.journal.audit_checkpoints import Checkpoint, Lineage, read_lineage
from tickless.journal.audit_people import ERASED, SEALED, fits_mark, salt_of
from tickless.journal.audit_rows import UNSAID, AuditRow, ChainReport, Seen, walk
from tickless.kit.canonical import canonical_json
from tickless.kit.signing import PublicKey

_COLUMNS = ("seq", "actor", "action", "subject", "case", "previous", "hash", "detail_hash")


def row_line(row: AuditRow, *, key: bytes | None = None) -> dict[str, Any]:
    """One row. `key` of the person whom it is about: then the opened fields can be checked, too; else they stay sealed."""
    plain: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    plain["at"] = row.at.isoformat()
    plain["stored"] = row.stored
    plain["dropped_at"] = row.dropped_at.isoformat() if row.dropped_at else None
    sealed = _sealed_in(row.stored)
    plain["detail"] = row.detail
    if sealed is not None:
        if key is None:
            plain["detail"] = {**row.detail, **{str(name): ERASED for name in sealed.get("fields", ())}}
        else:
            plain["salt"] = salt_of(sealed, key=key)
    return plain


def _sealed_in(stored: str) -> dict[str, Any] | None:
    found = json.loads(stored).get(SEALED) if stored else None
    return found if isinstance(found, dict) else None


def ending(checkpoints: Iterable[Checkpoint], *, rows: int, head: str) -> Iterator[dict[str, Any]]:
    """The lines after the rows."""
    for one in checkpoints:
        yield {"checkpoint": one.model_dump(mode="json")}
    yield {"end": {"rows": rows, "head": head}}


@dataclass
class Bundle:
    """An exported file, as it was read."""

    rows: list[Seen] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    end: tuple[int, str] | None = None
    shown: dict[int, str] = field(default_factory=dict)
    """Rows whose readable detail is not what was stored, and why."""
    unreadable: tuple[int, str] | None = None
    """Which row the first line that cannot be read stands for, and why."""


def read_bundle(lines: Iterable[str]) -> Bundle:
    """Read a file. Whatever cannot be read ends the reading, and is named."""
    bundle = Bundle()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            _take(bundle, json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError, ValidationError):
            bundle.unreadable = (len(bundle.rows) + 1, f"line {number} cannot be read")
            break
    return bundle


def _take(bundle: Bundle, found: dict[str, Any]) -> None:
    if bundle.end is not None:
        raise ValueError("something stands after the end")
    if set(found) == {"checkpoint"}:
        bundle.checkpoints.append(Checkpoint.model_validate(found["checkpoint"]))
    elif set(found) == {"end"}:
        bundle.end = (int(found["end"]["rows"]), str(found["end"]["head"]))
    else:
        row = _seen(found)
        bundle.rows.append(row)
        problem = _shown_problem(found)
        if problem:
            bundle.shown.setdefault(row.seq, problem)


def _seen(found: Mapping[str, Any]) -> Seen:
    if not all(
        isinstance(found[name], str) for name in ("at", "actor", "action", "subject", "stored", "previous", "hash")
    ):
        raise TypeError("a field is no text")
    if type(found["seq"]) is not int:
        raise TypeError("the number of a row is a whole number")
    return Seen(
        seq=found["seq"],
        at=dt.datetime.fromisoformat(found["at"]),
        actor=found["actor"],
        action=found["action"],
        subject=found["subject"],
        case=found["case"],
        detail=found["stored"],
        previous=found["previous"],
        hash=found["hash"],
        detail_hash=found["detail_hash"],
        dropped_at=None if found["dropped_at"] is None else dt.datetime.fromisoformat(found["dropped_at"]),
    )


def _shown_problem(found: Mapping[str, Any]) -> str:
    """Whether the readable detail is what the hash stands for; empty if so."""
    detail, stored = found["detail"], found["stored"]
    if not stored:
        return "" if detail == {} else "its detail was added"
    plain = json.loads(stored)
    sealed = plain.get(SEALED)
    names = [str(name) for name in sealed["fields"]] if isinstance(sealed, dict) else []
    open_part = {name: value for name, value in detail.items() if name in names}
    rest = {name: value for name, value in detail.items() if name not in names}
    if canonical_json(rest) != canonical_json({name: value for name, value in plain.items() if name != SEALED}):
        return "its readable detail was changed"
    if not isinstance(sealed, dict) or open_part == dict.fromkeys(names, ERASED):
        return ""
    return "" if fits_mark(sealed, open_part, salt=str(found.get("salt", ""))) else "its readable detail was changed"


def check_bundle(bundle: Bundle, *, pinned: str | None = None) -> tuple[ChainReport, Lineage]:
    """Check everything in a file, offline. `pinned`: the public key that one knows. The first problem wins."""
    lineage = read_lineage(bundle.checkpoints, pinned=pinned)
    report = walk(bundle.rows, anchors=lineage.anchors)
    in_file = _in_file(bundle, report)
    if in_file is not None and report.problem == UNSAID:  # the row that says so may be what is missing
        report = replace(report, broken_at=None, problem="")
    report = _earlier(report, in_file)
    if report.broken_at is None and lineage.problem:
        report = replace(report, broken_at=report.signed_up_to + 1, problem=lineage.problem)
    return replace(report, key=_key_id(lineage)), lineage


def _in_file(bundle: Bundle, report: ChainReport) -> tuple[int, str] | None:
    """What is wrong with the file besides the chain."""
    found = [(seq, why) for seq, why in bundle.shown.items()]
    if bundle.unreadable is not None:
        found.append(bundle.unreadable)
    elif bundle.checkpoints and bundle.checkpoints[-1].seq < len(bundle.rows):
        last = bundle.checkpoints[-1].seq
        found.append((last + 1, "the checkpoint that vouches for the last row is missing"))
    elif bundle.end is None:
        found.append((len(bundle.rows) + 1, "the end of the file is missing"))
    elif report.broken_at is None and bundle.end != (report.rows, report.head):
        found.append((min(bundle.end[0], report.rows) + 1, "rows at the end are missing or were added"))
    return min(found, default=None)


def _earlier(report: ChainReport, other: tuple[int, str] | None) -> ChainReport:
    if other is None or (report.broken_at is not None and report.broken_at <= other[0]):
        return report
    return replace(report, broken_at=other[0], problem=other[1])


def _key_id(lineage: Lineage) -> str:
    return PublicKey.read(lineage.keys[-1]).id if lineage.keys else ""
