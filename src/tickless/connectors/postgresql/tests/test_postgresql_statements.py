"""Statements are shown without anybody's data in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickless.connectors.postgresql.settings import Settings
from tickless.connectors.postgresql.statements import abstracted


@given(st.text(alphabet=st.characters(blacklist_characters="'"), min_size=6), st.integers(min_value=10_000))
def test_values_are_not_shown(name: str, number: int) -> None:
    shown = abstracted(f"UPDATE people SET name = '{name}', age = {number} WHERE id = {number}")
    assert shown == "UPDATE people SET name = ?, age = ? WHERE id = ?"


def test_every_way_to_write_a_text_is_known_and_names_stay() -> None:
    assert abstracted("SELECT 'it''s', $$a b$$, $x$ y $x$, col1\n FROM t2") == "SELECT ?, ?, ?, col1 FROM t2"
    assert abstracted("SELECT 'unfinished") == "SELECT ?"


@given(st.text())
def test_any_text_is_shown_in_one_line(text: str) -> None:
    shown = abstracted(text)
    assert shown.isprintable()
    assert len(shown) <= 300


@pytest.mark.parametrize("table", ["jobs", "a.b.c", 'public."x"', ".jobs", "public.", ""])
def test_settings_take_tables_with_their_schema_only(table: str) -> None:
    with pytest.raises(ValidationError):
        Settings(host="db", database="d", user="u", tables=(table,))
