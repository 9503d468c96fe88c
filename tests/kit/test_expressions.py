"""Expressions: whatever is written, the answer is a value or an `ExpressionError`, within the limits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.kit.expressions import MAX_SOURCE, ExpressionError, compile_expression, expressions_in, render

PIECES = ["a", "b.c", "a.b", "1", "'x'", "true", "[1]", "{'k': 1}", "+", "-", "==", "&&", "||", "!", "(", ")", "?", ":",
          ".map(x, x)", ".size()", "size(", "has(", "in", "matches(", "/", "%", "0", "-9223372036854775808", "."]  # fmt: skip
VALUES: dict[str, Any] = {"a": 1, "b": {"c": "text"}, "list": [1, 2, 3]}


@given(source=st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
def test_it_is_total(source: str) -> None:
    try:
        compile_expression(source).evaluate(VALUES)
    except ExpressionError as error:
        assert error.source.strip() == source.strip()  # noqa: PT017 (it may answer, too)


@pytest.mark.parametrize(("source", "value"), [
    ("a + 1", 2), ("b.c == 'text'", True), ("list.map(x, x * 2)", [2, 4, 6]), ("has(b.d)", False), ("a > 0 ? 'y' : 'n'", "y"),
])  # fmt: skip
def test_it_answers(source: str, value: object) -> None:
    assert compile_expression(source).evaluate(VALUES) == value


@pytest.mark.parametrize("source", [
    "", "   ", "a" * (MAX_SOURCE + 1), "list.map(x, list.map(y, list.map(z, x)))", "a +", "missing", "b.missing",
    "9223372036854775807 + 1", "list[9]", "'a' + 1",
    "1 / 0",
])  # fmt: skip
def test_what_cannot_be_said_or_answered_is_an_expression_error(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source).evaluate(VALUES)


def test_brackets_in_a_text_are_no_nesting() -> None:
    assert compile_expression("'.map(.map(.map(' == list.map(x, 'a')[0]").evaluate(VALUES) is False


@given(text=st.text(alphabet="ab ${}", max_size=20))
def test_text_without_expressions_is_rendered_as_it_is(text: str) -> None:
    if "${{" not in text:
        assert render(text, {}) == text


def test_a_single_expression_keeps_its_type_and_others_become_text() -> None:
    template = {"whole": "${{ a }}", "mixed": "a=${{ a }} b=${{ b.c }} ${{ a == 1 }}", "deep": ["${{ list }}", 7, None]}
    assert render(template, VALUES) == {"whole": 1, "mixed": "a=1 b=text true", "deep": [[1, 2, 3], 7, None]}
    assert [one.strip() for one in expressions_in(template)] == ["a", "a", "b.c", "a == 1", "list"]


@given(value=st.text())
def test_a_value_is_never_read_as_an_expression(value: str) -> None:
    assert render("${{ v }}", {"v": value}) == value
    assert render("<${{ v }}>", {"v": "${{ a }}" + value}) == "<${{ a }}" + value + ">"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("body.list.map(x, x.a + body.b)", {"body"}),
        ("a.filter(x, x in b).exists(y, y == c)", {"a", "b", "c"}),
        ("'.map(q, q)' + a", {"a"}),
    ],
)
def test_the_names_it_needs_are_those_from_outside(source: str, names: set[str]) -> None:
    assert compile_expression(source).names == names
