"""T6: whatever is done to the audit record, in the database or in an exported file, is found, and located at the right row."""

from __future__ import annotations

import datetime as dt
import json
import random
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.report import Bench, CannotRun, Outcome, Task
from tickless.domain.person import Person
from tickless.journal import Journal
from tickless.journal.audit import Audit
from tickless.journal.audit_checkpoints import Checkpoint, Checkpoints, read_lineage
from tickless.journal.audit_export import check_bundle, ending, read_bundle, row_line
from tickless.journal.audit_people import person_in
from tickless.journal.audit_rows import AuditRow, text_hash
from tickless.journal.columns import EPOCH
from tickless.kit.signing import SigningKey

ROWS, SIGNED = 60, (20, 40, 60)
"""Rows of the record, and after which of them a checkpoint is signed."""
IN_DATABASE, IN_FILE = 1_500, 8_000
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
COLUMNS = ("at", "actor", "action", "subject", "case", "detail", "previous", "hash", "detail_hash", "dropped_at")
KINDS = ("column", "forged_row", "body", "removed", "swapped", "moved", "inserted", "cut", "appended", "rewritten")
FILE_KINDS = ("field", "shown", "removed", "swapped", "moved", "inserted", "cut", "garbled", "checkpoint", "end")


def run(task: Task) -> Outcome:
    """Tamper with a record that was made here, or with the exports in `--data`."""
    rng = random.Random(6)
    tally: Counter[str] = Counter()
    missed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="tickless-t6-") as folder:
        url = f"sqlite:///{folder}/main.db"
        with closing(Journal(main_url=url, log_url=f"sqlite:///{folder}/log.db")) as journal:
            key = make_record(journal)
            if task.data is None:
                in_database(journal, rng, tally, missed)
                task.say(
                    f"database: {tally['db']} tamperings, {tally['db_found']} found, {tally['db_located']} located"
                )
            files = exports_in(task.data) if task.data else [export_of(journal)]
    for lines in files:
        in_file(lines, rng, tally, missed, pinned=None if task.data else key.public.text, times=IN_FILE // len(files))
    return Outcome(
        {
            "tamperings": tally["db"] + tally["file"],
            "found": _share(tally["db_found"] + tally["file_found"], tally["db"] + tally["file"]),
            "located": _share(tally["db_located"] + tally["file_located"], tally["db"] + tally["file"]),
            "false_alarms": tally["false_alarms"],
        },
        exposure="tamperings are generated; nothing was tuned on them",
        data={"rows": ROWS, "in_the_database": tally["db"], "in_a_file": tally["file"], "files": len(files)},
        details={"missed": missed[:50]},
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def make_record(journal: Journal) -> SigningKey:
    """A record with sealed words, with three signed checkpoints, and with bodies that retention took."""
    journal.migrate()
    key = SigningKey.new()
    with journal.write() as tx:
        person = Person(id="p1", username="ada", name="Ada Byron", email="ada@x.example", department="")
        tx.people.put(person)
        for number in range(1, ROWS + 1):
            now = NOW + dt.timedelta(seconds=number)
            detail: dict[str, Any] = {"number": number, "why": f"because of {number}", "ü": [None, True]}
            action = "case.open"
            if number == 30:
                taken = tx.audit.drop_bodies([5, 6, 7], at=now)
                detail, action = {"ranges": [[5, 7]], "rows": taken}, "audit.dropped"
            about = "p1" if number % 2 else None
            case = f"case_{number % 7}" if number % 3 else None
            tx.audit.append(at=now, actor=f"a{number}", action=action,
                            subject=f"s{number}", case=case, detail=detail, person=about)  # fmt: skip
            if number in SIGNED:
                kept = Checkpoints(tx.connection)
                if number == SIGNED[0]:
                    kept.add("first", head=(0, "0" * 64), key=key.public.text, signer=key, at=NOW)
                kept.add("head", head=tx.audit.head(), key=key.public.text, signer=key, at=NOW)
    return key


# In the database


def in_database(journal: Journal, rng: random.Random, tally: Counter[str], missed: list[str]) -> None:
    with journal.engine.connect() as connection:
        anchors = read_lineage(Checkpoints(connection).all()).anchors
        tally["false_alarms"] += Audit(connection).verify(anchors).broken_at is not None
        rows = [dict(row._mapping) for row in connection.execute(sa.text("SELECT * FROM audit ORDER BY seq"))]
        connection.rollback()
        for number in range(IN_DATABASE):
            kind = KINDS[number % len(KINDS)]
            expected = tamper(connection, rows, kind, rng)
            report = Audit(connection).verify(anchors)
            connection.rollback()
            _count(
                tally,
                "db",
                found=report.broken_at,
                expected=expected,
                missed=missed,
                told=f"database: {kind}: {report}",
            )


def _count(
    tally: Counter[str], where: str, *, found: int | None, expected: frozenset[int], missed: list[str], told: str
) -> None:
    tally[where] += 1
    tally[f"{where}_found"] += found is not None
    tally[f"{where}_located"] += found in expected
    if found not in expected:
        missed.append(f"{told} expected {sorted(expected)}")


def tamper(connection: sa.Connection, rows: list[dict[str, Any]], kind: str, rng: random.Random) -> frozenset[int]:
    """Do it, as somebody with the database's password would; returns where it has to be found."""
    at = rng.randrange(ROWS)
    row, seq = rows[at], rows[at]["seq"]
    if kind == "column":
        name = rng.choice(COLUMNS)
        _set(connection, seq, {name: other_value(row, name, rng)})
    elif kind == "forged_row":
        detail = '{"number":0}'
        forged = {**row, "detail": detail, "detail_hash": text_hash(detail), "actor": "mallory", "dropped_at": None}
        _set(connection, seq, {**forged, "hash": _hash(forged)})
        return frozenset({seq, seq + 1})
    elif kind == "body":
        while row["dropped_at"] is not None or row["action"] == "audit.dropped":
            row = rows[rng.randrange(ROWS)]
        _set(connection, row["seq"], {"detail": "", "dropped_at": 1})
        return frozenset({row["seq"]})
    elif kind == "removed":
        connection.execute(sa.text("DELETE FROM audit WHERE seq=:s"), {"s": seq})
    elif kind == "swapped":
        other = rows[(at + rng.randrange(1, ROWS)) % ROWS]
        _lay(connection, [{**row, "seq": other["seq"]}, {**other, "seq": seq}])
        return frozenset({min(seq, other["seq"])})
    elif kind == "moved":
        to = (at + rng.randrange(1, ROWS)) % ROWS
        order = [*rows[:at], *rows[at + 1 :]]
        order.insert(to, row)
        _lay(connection, [{**one, "seq": place} for place, one in enumerate(order, start=1)])
        return frozenset({min(at, to) + 1})
    elif kind == "inserted":
        order = [*rows[: at + 1], row, *rows[at + 1 :]]
        _lay(connection, [{**one, "seq": place} for place, one in enumerate(order, start=1)])
        return frozenset({seq + 1})
    elif kind == "cut":
        connection.execute(sa.text("DELETE FROM audit WHERE seq>=:s"), {"s": seq})
        _head(connection, seq - 1, rows[at - 1]["hash"] if at else "0" * 64)
    elif kind == "appended":
        added = {**row, "seq": ROWS + 1, "previous": rows[-1]["hash"], "actor": "mallory"}
        _lay(connection, [{**added, "hash": _hash(added)}])
        return frozenset({ROWS + 1})
    else:
        return rewrite(connection, rows, at)
    return frozenset({seq})


def rewrite(connection: sa.Connection, rows: list[dict[str, Any]], at: int) -> frozenset[int]:
    """From one row on everything is made anew, hashes and head included. Only what was signed says so: the row after the last
    checkpoint that still fits is the one to be named."""
    previous = rows[at - 1]["hash"] if at else "0" * 64
    made = []
    for row in rows[at:]:
        forged = {**row, "actor": "mallory", "previous": previous}
        made.append({**forged, "hash": _hash(forged)})
        previous = made[-1]["hash"]
    _lay(connection, made)
    _head(connection, ROWS, previous)
    return frozenset({max((one for one in (0, *SIGNED) if one <= at), default=0) + 1})


def other_value(row: dict[str, Any], name: str, rng: random.Random) -> Any:
    """Something else than what stands there."""
    value = row[name]
    if name in {"at", "dropped_at"}:
        return (value or 0) + rng.randrange(1, 1_000_000)
    if name == "case":
        return None if value else "case_x"
    if name == "detail":
        return (value or "{}") + " "
    if value is None:
        return "x"
    place = rng.randrange(len(value))
    return value[:place] + ("0" if value[place] != "0" else "1") + value[place + 1 :]


def _hash(row: dict[str, Any]) -> str:
    fields = {name: row[name] for name in ("seq", "actor", "action", "subject", "case", "previous", "detail_hash")}
    return AuditRow(**fields, at=EPOCH + dt.timedelta(microseconds=row["at"]), detail={}, hash="").computed()


def _set(connection: sa.Connection, seq: int, values: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"=:{name}' for name in values)
    connection.execute(sa.text(f"UPDATE audit SET {names} WHERE seq=:the_row"), {**values, "the_row": seq})


def _lay(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    """Put these rows in their places."""
    for row in rows:
        connection.execute(sa.text("DELETE FROM audit WHERE seq=:s"), {"s": row["seq"]})
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join(f":{name}" for name in row)
        connection.execute(sa.text(f"INSERT INTO audit ({names}) VALUES ({marks})"), row)


def _head(connection: sa.Connection, value: int, hashed: str) -> None:
    connection.execute(sa.text("UPDATE counters SET value=:v, hash=:h WHERE name='audit'"), {"v": value, "h": hashed})


# In a file


def export_of(journal: Journal) -> list[str]:
    with journal.read() as tx:
        people, rows = tx.audit.people, tx.audit.rows(limit=ROWS)
        lines = [row_line(row, key=people.key_of(person_in(row.stored))) for row in rows]
        lines += list(ending(Checkpoints(tx.connection).all(), rows=ROWS, head=rows[-1].hash))
    return [json.dumps(line, ensure_ascii=False) for line in lines]


def exports_in(folder: Path) -> list[list[str]]:
    found = [path.read_text(encoding="utf-8").splitlines() for path in sorted(folder.glob("*.jsonl"))]
    if not found:
        raise CannotRun("the folder holds no *.jsonl, as `tickless audit export` writes it")
    return found


def in_file(
    lines: list[str], rng: random.Random, tally: Counter[str], missed: list[str], *, pinned: str | None, times: int
) -> None:
    tally["false_alarms"] += check_bundle(read_bundle(lines), pinned=pinned)[0].broken_at is not None
    rows = sum(1 for line in lines if not line.startswith(('{"checkpoint"', '{"end"')))
    for number in range(times):
        kind = FILE_KINDS[number % len(FILE_KINDS)]
        made = tamper_file(lines, rows, kind, rng)
        if made is None:
            continue
        tampered, expected = made
        report = check_bundle(read_bundle(tampered), pinned=pinned)[0]
        told = f"file: {kind}: {report.problem} at {report.broken_at}"
        _count(tally, "file", found=report.broken_at, expected=expected, missed=missed, told=told)


def tamper_file(lines: list[str], rows: int, kind: str, rng: random.Random) -> tuple[list[str], frozenset[int]] | None:
    """The lines as somebody left them, and where that has to be found; None where it cannot be done to this file."""
    at = rng.randrange(rows)
    row, tail = json.loads(lines[at]), lines[at + 1 :]
    if kind == "field":
        name = rng.choice(["actor", "action", "subject", "case", "stored", "previous", "hash", "detail_hash", "at"])
        row[name] = "2020-01-01T00:00:00+00:00" if name == "at" else f"{row[name]}x"
        return [*lines[:at], json.dumps(row), *tail], frozenset({at + 1})
    if kind == "shown":
        row["detail"] = {**row["detail"], rng.choice(["why", "number", "new"]): "something else"}
        return [*lines[:at], json.dumps(row), *tail], frozenset({at + 1})
    if kind == "removed":
        return [*lines[:at], *tail], frozenset({at + 1})
    if kind in {"swapped", "moved"}:
        to = (at + rng.randrange(1, rows)) % rows
        order = [*lines[:at], *tail] if kind == "moved" else list(lines)
        if kind == "moved":
            order.insert(to, lines[at])
        else:
            order[at], order[to] = order[to], order[at]
        return order, frozenset({min(at, to) + 1})
    if kind == "inserted":
        return [*lines[: at + 1], lines[at], *tail], frozenset({at + 1, at + 2})
    if kind == "cut":
        return lines[: at + 1], frozenset({at + 2})
    if kind == "garbled":
        return [*lines[:at], lines[at][: rng.randrange(1, len(lines[at]))], *tail], frozenset({at + 1})
    return _tamper_end(lines, rows, kind, rng)


def _tamper_end(lines: list[str], rows: int, kind: str, rng: random.Random) -> tuple[list[str], frozenset[int]] | None:
    anywhere = frozenset(range(1, rows + 2))
    if kind == "end":
        changed = json.loads(lines[-1])
        changed["end"]["rows"] += rng.choice([-1, 1])
        return [*lines[:-1], rng.choice([json.dumps(changed), ""])], frozenset({rows, rows + 1})
    places = [place for place, line in enumerate(lines) if line.startswith('{"checkpoint"')]
    if not places:
        return None
    place = rng.choice(places)
    found = Checkpoint.model_validate(json.loads(lines[place])["checkpoint"])
    changed = found.model_copy(update={rng.choice(["hash", "previous", "signature"]): "a" * 64})
    line = json.dumps({"checkpoint": changed.model_dump(mode="json")})
    return rng.choice([[*lines[:place], *lines[place + 1 :]], [*lines[:place], line, *lines[place + 1 :]]]), anywhere


BENCH = Bench(
    id="T6",
    title="audit record: tampering found and located",
    bar={"found_min": 1.0, "located_min": 1.0, "false_alarms_max": 0},
    run=run,
    takes_data=True,
    about="Rows changed, removed, swapped, moved, inserted, cut off or written anew with all hashes, in the database and in an "
    "export. A record that was written anew hangs together: there the row after the last signed checkpoint that fits is named.",
)
