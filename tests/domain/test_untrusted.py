"""Text from outside never becomes part of another text by accident, and tamed it is one harmless line."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.record import Record, Untrusted

BIDI_AND_INVISIBLE = "\u200b\u200e\u200f\u202a\u202e\u2066\u2069\u2060\ufeff\U000e0041"


class Note(Record):
    text: Untrusted


@pytest.mark.parametrize("use", [
    str, lambda u: f"{u}", lambda u: f"{u:>10}", "{}".format, lambda u: "x" + u,
    lambda u: u + "x", lambda u: "".join([u]), json.dumps, bytes, lambda u: "a" in u,
])  # fmt: skip
@given(text=st.text())
def test_it_never_becomes_plain_text_by_itself(use: Callable[[Untrusted], object], text: str) -> None:
    with pytest.raises(TypeError):
        use(Untrusted(text))


@given(text=st.text() | st.text(alphabet="a\n\r\t\x00\x1b\x7f\x9f<>&" + BIDI_AND_INVISIBLE), limit=st.integers(1, 300))
def test_tamed_it_is_one_short_line_without_hidden_signs(text: str, limit: int) -> None:
    tame = Untrusted(text).tame(limit)
    assert len(tame) <= limit
    assert tame == unicodedata.normalize("NFC", tame)
    assert not [sign for sign in tame if unicodedata.category(sign) == "Cc"]
    assert not {*tame} & {*BIDI_AND_INVISIBLE}
    assert Untrusted(tame).tame(limit) == tame


def test_harmless_text_stays_as_it_is() -> None:
    assert Untrusted(" Grüße aus Köln 🙂 \n").tame() == "Grüße aus Köln 🙂"
    assert Untrusted("x" * 600).tame() == "x" * 499 + "…"


@given(text=st.text())
def test_a_page_shows_it_escaped(text: str) -> None:
    page = jinja2.Environment(autoescape=True).from_string("{{ it }}").render(it=Untrusted("<script>" + text))
    assert "<" not in page
    assert page.startswith("&lt;script&gt;")


@given(text=st.text())
def test_it_is_stored_as_it_came_and_compares_by_what_it_says(text: str) -> None:
    note = Note(text=Untrusted(text))
    assert Note.model_validate_json(note.model_dump_json()) == note
    assert Note.model_validate({"text": text}) == note
    assert hash(Untrusted(text)) == hash(note.text)
    assert (note.text == text) is False
    assert bool(note.text) is bool(text)
    with pytest.raises(AttributeError):
        note.text.raw = "changed"
