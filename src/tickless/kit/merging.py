"""A table of records beside those that are there: what is new, what changes and how, what stays, what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from tickless.kit.cells import Column, read_cells, unknown_columns
from tickless.kit.tabular import Refusal, Row, Table, shown

R = TypeVar("R", bound=BaseModel)
Values = Mapping[str, object]
_MOST_ON_RECORD = 200


@dataclass(frozen=True)
class Reading(Generic[R]):
    """Records by the line they stand on, refused rows, columns that mean nothing here."""

    records: Mapping[int, R]
    refused: tuple[Refusal, ...] = ()
    ignored: tuple[str, ...] = ()

    def without(self, refused: Sequence[Refusal]) -> Reading[R]:
        """The same, with these rows refused as well."""
        lines = {refusal.line for refusal in refused}
        kept = {line: record for line, record in self.records.items() if line not in lines}
        return Reading(kept, tuple(sorted({*self.refused, *refused})), self.ignored)


@dataclass(frozen=True)
class Change:
    """One record that an import makes different. `line` is 0 where the file does not name it."""

    line: int
    key: str
    what: Literal["added", "changed", "deactivated"]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do. `written`: it was done."""

    kind: str
    changes: tuple[Change, ...]
    same: int
    refused: tuple[Refusal, ...]
    ignored: tuple[str, ...]
    written: bool

    def count(self, what: str) -> int:
        return sum(1 for change in self.changes if change.what == what)

    @property
    def refused_rows(self) -> int:
        return len({refusal.line for refusal in self.refused})

    def on_record(self) -> dict[str, Any]:
        """For the audit record: how many of each, and which records changed in which fields; no values."""
        told = self.changes[:_MOST_ON_RECORD]
        return {
            "added": self.count("added"),
            "changed": self.count("changed"),
            "deactivated": self.count("deactivated"),
            "same": self.same,
            "refused": self.refused_rows,
            "records": {change.key: [change.what, *change.fields] for change in told},
        }


def merge(
    table: Table,
    *,
    model: type[R],
    columns: Sequence[Column],
    identify: Callable[[Values], tuple[str, Values]],
    known: Mapping[str, R],
    defaults: Values,
) -> Reading[R]:
    """Each row over the record of its key, if there is one: a column that the file lacks leaves the field as it is, an empty
    cell empties it, and `defaults` fill what a new record still lacks. `identify` gives a row's key ("" where it does not say
    enough) and the values that follow from it."""
    records: dict[int, R] = {}
    lines: dict[str, int] = {}
    refused = list(table.refused)
    for row in table.rows:
        values, wrong = read_cells(row, columns)
        key, derived = identify(values)
        before = known.get(key)
        kept = before.model_dump() if before is not None else dict(defaults)
        whole = {**kept, **values, **derived}
        whole = {name: value if value is not None else defaults.get(name) for name, value in whole.items()}
        whole = {name: value for name, value in whole.items() if value is not None}
        wrong += tuple(
            Refusal(row.line, column.field, "is missing", f"add a column {column.field!r} with a value in each row")
            for column in columns
            if column.needed and column.field not in whole and column.field not in {one.field for one in wrong}
        )
        if not wrong and lines.setdefault(key, row.line) != row.line:
            wrong = (Refusal(row.line, "", f"{shown(key)} is on line {lines[key]} too", "keep one of them"),)
        made = None if wrong else _made(model, whole, row)
        if isinstance(made, model):
            records[row.line] = made
        else:
            refused += wrong or (made if isinstance(made, tuple) else ())
    return Reading(records, tuple(sorted(refused)), unknown_columns(table.rows, columns))


def _made(model: type[R], values: dict[str, Any], row: Row) -> R | tuple[Refusal, ...]:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        return tuple(
            Refusal(row.line, ".".join(str(part) for part in found["loc"]), found["msg"][:200], "correct the value")
            for found in error.errors(include_input=False, include_url=False, include_context=False)
        )


def settle(
    kind: str,
    reading: Reading[R],
    *,
    known: Mapping[str, R],
    key_of: Callable[[R], str],
    put: Callable[[Iterable[R]], None] | None,
    partial: bool,
    quiet: frozenset[str] = frozenset(),
    gone: Sequence[R] = (),
) -> Outcome:
    """Put what is new or different: everything or nothing, or with `partial` what is not refused; without `put` only say so.

    A field in `quiet` alone makes no change, but is put. `gone`: records that the file lacks, as they are to become.
    """
    changes = changes_of(reading, known=known, key_of=key_of, quiet=quiet)
    written = put is not None and (partial or not reading.refused)
    if put is not None and written:
        lines = {change.line for change in changes}
        put(record for line, record in reading.records.items() if quiet or line in lines)
        put(gone)
    same = len(reading.records) - len(changes)
    pruned = (Change(0, key_of(record), "deactivated", ("active",)) for record in gone)
    return Outcome(kind, (*changes, *pruned), same, reading.refused, reading.ignored, written)


def new_key(made: str, known: Mapping[str, object]) -> str:
    """A key made of a name, if it is free: a made key never leads to a record that is there already."""
    key = made[:64]
    return "" if key in known else key


def changes_of(
    reading: Reading[R], *, known: Mapping[str, R], key_of: Callable[[R], str], quiet: frozenset[str] = frozenset()
) -> tuple[Change, ...]:
    """What is added or changed, in the order of the file; a field in `quiet` alone makes no change."""
    found: list[Change] = []
    for line, record in reading.records.items():
        key = key_of(record)
        before = known.get(key)
        if before is None:
            found.append(Change(line, key, "added"))
            continue
        fields = tuple(
            name for name in type(record).model_fields
            if name not in quiet and getattr(before, name) != getattr(record, name)
        )  # fmt: skip
        if fields:
            found.append(Change(line, key, "changed", fields))
    return tuple(found)
