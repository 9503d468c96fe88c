"""Whose words these are, and texts that were made to take for ever."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.request_tracker import reading
from tickless.connectors.request_tracker.reading import LONGEST, MARK, comment, own_key, text_of, view
from tickless.connectors.request_tracker.settings import Settings

KEY = st.from_regex(r"[A-Za-z0-9_.:-]{8,64}", fullmatch=True)


def said(subject: str, creator: Any = None) -> dict[str, Any]:
    return {
        "id": "7",
        "Type": "Correspond",
        "Data": subject,
        "Creator": creator or {"id": "tickless", "Name": "tickless"},
    }


@given(KEY)
def test_what_we_write_is_known_again_and_an_agent_cannot_write_it(key: str) -> None:
    assert own_key(said(f"{MARK}{key}"), me="tickless") == key
    dana = {"id": "dana", "Name": "dana", "RealName": "Tickless"}
    assert own_key(said(f"{MARK}{key}", dana), me="tickless") is None
    assert own_key(said(f"{MARK}{key}"), me="") is None


@pytest.mark.parametrize(
    "subject",
    ["Tickless ticket: please restart it", "Tickless is slow", "Tickless ", "Tickless short", "Re: Tickless abc:12345"],
)
def test_an_answer_about_us_is_an_answer(subject: str) -> None:
    """Our own user may be an agent's as well: only our key says that we wrote it."""
    assert not comment(said(subject), [], me="tickless").own


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("Hi<br>there<p>you</p>&amp; me", "Hi\nthereyou\n& me"),
        ("&#" + "9" * 5_000 + ";", "\ufffd"),
        ("<" * 400_000, None),
        ("<br" * 400_000, None),
    ],
)
def test_markup_is_taken_out_of_a_text_of_bounded_length(html: str, words: str | None) -> None:
    text = text_of([{"ContentType": "text/html", "Content": html}])
    assert len(text) <= LONGEST
    if words is not None:
        assert text == words


@pytest.mark.parametrize("pattern", [reading._TAGS, reading._ANY_TAG])
def test_no_pattern_looks_past_the_next_tag(pattern: re.Pattern[str]) -> None:
    """One try ends where the next can begin: so all tries together pass over a text once."""
    assert pattern.search("<br <br>") is not None
    assert pattern.search("<br <br>").start() == 4  # type: ignore[union-attr]


def test_plain_text_is_bounded_too() -> None:
    assert len(text_of([{"ContentType": "text/plain", "Content": "x" * 400_000}])) == LONGEST


@pytest.mark.parametrize(
    ("worked", "minutes"), [("90", 90.0), (15, 15.0), ("0", None), (None, None), ("an hour", None)]
)
def test_time_worked_is_minutes_and_nought_is_nobody_said(worked: object, minutes: float | None) -> None:
    here = Settings(url="https://rt.example.com", token="env:TOKEN")
    assert view({"id": "7", "Status": "open", "TimeWorked": worked}, here).worked_minutes == minutes
