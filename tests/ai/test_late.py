"""The brain with an encoder: the same promises, and it understands what it was never told in those words."""

from __future__ import annotations

import pytest

from tickless.ai import Brain, Example, build_brain
from tickless.ai.encoder import OnnxEncoder
from tickless.ai.late import TaughtBrain, teach
from tickless.ai.teaching import shipped_examples

BADGE = [
    Example("need.badge", text)
    for text in ("my door badge stopped working", "the card reader ignores me", "i need a new entry card",
                 "replace my lost badge", "badge does not open the gate")
]  # fmt: skip


@pytest.fixture(scope="module")
def brain(encoder: OnnxEncoder) -> Brain:
    return build_brain([], encoder=encoder)


def right(brain: TaughtBrain, said: list[Example]) -> float:
    guesses = brain.rank_many([one.text for one in said], limit=1)
    return sum(got[0].label == one.label for got, one in zip(guesses, said, strict=True)) / len(said)


def test_on_sentences_left_out_meaning_helps(encoder: OnnxEncoder) -> None:
    """The floors lie three standard errors (435 sentences) below what was measured, .906 and .104 more than words alone."""
    examples = list(shipped_examples())
    with_meaning, by_words = [], []
    for fold in range(2):
        held, taught = examples[fold::5], [one for place, one in enumerate(examples) if place % 5 != fold]
        with_meaning.append(right(teach(taught, encoder=encoder), held))
        by_words.append(right(teach(taught), held))
    assert sum(with_meaning) / 2 > 0.86
    assert sum(with_meaning) / 2 > sum(by_words) / 2 + 0.05


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("too many wrong attempts and now it will not let me in", "need.account_unlock"),
        ("tunnel to the office network keeps dropping at home", "need.vpn_trouble"),
        ("much appreciated, all sorted", "act.thanks"),
        ("can you order me a pizza with mushrooms", "act.out_of_scope"),
    ],
)
def test_it_understands_other_words(brain: Brain, text: str, label: str) -> None:
    guess = brain.guess(text)
    assert guess is not None
    assert guess.label == label


@pytest.mark.parametrize("text", ["purple elephants dance", "lorem ipsum dolor", "xk qz vv", "", "🙂", "\ud800"])
def test_it_refuses_what_it_does_not_know(brain: Brain, text: str) -> None:
    assert brain.guess(text) is None


def test_five_sentences_make_a_new_need_understood_at_once(encoder: OnnxEncoder) -> None:
    taught = build_brain([], extra_examples=BADGE, encoder=encoder)
    guess = taught.guess("the door does not react to my badge")
    assert guess is not None
    assert guess.label == "need.badge"


def test_it_says_which_rung_it_stands_on(brain: Brain) -> None:
    assert (brain.name, brain.rung) == ("embedding", "by words and meaning")
    without = build_brain([], without="no files")
    assert (without.name, without.rung) == ("lexical", "by words alone (no files)")
    assert brain.version != without.version


def test_the_order_of_examples_does_not_matter(encoder: OnnxEncoder) -> None:
    first = build_brain([], extra_examples=BADGE, encoder=encoder)
    again = build_brain([], extra_examples=reversed(BADGE), encoder=encoder)
    assert again.version == first.version
    assert again.rank("my badge") == first.rank("my badge")


def test_many_are_read_as_one_by_one(brain: Brain) -> None:
    texts = ["my vpn is broken", "", "thanks", "is there a known problem with mail"]
    assert brain.rank_many(texts) == tuple(brain.rank(text) for text in texts)
    assert brain.rank_many([]) == ()


def test_a_house_that_may_refuse_more_refuses_more(encoder: OnnxEncoder) -> None:
    strict, lenient = (teach(shipped_examples(), encoder=encoder, rejection=share) for share in (0.2, 0.01))
    assert strict.threshold >= lenient.threshold
    assert 0.45 <= lenient.threshold <= strict.threshold <= 0.6


def test_the_unknown_is_less_familiar_than_the_known(brain: Brain) -> None:
    known = min(brain.rank(text)[0].familiarity for text in ("unlock my account", "reset my password please"))
    unknown = max(brain.rank(text)[0].familiarity for text in ("lorem ipsum dolor", "xk qz vv"))
    assert known > unknown
