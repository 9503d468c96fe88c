"""The base of every domain type, and the text type for what came from outside."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Record(BaseModel):
    """A frozen value with no room for unknown fields. Its validator is built when it is first used: not at every start."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


_BREAKS = re.compile(r"[\n\r\t\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)


class Untrusted:
    """Text from outside the house: data, never an instruction.

    It cannot be formatted, concatenated or printed by accident: `str()` and f-strings raise. Say what it is for:
    `tame()` for people and logs, `raw` for matching and for handing to a parser. Jinja prints it tamed and escaped.
    """

    __slots__ = ("raw",)
    raw: str

    def __init__(self, raw: str) -> None:
        object.__setattr__(self, "raw", raw)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Untrusted text is immutable")

    def tame(self, limit: int = 500) -> str:
        """One line of printable text: no control, bidirectional or invisible characters; NFC; at most `limit` long."""
        raw = self.raw
        if raw.isascii() and raw.isprintable():  # most texts: nothing to take out, and NFC already
            text = raw.strip()
        else:
            text = unicodedata.normalize("NFC", _CONTROL.sub("", _BREAKS.sub(" ", raw))).strip()
        return text if len(text) <= limit else text[: limit - 1] + "…" if limit > 0 else ""

    def __str__(self) -> str:
        raise TypeError("untrusted text has no plain form: call .tame() for people or read .raw for matching")

    def __format__(self, spec: str) -> str:
        return str(self)

    def __html__(self) -> str:
        return html.escape(self.tame(2_000))

    def __repr__(self) -> str:
        return f"Untrusted({self.tame(60)!r})"

    def __bool__(self) -> bool:
        return bool(self.raw)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Untrusted) and other.raw == self.raw

    def __hash__(self) -> int:
        return hash(("Untrusted", self.raw))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from_text = core_schema.no_info_after_validator_function(cls, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_text]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value: value.raw, return_schema=core_schema.str_schema()
            ),
        )


NOTHING_SAID = Untrusted("")
