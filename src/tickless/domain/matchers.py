"""Label matchers as Prometheus' Alertmanager writes them: `service="shop"`, `severity!=info`, `instance=~"edge-.*"`. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal

from pydantic import Field

from tickless.domain.errors import BadInput
from tickless.domain.record import Record
from tickless.kit.expressions import ExpressionError, compile_expression

MOST = 50
LONGEST = 1_000
"""Characters of a pattern."""
How = Literal["=", "!=", "=~", "!~"]
_WRITTEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^\s"=!~]+)\s*(=~|!~|!=|=)\s*(.*?)\s*', re.DOTALL)
_SAME = compile_expression("value.matches(pattern)")


class Matcher(Record):
    """What one label has to be, or must not be."""

    name: str = Field(min_length=1, max_length=200)
    how: How = "="
    value: str = Field(max_length=LONGEST)

    @property
    def written(self) -> str:
        return f"{self.name}{self.how}{json.dumps(self.value, ensure_ascii=False)}"


def read_matchers(written: Sequence[str]) -> tuple[Matcher, ...]:
    """Raises `BadInput` that quotes what is no matcher."""
    if len(written) > MOST:
        raise BadInput(f"at most {MOST} filters are taken")
    return tuple(_read(text) for text in written)


def checked(matchers: Iterable[Matcher]) -> tuple[Matcher, ...]:
    """The same, once every pattern has been tried. Raises `BadInput`."""
    found = tuple(matchers)
    if len(found) > MOST:
        raise BadInput(f"at most {MOST} filters are taken")
    for matcher in found:
        if "~" in matcher.how:
            _matches("", matcher.value)
    return found


def _read(text: str) -> Matcher:
    found = _WRITTEN.fullmatch(text[:2_000])
    if found is None:
        raise BadInput(f"this is no filter: {text[:100]!r}", mend='write it such as service="shop"')
    name, how, value = found.groups()
    if len(value) > LONGEST or not 0 < len(_plain(name)) <= 200:
        raise BadInput(f"this filter is too long: {text[:100]!r}", mend=f"a pattern has at most {LONGEST} characters")
    return checked([Matcher(name=_plain(name), how=how, value=_plain(value))])[0]


def _plain(text: str) -> str:
    if len(text) < 2 or not (text[0] == text[-1] == '"'):
        return text
    try:
        return str(json.loads(text, strict=False))
    except ValueError:
        return text[1:-1]


def fits(matcher: Matcher, labels: Mapping[str, str]) -> bool:
    """Whether these labels have what it asks for; a label that is not there is empty."""
    value = labels.get(matcher.name, "")
    same = _matches(value, matcher.value) if "~" in matcher.how else value == matcher.value
    return same is not matcher.how.startswith("!")


def fit_all(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    return all(fits(matcher, labels) for matcher in matchers)


@lru_cache(maxsize=4_096)
def _matches(value: str, pattern: str) -> bool:
    """The whole value. By the expression language's own engine, whose time is linear in the value's length."""
    try:
        return bool(_SAME.evaluate({"value": value[:2_000], "pattern": f"^(?:{pattern})$"}))
    except ExpressionError as error:
        raise BadInput("this pattern cannot be read", detail=error.reason, mend="write a regular expression") from error
