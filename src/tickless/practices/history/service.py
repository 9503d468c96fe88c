"""Takes rows in, batch by batch: what came of a batch and how far it was are one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from tickless.domain.history import TicketHistory
from tickless.domain.history_import import ColumnMapping, HistoryImport, RefusedHistoryRow
from tickless.domain.record import Untrusted
from tickless.journal import Tx
from tickless.kit.redaction import redact_personal
from tickless.practices.history.entries import Entry, Reader, Refused, event_key, ticket_id
from tickless.practices.history.folding import fold
from tickless.practices.history.reading import Cells

BATCH = 1_000
_CELLS, _CELL = 60, 300


@dataclass
class Taken:
    """What came of a batch."""

    new: int = 0
    changed: int = 0
    same: int = 0


@dataclass
class Batch:
    """Rows that were read, before they are stored. `last` is the number of the last of them."""

    last: int
    entries: list[Entry] = field(default_factory=list)
    refused: list[RefusedHistoryRow] = field(default_factory=list)


def read_batch(job: HistoryImport, rows: Iterable[tuple[int, Cells | Refused, Cells]], reader: Reader) -> Batch:
    """What these rows say; needs no transaction."""
    batch = Batch(job.rows)
    for row, cells, shown in rows:
        batch.last = row
        read = cells if isinstance(cells, Refused) else reader.read(cells, row)
        if isinstance(read, Refused):
            batch.refused.append(_refused(job, row, read, shown, reader.mapping))
        else:
            batch.entries.append(read)
    return batch


def take_batch(tx: Tx, job: HistoryImport, batch: Batch) -> Taken:
    """Store what the rows say. The same rows again change nothing."""
    taken = Taken()
    if job.mapping.layout == "events":
        _take_events(tx, job, batch.entries, taken)
    else:
        _take_tickets(tx, job, batch.entries, taken)
    tx.history_refused.put_all(batch.refused)
    return taken


def _take_tickets(tx: Tx, job: HistoryImport, entries: list[Entry], taken: Taken) -> None:
    """One row, one ticket; what is older than what is known is left."""
    by_id: dict[str, Entry] = {}
    for entry in entries:
        identity = ticket_id(job.source, entry["number"])
        before = by_id.get(identity)
        if before is not None:
            taken.same += 1
            if entry.get("updated", "") < before.get("updated", ""):
                continue
        by_id[identity] = entry
    made = [fold(job.source, [entry], job.mapping) for entry in by_id.values()]
    _put(tx, made, taken)


def _put(tx: Tx, made: list[TicketHistory], taken: Taken) -> None:
    known = tx.stored_bodies(ticket.id for ticket in made)
    fresh = []
    for ticket in made:
        before = known.get(ticket.id)
        if before is None:
            taken.new += 1
        elif _same(before[1], ticket) or (
            before[0] is not None and ticket.updated_at is not None and ticket.updated_at < before[0]
        ):
            taken.same += 1
            continue
        else:
            taken.changed += 1
        fresh.append(ticket)
    tx.put_histories(fresh)


def _same(stored: str, ticket: TicketHistory) -> bool:
    """Whether it says nothing new; what was stored before a field was known is read to tell."""
    return stored == ticket.model_dump_json() or TicketHistory.model_validate_json(stored) == ticket


def _take_events(tx: Tx, job: HistoryImport, entries: list[Entry], taken: Taken) -> None:
    """Rows of the same ticket are put together with those that came before."""
    rows = [{"ticket": ticket_id(job.source, entry["number"]), "key": event_key(entry), "row": entry["row"],
             "body": json.dumps(entry)} for entry in entries]  # fmt: skip
    new = tx.add_events(rows)
    taken.same += len(rows) - new
    if not new:
        return
    events = tx.events_of(row["ticket"] for row in rows)
    made = [fold(job.source, [json.loads(body) for _, body in sorted(found)], job.mapping) for found in events.values()]
    known = tx.stored_bodies(ticket.id for ticket in made)
    fresh = [ticket for ticket in made if ticket.id not in known]
    taken.new += len(fresh)
    taken.changed += new - len(fresh)
    tx.put_histories(made)


def _refused(job: HistoryImport, row: int, why: Refused, cells: Cells, mapping: ColumnMapping) -> RefusedHistoryRow:
    """With its cells, tamed and without personal data: enough to find the row in the file and mend it."""
    column = next((column for name, column in mapping.columns.items() if name == why.field), why.field)
    people = {mapping.columns.get(name) for name in ("caller", "opened_by", "assignee", "resolved_by")}
    kept = {Untrusted(name).tame(80): redact_personal(Untrusted(cell).tame(_CELL))
            for name, cell in list(cells.items())[:_CELLS] if name not in people}  # fmt: skip
    return RefusedHistoryRow(
        id=f"{job.id}-{row:010d}", import_id=job.id, row=row, field=column, reason=why.reason, mend=why.mend, cells=kept
    )
