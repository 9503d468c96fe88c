"""What a brain confuses, told from its examples."""

import pytest

from tickless.ai import Example
from tickless.ai.late import teach
from tickless.stages.understand.intents import LeftOut, confusion, report_of

EXAMPLES = [
    Example(label, text)
    for label, texts in {
        "need.badge": (
            "my badge does not open the door", "the door reader rejects my badge", "badge not recognised at the door",
            "the door does not open with my badge", "my badge is rejected by the reader",
            "reader at the door says badge unknown",
        ),
        "need.printer": (
            "the printer is out of paper", "printer jams again", "the printer prints blank paper", "paper stuck in the printer",
            "my printer does not print", "printer shows paper jam",
        ),
        "need.stranger": ("the printer jams on blank paper", "paper is stuck in the printer again"),
    }.items()
    for text in texts
]  # fmt: skip


def learn(examples):
    return teach(examples, encoder=None)


@pytest.fixture(scope="module")
def report():
    return confusion(EXAMPLES, learn)


def test_every_example_is_left_out_once(report):
    assert {one.label: one.examples for one in report.labels} == {
        "need.badge": 6,
        "need.printer": 6,
        "need.stranger": 2,
    }
    assert report.brain.startswith("lexical ")


def test_what_sounds_alike_is_named_with_the_sentence_it_sounds_like(report):
    stranger = report.of("need.stranger")
    assert [one.label for one in stranger.rivals] == ["need.printer"]
    assert stranger.thin
    known = {one.text for one in EXAMPLES if one.label == "need.printer"}
    assert {one.sounds_like for one in stranger.rivals[0].sentences} <= known


def test_the_least_understood_comes_first(report):
    coverage = [one.coverage for one in report.labels]
    assert coverage == sorted(coverage)
    assert report.labels[0].label == "need.stranger"
    assert 0 <= report.coverage <= 1


def test_the_same_sentence_for_two_labels_is_a_clash():
    read = [LeftOut(label, "Printer jams", label, 0.9, "x", sure=True) for label in ("need.a", "need.b")]
    (clash,) = report_of(read).clashes
    assert clash.labels == ("need.a", "need.b")


def test_nothing_sure_is_refused():
    (label,) = report_of([LeftOut("need.a", "x", "need.a", 0.1, "y", sure=False)]).labels
    assert (label.right, label.refused, label.coverage) == (0, 1, 0.0)
    with pytest.raises(ValueError, match="two folds"):
        confusion(EXAMPLES, learn, folds=1)
