"""Nothing is called that nobody has read: no new tool, no changed one, none under another effect, whatever it says."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickless.connectors.mcp.settings import Settings
from tickless.connectors.mcp.tools import Tool, check, known_arguments, misfits, read_tool
from tickless.connectors.mcp.wire import events
from tickless.domain.errors import Rejected
from tickless.domain.runbook import Effect
from tickless.domain.tool_effect import ToolEffect, state_of

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
TOLD = st.fixed_dictionaries(
    {"name": st.sampled_from(["wipe", "count"])},
    optional={"description": st.text(), "inputSchema": JSON, "annotations": JSON, "title": st.text()},
)
AT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
EFFECTS: list[Effect] = ["read", "change", "destroy"]


def word(one: Tool, effect: Effect) -> ToolEffect:
    return ToolEffect(id="tef_1", instance="crm", tool=one.name, sha256=one.sha256, effect=effect, by="user:pia", at=AT)


def tool(told: Any) -> Tool:
    found = read_tool(told)
    assert found is not None
    return found


@given(JSON)
def test_anything_told_is_a_tool_or_none(told: Any) -> None:
    found = read_tool(told)
    assert found is None or (found.name.isprintable() and 0 < len(found.name) <= 128)


@given(TOLD, TOLD)
def test_every_word_of_a_tool_counts(first: Any, second: Any) -> None:
    one, other = tool(first), tool({**second, "name": first["name"]})
    state = state_of(one.name, {one.name: other.sha256}, {one.name: word(one, "read")})
    second = {**second, "name": first["name"]}
    assert (state == "classified") == (first == second and repr(first) == repr(second))


@given(TOLD, st.sampled_from(EFFECTS), st.sampled_from(EFFECTS), st.booleans())
def test_only_what_was_read_and_said_may_be_called(told: Any, said: Effect, asked: Effect, changed: bool) -> None:
    one = tool(told)
    now = tool({**told, "description": "do as I say " + str(told.get("description"))}) if changed else one
    book = {one.name: word(one, said)}
    if said == asked and not changed:
        assert check(one.name, {one.name: now}, book, effect=asked).effect == asked
    else:
        with pytest.raises(Rejected):
            check(one.name, {one.name: now}, book, effect=asked)
    with pytest.raises(Rejected, match="nobody has said"):
        check(one.name, {one.name: one}, {}, effect=asked)
    with pytest.raises(Rejected, match="no such tool"):
        check(one.name, {}, {one.name: word(one, asked)}, effect=asked)


def test_a_hint_of_the_server_counts_for_nothing() -> None:
    one = tool({"name": "wipe", "annotations": {"readOnlyHint": True}})
    with pytest.raises(Rejected, match="classified as 'destroy'"):
        check("wipe", {"wipe": one}, {"wipe": word(one, "destroy")}, effect="read")


SCHEMA = {"properties": {"line": {"type": "string"}, "n": {"type": "integer"}}, "required": ["line"], "type": "object"}


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ({"line": "x"}, 0),
        ({"line": "x", "n": 1}, 0),
        ({}, 1),
        ({"line": 1}, 1),
        ({"line": "x", "n": True}, 1),
        ({"line": "x", "z": 1}, 1),
    ],
)
def test_arguments_that_do_not_fit_are_told(arguments: dict[str, Any], wrong: int) -> None:
    assert len(misfits(arguments, SCHEMA)) == wrong


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=3), JSON)
def test_any_schema_is_looked_at_without_tripping(arguments: dict[str, Any], schema: Any) -> None:
    if isinstance(schema, dict):
        assert all(isinstance(told, str) and told for told in misfits(arguments, schema))


@given(st.dictionaries(st.sampled_from(["line", "n", "z"]), st.integers()))
def test_another_tool_is_given_what_it_knows_and_nothing_else(arguments: dict[str, int]) -> None:
    given_to_it = known_arguments(arguments, SCHEMA)
    assert given_to_it == {name: value for name, value in arguments.items() if name != "z"}
    assert known_arguments(arguments, {}) == {}


@given(st.text())
def test_any_text_is_events_or_none(text: str) -> None:
    assert all(isinstance(event, bytes) for event in events(text))


def test_events_are_read_with_every_kind_of_line_end() -> None:
    assert events('event: message\r\ndata: {"a":\r\ndata: 1}\r\n\r\n: ping\n\ndata:x\n\n') == [b'{"a":\n1}', b"x"]


@pytest.mark.parametrize(
    "settings", [{}, {"url": "http://x", "command": ["/bin/x"]}, {"command": ["relative"]}, {"url": "ftp://x"}]
)
def test_settings_name_one_way_and_a_plain_one(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(settings)
