"""Matchers as `amtool` and Alertmanager's API write them: `service="shop"`, `severity!=info`, `instance=~"edge-.*"`. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tickless.domain.errors import BadInput
from tickless.kit.expressions import ExpressionError, compile_expression

MOST = 50
_WRITTEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^\s"=!~]+)\s*(=~|!~|!=|=)\s*(.*?)\s*', re.DOTALL)


@dataclass(frozen=True)
class Matcher:
    name: str
    how: str
    """`=` `!=` `=~` `!~`"""
    value: str


def read_matchers(written: Sequence[str]) -> tuple[Matcher, ...]:
    """Raises `BadInput` that quotes what is no matcher."""
    if len(written) > MOST:
        raise BadInput(f"at most {MOST} filters are taken")
    return tuple(_read(text) for text in written)


def _read(text: str) -> Matcher:
    found = _WRITTEN.fullmatch(text[:2_000])
    if found is None:
        raise BadInput(f"this is no filter: {text[:100]!r}", mend='write it such as service="shop"')
    name, how, value = found.groups()
    matcher = Matcher(_plain(name), how, _plain(value))
    if "~" in how:
        _matches("", matcher.value)
    return matcher


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


def _matches(value: str, pattern: str) -> bool:
    """The whole value. By the expression language's own engine, whose time is linear in the value's length."""
    try:
        return bool(
            compile_expression("value.matches(pattern)").evaluate({"value": value, "pattern": f"^(?:{pattern})$"})
        )
    except ExpressionError as error:
        raise BadInput("this pattern cannot be read", detail=error.reason, mend="write a regular expression") from error
