"""Likeness of texts: symmetric, within 0..1, and it knows the same complaint in other words from another complaint."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickless.kit.likeness import covered, likeness


@given(st.text(max_size=200), st.text(max_size=200))
def test_it_is_symmetric_and_between_0_and_1(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
    assert 0 <= covered(one, other) <= 1


@given(st.text(min_size=1, max_size=200))
def test_a_text_is_like_itself_or_says_nothing(text: str) -> None:
    assert likeness(text, text) in {0.0, 1.0}


def test_the_same_complaint_in_other_words() -> None:
    assert likeness("the printers on floor 3 don't print", "printing on floor 3 is broken, printer jammed") >= 0.5
    assert likeness("the printers on floor 3 don't print", "I need access to the wiki") < 0.2
    assert covered("which laptop is it", "It is the laptop LT-0042 of Anna") == 1.0
