"""The brain that always works: deterministic, honest about what it does not know, total."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.ai import Example, build_brain
from tickless.ai.late import TaughtBrain, teach
from tickless.ai.teaching import shipped_examples


@pytest.fixture(scope="module")
def brain() -> TaughtBrain:
    return teach(shipped_examples())


def test_every_act_ships_with_enough_examples():
    labels = [example.label for example in shipped_examples()]
    acts = ["confirm", "deny", "cancel", "thanks", "greeting", "small_talk", "out_of_scope"]
    wanted = [f"act.{act}" for act in acts] + ["need.question", "need.status_of_case", "need.incident_report"]
    assert [label for label in wanted if labels.count(label) < 40] == []


def test_no_sentence_is_taught_for_two_labels():
    texts = [example.text.lower() for example in shipped_examples()]
    assert sorted({text for text in texts if texts.count(text) > 1}) == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("somebody locked me out of my user", "need.account_unlock"),
        ("forgotten my pasword again, sorry", "need.password_reset"),
        ("outlook tells me the mailbox is nearly full", "need.mailbox_quota"),
        ("thank you very very much", "act.thanks"),
        ("recommend a good restaurant", "act.out_of_scope"),
    ],
)
def test_new_words_for_known_needs(brain, text, label):
    guess = brain.guess(text)
    assert guess is not None
    assert guess.label == label


@pytest.mark.parametrize("text", ["purple elephants dance", "lorem ipsum dolor", "xk qz vv", "", "🙂"])
def test_it_refuses_what_it_does_not_know(brain, text):
    assert brain.guess(text) is None


def test_confidence_means_what_it_says_on_sentences_left_out():
    examples = list(shipped_examples())
    held = examples[::5]
    brain = teach([one for place, one in enumerate(examples) if place % 5])
    guesses = [(brain.rank(one.text, limit=1)[0], one.label) for one in held]
    sure = [guess.label == label for guess, label in guesses if guess.confidence >= 0.8]
    unsure = [guess.label == label for guess, label in guesses if guess.confidence < 0.4]
    assert len(sure) > 80
    assert sum(sure) / len(sure) > 0.85
    assert sum(unsure) / len(unsure) < 0.6


def test_same_examples_in_any_order_make_the_same_brain(brain):
    again = teach(reversed(shipped_examples()))
    assert again.version == brain.version
    assert again.rank("my vpn is broken") == brain.rank("my vpn is broken")


def test_one_more_example_is_another_version(brain):
    assert teach([*shipped_examples(), Example("act.thanks", "obrigado")]).version != brain.version


def test_one_label_is_nothing_to_choose_from():
    with pytest.raises(ValueError, match="two labels"):
        teach([Example("a", "x")])


def test_a_label_with_a_single_example_can_be_taught():
    brain = teach([*shipped_examples(), Example("need.badge", "my door badge stopped working")])
    guess = brain.guess("door badge stopped working")
    assert guess is not None
    assert guess.label == "need.badge"


def test_without_runbooks_there_is_a_brain():
    assert build_brain([]).guess("please unlock my account") is not None


@given(text=st.text(max_size=2_000))
def test_any_text_can_be_ranked(brain, text):
    ranked = brain.rank(text)
    assert all(0 <= guess.confidence <= 1 for guess in ranked)
    assert [guess.confidence for guess in ranked] == sorted((guess.confidence for guess in ranked), reverse=True)
