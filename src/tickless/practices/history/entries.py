"""One row of a source becomes what it says of a ticket, or the reason why it is not taken. Pure.

An entry is a plain dictionary, so that a million of them stay cheap: `number`, `row`,
and every field that the row speaks of. Stamps
are ISO 8601 in UTC, so that it can be kept as JSON.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tickless.domain.history_import import ColumnMapping, HistoryField
from tickless.domain.record import Untrusted
from tickless.kit.redaction import MASK, redact_personal
from tickless.practices.history.markup import without_markup
from tickless.practices.history.stamps import minutes_of, read_stamp, seconds_of_unit
from tickless.practices.history.words import LONGEST_NOTHING, NOTHING, flag_of, kind_of, priority_of, state_of

Entry = dict[str, Any]
STAMPS: tuple[HistoryField, ...] = ("opened", "acknowledged", "responded", "resolved", "closed", "updated", "sla_due")
PEOPLE: tuple[HistoryField, ...] = ("caller", "opened_by", "assignee", "resolved_by")
LINES: tuple[HistoryField, ...] = (
    "category", "subcategory", "category_item", "service", "item", "channel", "location", "team", "problem", "change",
    "caused_by", "known_error", "close_code")  # fmt: skip
RANKS: tuple[HistoryField, ...] = ("priority", "impact", "urgency")
FLAGS: tuple[HistoryField, ...] = ("sla_made", "knowledge_used")
COUNTS: tuple[HistoryField, ...] = ("reopen_count", "reassignment_count", "updates")
WHOLE = (0, 999_999_999)
SCALES: dict[HistoryField, tuple[int, int]] = {"effort": WHOLE, "rating": WHOLE, "recommend": (0, 10)}
"""Numbers that need not be whole: the least and the most."""
LINE, TITLE, TEXT, RESOLUTION = 200, 200, 4_000, 2_000
_MARKUP = 4
"""So many times as long a resolution may be before its markup is taken out."""
_SHORTEST_NAME = 5
_LONGEST = 20 * 366 * 86_400
_PLAIN = re.compile(r"[^A-Za-z0-9.-]")
_UNSET = ("1970-01-01", "0000-00-00")
"""How some systems write that a time is not set."""
_WRITTEN = {
    "iso": "like 2026-03-04 10:15",
    "dmy": "day first, like 31/12/2026 10:15",
    "mdy": "month first, like 12/31/2026 10:15",
    "ymd": "year first, like 2026/12/31 10:15",
    "epoch": "in seconds or milliseconds since 1970",
}


@dataclass(frozen=True)
class Refused:
    """Why a row is not taken."""

    field: str
    reason: str
    mend: str


class Reader:
    """Reads the rows of one source. `secret` makes its pseudonyms."""

    def __init__(self, mapping: ColumnMapping, secret: str) -> None:
        self.mapping = mapping
        self._columns = tuple(mapping.columns.items())
        self._since = {field: unit for field in STAMPS if (unit := seconds_of_unit(mapping.columns.get(field, "")))}
        self._key = bytes.fromhex(secret)
        self._pseudonym = lru_cache(maxsize=50_000)(self._made_pseudonym)

    def read(self, cells: Mapping[str, str], row: int) -> Entry | Refused:
        """What the row says. Cells that say nothing are left out."""
        said = {field: value for field, column in self._columns if (value := cells.get(column, "").strip())
                and (len(value) > LONGEST_NOTHING or value.lower() not in NOTHING)}  # fmt: skip
        number = said.get("number", "")
        if not number:
            return Refused("number", "the row does not say which ticket it is about",
                           "fill the column, or map another one to it")  # fmt: skip
        entry: Entry = {"number": Untrusted(number).tame(100), "row": row}
        refused = self._stamps(said, entry) or self._numbers(said, entry)
        if refused is not None:
            return refused
        if self.mapping.layout == "events" and "updated" not in entry:
            return Refused("updated", "the row does not say when it happened",
                           "fill the column, or map another one to it")  # fmt: skip
        self._words(said, entry)
        return entry

    def _stamps(self, said: Mapping[HistoryField, str], entry: Entry) -> Refused | None:
        mapping = self.mapping
        for field in STAMPS:
            text = said.get(field)
            if text is None or text.startswith(_UNSET):
                continue
            if field in self._since:
                if (later := _later(entry.get("opened"), text, self._since[field])) is None:
                    return Refused(field, f"{Untrusted(text).tame(40)!r} is no time after the ticket was opened",
                                   "mend the cell, map the column of when it was opened, or leave this one out")  # fmt: skip
                entry[field] = later
                continue
            found = read_stamp(text, mapping.order, mapping.zone) or read_stamp(text, "iso", mapping.zone)
            if found is None:
                shown = Untrusted(text).tame(40)
                return Refused(field, f"{shown!r} is no time that is written {_WRITTEN[mapping.order]}",
                               "mend the cell, or choose another way of writing times for this source")  # fmt: skip
            entry[field] = found.isoformat()
        return None

    def _numbers(self, said: Mapping[HistoryField, str], entry: Entry) -> Refused | None:
        for field in (*COUNTS, *SCALES):
            text = said.get(field)
            if text is None:
                continue
            number = _number(text) if field != "effort" else minutes_of(text)
            number = -1.0 if number is None else number
            least, most = SCALES.get(field, WHOLE)
            if not least <= number <= most:
                shown = f"{Untrusted(text).tame(40)!r} is no number"
                told = shown if most == WHOLE[1] else f"{shown} from {least} to {most}"
                return Refused(field, told, "mend the cell, or leave the column out")
            entry[field] = int(number) if field in COUNTS else number
        return None

    def _words(self, said: Mapping[HistoryField, str], entry: Entry) -> None:
        if "state" in said:
            entry["said"] = _line(said["state"])
            word = said["state"].lower()
            state = self.mapping.states.get(word) or (None if word.isdecimal() else state_of(word))
            if state is not None:
                entry["state"] = state
        for field in LINES:
            if field in said:
                entry[field] = _line(said[field])
        for rank in RANKS:
            if rank in said and (found := priority_of(said[rank])) is not None:
                entry[rank] = found
        for flag in FLAGS:
            if flag in said and (known := flag_of(said[flag])) is not None:
                entry[flag] = known
        entry["kind"] = (kind_of(said["kind"]) if "kind" in said else None) or self.mapping.kind
        for person in PEOPLE:
            if person in said:
                entry[person] = self._pseudonym(said[person])
        self._texts(said, entry)

    def _texts(self, said: Mapping[HistoryField, str], entry: Entry) -> None:
        """Free text, without the people of the row."""
        names = [said[person] for person in PEOPLE if len(said.get(person, "")) >= _SHORTEST_NAME]
        if "title" in said:
            entry["title"] = _told(said["title"], TITLE, names)
        if "text" in said:
            entry["text"] = _told(said["text"], TEXT, names)
        if "resolution" in said and (helped := _resolution(said["resolution"], names)).lower() not in NOTHING:
            entry["resolution"] = helped

    def _made_pseudonym(self, name: str) -> str:
        plain = " ".join(name.split()).casefold()
        return "anyone_" + hmac.new(self._key, plain.encode(errors="replace"), hashlib.sha256).hexdigest()[:16]


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def _later(opened: str | None, text: str, unit: int) -> str | None:
    """So many units after the ticket was opened, in ISO 8601."""
    count = _number(text)
    if opened is None or count is None or not 0 <= count * unit <= _LONGEST:
        return None
    return (dt.datetime.fromisoformat(opened) + dt.timedelta(seconds=count * unit)).isoformat()


@lru_cache(maxsize=20_000)
def _line(text: str) -> str:
    return Untrusted(text).tame(LINE)


def _told(text: str, most: int, names: list[str]) -> str:
    return _masked(Untrusted(text[: most * 2]).tame(most), names)


def _resolution(text: str, names: list[str]) -> str:
    """Its lines stay apart: many are steps. Masked before it is cut, so that no half of an address is left at the end."""
    lines = without_markup(text, RESOLUTION * _MARKUP).splitlines()
    tamed = (Untrusted(line).tame(RESOLUTION * _MARKUP) for line in lines)
    found = _masked("\n".join(line for line in tamed if line), names)
    return found if len(found) <= RESOLUTION else found[: RESOLUTION - 1] + "…"


def _masked(text: str, names: list[str]) -> str:
    for name in names:
        text = text.replace(name, MASK)
    return redact_personal(text)


@lru_cache(maxsize=16_384)
def ticket_id(source: str, number: str) -> str:
    """The same ticket of a source always has the same. Neighbours in number are neighbours here, so that a large import writes
    in few places of the database."""
    whole = hashlib.sha256(f"[{json.dumps(source)}, {json.dumps(number)}]".encode()).hexdigest()
    return f"hist_{_short(source)}_{_PLAIN.sub('', number)[:30]}_{whole[:12]}"


@lru_cache(maxsize=256)
def _short(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:6]


def event_key(entry: Entry) -> str:
    """The same happening of a ticket always has the same, wherever it stands in a file."""
    said = {name: value for name, value in entry.items() if name != "row"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]
