"""The audit record as lines of JSON, for whichever door is asked for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Literal

from tickless import __version__
from tickless.flow.desk.promise import Desk
from tickless.journal import Tx
from tickless.journal.audit_checkpoints import Checkpoints
from tickless.journal.audit_export import ending, row_line
from tickless.journal.audit_forms import cloud_event, ocsf
from tickless.journal.audit_people import person_in
from tickless.journal.audit_rows import AuditRow

Form = Literal["jsonl", "ocsf", "cloudevents"]


def exported(desk: Desk, *, form: Form, sealed: bool = False) -> Iterator[str]:
    """The lines, each with its line break. What is added while it is written is left out."""
    with desk.journal.read() as tx:
        rows, head = tx.audit.head()
        checkpoints = [one for one in Checkpoints(tx.connection).all() if one.seq <= rows]
    if checkpoints and checkpoints[-1].key == desk.record.keys().own.text:  # what came since is not vouched for yet
        rows, head = checkpoints[-1].seq, checkpoints[-1].hash
    line = _lines_of(form, desk, sealed=sealed)
    after = 0
    while after < rows:
        with desk.journal.read() as tx:
            batch = [row for row in tx.audit.rows(after=after, limit=500) if row.seq <= rows]
            text = "".join(_json(line(tx, row)) for row in batch)
        if not batch:
            break
        yield text
        after = batch[-1].seq
    if form == "jsonl":
        yield "".join(_json(one) for one in ending(checkpoints, rows=rows, head=head))


def _lines_of(form: Form, desk: Desk, *, sealed: bool) -> Callable[[Tx, AuditRow], dict[str, Any]]:
    if form == "ocsf":
        return lambda tx, row: ocsf(_shut(row) if sealed else row, version=__version__)
    if form == "cloudevents":
        return lambda tx, row: cloud_event(_shut(row) if sealed else row, source="/tickless/audit")
    return lambda tx, row: row_line(row, key=None if sealed else tx.audit.people.key_of(person_in(row.stored)))


def _shut(row: AuditRow) -> AuditRow:
    shut = row_line(row)["detail"]
    return AuditRow(**{**row.__dict__, "detail": shut})


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
