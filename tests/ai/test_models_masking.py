"""What leaves the house comes back as it was, and names do not leave it."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from tickless.ai.models import Mask, Names
from tickless.ai.models.masking import has_stand_ins
from tickless.kit.redaction import redact_secrets

NAMES = Names(["Anna Weber", "José de la Cruz", "Will Fox", "O’Neil Ray"], ["aweber", "jcruz"])
pieces = st.sampled_from(["Anna Weber", "anna weber’s", "José", "will", "Will", "aweber", "a.weber@example.com", "10.0.0.1",
                          "+49 30 1234567", "INC0012345", "443", "vpn", "\n", ".", ",", "[", "]", "(", "-"])  # fmt: skip
texts = st.one_of(
    st.text(max_size=60), st.lists(pieces, max_size=12).map(" ".join), st.lists(pieces, max_size=8).map("".join)
)


@given(st.lists(texts, min_size=1, max_size=3))
def test_every_text_comes_back_as_it_was(given_texts: list[str]) -> None:
    assume(not any(has_stand_ins(text) or redact_secrets(text) != text for text in given_texts))
    mask = Mask(NAMES)
    sent = [mask.hide(text) for text in given_texts]
    assert [mask.put_back(text) for text in sent] == given_texts


@given(st.lists(pieces, max_size=12).map(" ".join))
def test_no_whole_name_and_no_address_leaves(text: str) -> None:
    sent = Mask(NAMES).hide(text).casefold()
    for kept in ("anna weber", "josé", "aweber", "example.com", "10.0.0.1", "1234567", "0012345"):
        assert kept not in sent


def test_the_same_words_have_the_same_stand_in_in_every_text() -> None:
    mask = Mask(NAMES)
    assert mask.hide("Anna Weber asks") == "[person-1] asks"
    assert mask.hide("will Will Fox or Anna Weber's boss come?") == "will [person-2] or [person-1]'s boss come?"


def test_nobody_gets_a_name_by_writing_a_stand_in() -> None:
    mask = Mask(NAMES)
    assert mask.put_back(mask.hide("Anna Weber: who is [person-1]?")) == "Anna Weber: who is (person-1)?"
