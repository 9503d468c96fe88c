"""A document from outside, tamed field by field: every look at it yields a plain value or nothing, and never raises."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from tickless.domain.errors import PayloadRejected
from tickless.sdk.receiving import read_time

LONGEST_FINGERPRINT = 200
LONGEST_LABEL = 4_000
MOST_LABELS = 200
_FORM = "application/x-www-form-urlencoded"


def plain(text: str) -> str:
    """Text that can be written down: no half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def as_text(value: Any) -> str:
    """A plain value as text; what is nested as JSON; nothing for nothing and for what goes too deep."""
    if value is None:
        return ""
    if isinstance(value, str):
        return plain(value)
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError, RecursionError):
        return ""


def identity(*parts: str) -> str:
    """A fingerprint made of these parts. A long one ends in a hash, so that what differs at its end stays apart."""
    whole = "/".join(part for part in parts if part)
    if len(whole) <= LONGEST_FINGERPRINT:
        return whole
    return whole[: LONGEST_FINGERPRINT - 17] + "~" + hashlib.blake2b(plain(whole).encode(), digest_size=8).hexdigest()


class Fields:
    """An object of a document. Names are asked for in order, and the first that is there counts."""

    __slots__ = ("values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def __bool__(self) -> bool:
        return bool(self.values)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, *names: str) -> str:
        """The first of these that is a text or a number and not blank; else the empty text."""
        for name in names:
            value = self.values.get(name)
            if (
                isinstance(value, (str, int, float))
                and not isinstance(value, bool)
                and (said := as_text(value).strip())
            ):
                return said
        return ""

    def part(self, *names: str) -> Fields:
        """The object below these names, one inside the other; an empty one if there is none."""
        found: Any = self.values
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return Fields(found if isinstance(found, dict) else {})

    def parts(self, name: str) -> list[Fields]:
        """The objects of a list."""
        found = self.values.get(name)
        return [Fields(one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def texts(self, name: str) -> list[str]:
        """The texts and numbers of a list; a single one counts as a list of it."""
        found = self.values.get(name)
        listed = found if isinstance(found, list) else [found]
        return [said for one in listed if (said := Fields({"it": one}).text("it"))]

    def time(self, *names: str) -> dt.datetime | None:
        """The first of these that is a time: RFC 3339, or seconds or milliseconds since 1970, as a number or as digits."""
        return next((moment for name in names if (moment := time_of(self.values.get(name))) is not None), None)

    def labels(self, *, prefix: str = "", but: Collection[str] = ()) -> dict[str, str]:
        """Every field that says something, as labels; nested ones as JSON. At most `MOST_LABELS`."""
        return dict(_said(self.values, prefix, but))


def _said(values: Mapping[str, Any], prefix: str, but: Collection[str]) -> Iterator[tuple[str, str]]:
    kept = 0
    for name, value in values.items():
        if name in but or kept >= MOST_LABELS:
            continue
        said = as_text(value)[:LONGEST_LABEL]
        if said and said not in {"{}", "[]"}:
            kept += 1
            yield prefix + plain(name), said


def time_of(value: object) -> dt.datetime | None:
    """A sender's time; digits alone are seconds or milliseconds since 1970. Zero, and the year 1, are none."""
    if isinstance(value, str):
        value = value.strip()
        if value.isascii() and value.replace(".", "", 1).isdigit() and "." not in (value[:1], value[-1:]):
            value = float(value)
        elif value.startswith("0001-"):
            return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and (value <= 0 or not math.isfinite(value)):
        return None
    return read_time(value)


def read_object(body: bytes, *, what: str, mend: str) -> Fields:
    """A JSON object. Raises `PayloadRejected` that names `what` it should have been."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"{what} is no JSON: {plain(str(error))[:200]}", mend=mend) from error
    if not isinstance(found, dict):
        raise PayloadRejected(f"{what} is no object", mend=mend)
    return Fields(found)


def is_form(content_type: str) -> bool:
    """Whether the sender says that the body is a form."""
    return content_type.lower().startswith(_FORM)


def read_form(body: bytes, *, mend: str) -> dict[str, str]:
    """A form's fields, the last of each name. Raises `PayloadRejected`."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=1_000)
    except ValueError as error:
        raise PayloadRejected(f"the form cannot be read: {plain(str(error))[:200]}", mend=mend) from error
    return {plain(name): plain(value) for name, value in pairs}
