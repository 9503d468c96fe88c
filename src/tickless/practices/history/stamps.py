"""Reads times as ticket systems write them. Pure.

A time without a zone is in the zone that the mapping names. One that the clocks pass twice is taken as the first of both; one
that
they leave out is taken as if they had not been put forward (PEP 495).
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tickless.domain.errors import BadInput

Order = Literal["iso", "dmy", "mdy", "ymd", "epoch"]
ORDERS: tuple[Order, ...] = get_args(Order)
EARLIEST, LATEST = 1980, 2100
_MONTHS = {name: n + 1 for n, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))}  # fmt: skip
_NUMBERS = re.compile(
    r"(\d{1,4})[/.\- ](\d{1,2}|[A-Za-z]{3,9})[/.\- ,]+(\d{1,4})"
    r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_NAMED = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?([A-Za-z]{3,9})\s+(\d{1,2}),?\s+(?:(\d{4})[, ]+)?(\d{1,2}):(\d{2})(?::(\d{2}))?\s*"
    r"([AaPp]\.?[Mm]\.?)?\s*(\d{4})?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_SINCE = re.compile(r"(seconds|minutes|hours)[ _]to[ _]", re.IGNORECASE)
_IN_MINUTES = re.compile(r"\((\d+(?:\.\d+)?) min(?:ute)?s?\)", re.IGNORECASE)
_PARTS = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])[a-z]*\.?", re.IGNORECASE)
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """Raises `BadInput`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"there is no time zone {name[:60]!r}", mend="name one like UTC or Europe/Zurich") from None


@lru_cache(maxsize=65_536)
def read_stamp(text: str, order: Order, zone: str) -> dt.datetime | None:
    """The time in UTC; None where the text is none in that order. Raises `BadInput` for a zone that is none."""
    where = zone_of(zone)
    try:
        found = _epoch(text) if order == "epoch" else _iso(text) if order == "iso" else _numbers(text, order)
        if found is None:
            return None
        aware = found if found.tzinfo is not None else found.replace(tzinfo=where)
        moment = aware.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment.year < LATEST else None


def _epoch(text: str) -> dt.datetime | None:
    if _EPOCH.fullmatch(text) is None:
        return None
    seconds = float(text) / (1_000 if len(text) >= 12 and "." not in text else 1)
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _iso(text: str) -> dt.datetime | None:
    plain = text.replace(" UTC", "+00:00").replace(" +", "+") if ":" in text else text
    return dt.datetime.fromisoformat(plain) if plain[4:5] == "-" else None


def _numbers(text: str, order: Order) -> dt.datetime | None:
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return _named(text)
    first, second, third, hour, minute, second_of, half, offset = found.groups()
    by_name = not second.isdecimal()
    if by_name and order == "mdy":
        return None
    if order == "ymd":
        if len(first) != 4:
            return None
        year, month, day = first, second, third
    else:
        if len(first) > 2:
            return None
        day, month, year = (second, first, third) if order == "mdy" else (first, second, third)
    return _made(year, month, day, (hour, minute, second_of, half), offset)


def _named(text: str) -> dt.datetime | None:
    """`Tue Jan 24 10:00:00 2023`, `Jan 24, 2023 3:15 PM`: in every order the same."""
    found = _NAMED.fullmatch(text)
    if found is None:
        return None
    month, day, year, hour, minute, second, half, late_year, offset = found.groups()
    if (year or late_year) is None:
        return None
    return _made(year or late_year, month, day, (hour, minute, second, half), offset)


def _made(
    year: str, month: str, day: str, clock: tuple[str | None, str | None, str | None, str | None], offset: str | None
) -> dt.datetime | None:
    number = int(month) if month.isdecimal() else _MONTHS.get(month[:3].lower(), 0)
    full = int(year) + (2_000 if int(year) < 70 else 1_900) if len(year) == 2 else int(year)
    hour, half = int(clock[0] or 0), (clock[3] or "").lower()[:1]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return dt.datetime(full, number, int(day), hour, int(clock[1] or 0), int(clock[2] or 0), tzinfo=_offset(offset))


def _offset(text: str | None) -> dt.tzinfo | None:
    if not text:
        return None
    found = _OFFSET.fullmatch(text)
    if found is None:
        return dt.UTC
    minutes = int(found[2]) * 60 + int(found[3])
    return dt.timezone(dt.timedelta(minutes=-minutes if found[1] == "-" else minutes))


def seconds_of_unit(column: str) -> int | None:
    """Seconds of the unit in which a column counts from when its ticket was opened (`seconds_to_first_ack`); None: none."""
    found = _SINCE.match(column)
    return None if found is None else _UNITS[found[1][0].lower()]


def minutes_of(text: str) -> float | None:
    """Minutes of work: `35`, `1h 30m`, `2.25 hours (135 minutes)` as Request Tracker writes it; None: none of these."""
    told = _IN_MINUTES.search(text)
    said = told[1] if told else text.replace(",", "").strip()
    try:
        return float(said)
    except ValueError:
        parts = _PARTS.findall(said)
        rest = _PARTS.sub("", said).strip(" and")
        return None if rest or not parts else sum(float(number) * _UNITS[unit.lower()] / 60 for number, unit in parts)


def orders_of(texts: Iterable[str]) -> list[Order]:
    """Every order in which all of these can be read; two of them (day first, month first) where nothing tells them apart."""
    said = [text for text in texts if text]
    return [order for order in ORDERS if said and all(read_stamp(text, order, "UTC") is not None for text in said)]


def likeliest(columns: Sequence[Sequence[str]]) -> tuple[Order | None, bool]:
    """The order in which the most can be read, and whether it is the only one. Of two that can both be, the one in which rows
    stand closer together in time: files are written in some order."""
    every = [text for column in columns for text in column if text]
    found = orders_of(every)
    if not found:
        counted = {order: sum(read_stamp(text, order, "UTC") is not None for text in every) for order in ORDERS}
        best = max(ORDERS, key=lambda order: counted[order])
        return (best, True) if counted[best] * 2 > len(every) else (None, True)
    if "iso" in found:
        return "iso", True
    if len(found) == 1 or all(len({read_stamp(text, order, "UTC") for order in found}) == 1 for text in every):
        return found[0], True
    return min(found, key=lambda order: _steps(columns, order)), False


def _steps(columns: Sequence[Sequence[str]], order: Order) -> float:
    total = 0.0
    for column in columns:
        times = [moment for text in column if text and (moment := read_stamp(text, order, "UTC")) is not None]
        total += sum(abs((after - before).total_seconds()) for before, after in itertools.pairwise(times))
    return total
