"""Proposes what a file's columns mean, by their names and by what stands in them, and says why. Pure."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from tickless.domain.history import HistoryState
from tickless.domain.history_import import ColumnMapping, HistoryField, Layout
from tickless.practices.history.entries import RANKS, STAMPS
from tickless.practices.history.stamps import Order, likeliest, read_stamp, seconds_of_unit
from tickless.practices.history.words import EITHER, NAMES, NOTHING, plain, state_of

FIELDS: tuple[HistoryField, ...] = get_args(HistoryField)
Cells = Mapping[str, str]
_ENDINGS = (
    " user names",
    " user name",
    " names",
    " display name",
    " displayname",
    " name",
    " summary",
    " display value",
    " value",
    " email address",
    " key",
    " label",
)
_FILLED = 0.05
_RANKS = 5
"""1 … 5: priorities and their like."""
_NEW = {"new", "to do", "todo", "submitted"}
"""Where one of these stands, too, “open” is what is being worked on."""
_SENTENCE, _PHRASE = 8, 4
"""Words of a median cell: so many are no code at all; so many are none where most cells differ."""


@dataclass(frozen=True)
class Guess:
    """A mapping, what speaks for each part of it, and what a person should look at."""

    mapping: ColumnMapping
    why: dict[HistoryField, str]
    doubts: tuple[str, ...]
    unused: tuple[str, ...]
    states: dict[str, HistoryState | None]
    """Every word of a state that the sample has; None: unknown, and to be said by a person."""


def guess(header: Sequence[str], sample: Sequence[Cells], *, zone: str = "UTC") -> Guess:
    """What the columns mean, from their names and some hundred rows."""
    filled = {name: _share(sample, name) for name in header}
    columns: dict[HistoryField, str] = {}
    why: dict[HistoryField, str] = {}
    for field, column, reason in _by_name(header, filled, sample):
        if field not in columns and column not in columns.values():
            columns[field], why[field] = column, reason
    order, sure = _order(columns, sample)
    doubts = [] if sure else ["Times can be read day first and month first: look at the example below."]
    for field in [field for field in columns if field in STAMPS]:
        if not _all_stamps(sample, columns[field], order):
            doubts.append(f"“{columns[field]}” is named like a time, but holds other things: it is left out.")
            del columns[field], why[field]
    doubts += [doubt for field in RANKS if (doubt := _other_scale(columns, why, field, sample))]
    layout = _layout(columns, sample)
    if layout == "events" and "updated" not in columns:
        layout = "tickets"
    words = _words(sample, columns.get("state"))
    ends = any(state in {"resolved", "closed", "cancelled"} for state in words.values())
    last_closes = layout == "events" and not ends and not {"closed", "resolved"} & set(columns)
    if last_closes:
        doubts.append("No state and no column says that a ticket is over: its last event is taken for its end.")
    if "number" not in columns:
        doubts.append("No column looks like the ticket's number: choose it.")
    if "opened" not in columns and layout == "tickets":
        doubts.append("No column says when a ticket was opened: figures over time need it.")
    mapping = ColumnMapping(layout=layout, columns=columns, order=order, zone=zone, last_closes=last_closes,
                            states={word.lower(): state for word, state in words.items() if state is not None})  # fmt: skip
    unused = tuple(name for name in header if name not in columns.values())
    return Guess(mapping, why, tuple(doubts), unused, words)


def _by_name(
    header: Sequence[str], filled: Mapping[str, float], sample: Sequence[Cells]
) -> list[tuple[HistoryField, str, str]]:
    """Fields with the column that is named best for them; columns that are nearly empty only where nothing else fits."""
    found: list[tuple[int, int, HistoryField, str, str]] = []
    names = {column: _names(column) for column in header}
    for place, field in enumerate(FIELDS):
        for rank, wanted in enumerate(NAMES[field]):
            for column, called in names.items():
                if wanted not in called:
                    continue
                either = wanted in EITHER
                if either and _in_sentences(sample, column) != (field == "resolution"):
                    continue
                poor = 100 if filled[column] < _FILLED else 0
                told = " and holds sentences" if either and field == "resolution" else ""
                found.append((rank + called.index(wanted) * 2 + poor, place, field, column,
                              f"it is called “{column}”{told}"))  # fmt: skip
    return [(field, column, reason) for _, _, field, column, reason in sorted(found)]


def _names(column: str) -> list[str]:
    """The ways in which a column's name can be understood, the whole first."""
    whole = plain(column).removeprefix("fields ").removeprefix("attributes ")
    short = next((whole.removesuffix(ending) for ending in _ENDINGS if whole.endswith(ending)), whole)
    return list(dict.fromkeys((whole, short)))


def _in_sentences(sample: Sequence[Cells], column: str) -> bool:
    """Whether people wrote what stands there: codes are short, on one line without markup, and there are few of them."""
    values = _values(sample, column)
    if not values:
        return False
    words = statistics.median(_SENTENCE if "\n" in value or "</" in value else len(value.split()) for value in values)
    return words >= _SENTENCE or (words >= _PHRASE and 2 * len(set(values)) > len(values))


def _share(sample: Sequence[Cells], column: str) -> float:
    return sum(row.get(column, "").strip().lower() not in NOTHING for row in sample) / len(sample) if sample else 0.0


def _values(sample: Sequence[Cells], column: str) -> list[str]:
    found = (row.get(column, "").strip() for row in sample)
    return [value for value in found if value.lower() not in NOTHING]


def _order(columns: Mapping[HistoryField, str], sample: Sequence[Cells]) -> tuple[Order, bool]:
    stamps = [_values(sample, columns[field]) for field in STAMPS
              if field in columns and not seconds_of_unit(columns[field])]  # fmt: skip
    order, sure = likeliest([values for values in stamps if values and likeliest([values])[0] is not None])
    return (order or "iso"), sure


def _all_stamps(sample: Sequence[Cells], column: str, order: Order) -> bool:
    if seconds_of_unit(column):
        return True
    values = _values(sample, column)
    read = [read_stamp(value, order, "UTC") or read_stamp(value, "iso", "UTC") for value in values]
    return not values or sum(one is not None for one in read) * 2 > len(values)


def _other_scale(
    columns: dict[HistoryField, str], why: dict[HistoryField, str], field: HistoryField, sample: Sequence[Cells]
) -> str | None:
    """Leaves out ranks that count another way, and says so: Request Tracker's priorities go from 0 to 100, and up."""
    column = columns.get(field)
    if column is None or not any(value.isdecimal() and int(value) > _RANKS for value in _values(sample, column)):
        return None
    del columns[field], why[field]
    return f"“{column}” holds numbers above {_RANKS}, so that 1 may not be the most urgent in it: it is left out."


def _layout(columns: Mapping[HistoryField, str], sample: Sequence[Cells]) -> Layout:
    """An event log names its tickets again and again."""
    if "number" not in columns:
        return "tickets"
    numbers = Counter(_values(sample, columns["number"]))
    return "events" if numbers and sum(numbers.values()) >= 1.3 * len(numbers) else "tickets"


def _words(sample: Sequence[Cells], column: str | None) -> dict[str, HistoryState | None]:
    if column is None:
        return {}
    steps = plain(column).startswith("activity")  # numbers of activities are anybody's own
    found = sorted(set(_values(sample, column)))[:200]
    known = {word: None if steps and word.isdecimal() else state_of(word) for word in found}
    if _NEW & {word.lower() for word in found}:
        known |= dict.fromkeys((word for word in found if word.lower() == "open"), "active")
    return known
