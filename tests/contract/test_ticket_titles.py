"""Titles of tickets come from what people and monitors wrote, and lists of tickets are opened in spreadsheets."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from tickless.sdk.capabilities.ticketing import NewTicket


@given(st.text(min_size=1, max_size=200))
@example('=HYPERLINK("http://evil.example","x")')
@example("=" * 200)
def test_no_title_is_a_formula_and_nothing_else_of_it_changes(text: str) -> None:
    title = NewTicket(key="case:12345", title=text, body="").title
    assert title[0] not in "=+-@\t\r"
    assert title in {text, f"'{text}", f"'{text[:199]}"}
