"""One message, several needs: cut where two things are said, left whole where one is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.ai import Brain, build_brain
from tickless.ai.encoder import OnnxEncoder
from tickless.ai.seams import MOST_SEAMS, seams_of
from tickless.ai.several import MOST_PARTS, parts_of


@pytest.fixture(scope="module")
def by_words() -> Brain:
    return build_brain([])


@pytest.fixture(scope="module")
def brain(encoder: OnnxEncoder) -> Brain:
    return build_brain([], encoder=encoder)


def labels(text: str, brain: Brain) -> list[str]:
    return [part.guess.label if part.guess else "" for part in parts_of(text, brain)]


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("please unlock my account and also install inkscape on my laptop",
         ["need.account_unlock", "need.software_install"]),
        ("My account is locked. Also the vpn will not connect.", ["need.account_unlock", "need.vpn_trouble"]),
        ("i forgot my password, plus my mailbox is full", ["need.password_reset", "need.mailbox_quota"]),
    ],
)  # fmt: skip
def test_two_needs_are_two_parts(brain: Brain, text: str, needs: list[str]) -> None:
    assert labels(text, brain) == needs


@pytest.mark.parametrize(
    "text",
    [
        "my laptop is slow and hot",
        "please unlock my account, thank you",
        "the printer on the second floor, near the kitchen and the lift, does not print",
    ],
)
def test_one_need_stays_whole(brain: Brain, text: str) -> None:
    needs = {label for label in labels(text, brain) if label.startswith("need.")}
    assert len(needs) == 1


def test_a_message_without_seams_is_one_part(by_words: Brain) -> None:
    (part,) = parts_of("unlock my account please", by_words)
    assert (part.text, part.start, part.sure) == ("unlock my account please", 0, True)


@given(text=st.text(max_size=400))
def test_parts_stand_in_the_message_in_order_and_never_overlap(by_words: Brain, text: str) -> None:
    parts = parts_of(text, by_words)
    assert 1 <= len(parts) <= MOST_PARTS
    assert all(text[part.start : part.end] == part.text for part in parts)
    ends = [0, *(part.end for part in parts)]
    assert all(part.start >= end for part, end in zip(parts, ends, strict=False))


@given(
    text=st.lists(st.sampled_from(["a", "and", "also", ",", ".", "b", "then", " ", "\n", "&"]), max_size=60).map(
        " ".join
    )
)
def test_seams_have_something_on_both_sides(text: str) -> None:
    seams = seams_of(text)
    assert len(seams) <= MOST_SEAMS
    assert all(text[: seam.end].strip() and text[seam.start :].strip() and seam.end <= seam.start for seam in seams)
