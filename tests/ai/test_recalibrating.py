"""The threshold follows what became of messages: slowly, within bounds, and never by what was understood wrongly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.ai.late import HIGHEST, LOWEST
from tickless.ai.recalibrating import FEWEST, Understood, recalibrated

THRESHOLDS = st.floats(LOWEST, HIGHEST).map(lambda one: round(one, 4))
SHARES = st.floats(0.0, 0.5)
OUTCOMES = st.lists(st.builds(Understood, confidence=st.floats(0, 1), right=st.booleans()), max_size=120)


def right(*confidences: float) -> list[Understood]:
    return [Understood(one, right=True) for one in confidences]


@given(threshold=THRESHOLDS, outcomes=OUTCOMES, share=SHARES)
def test_it_stays_within_the_bounds_of_teaching(threshold: float, outcomes: list[Understood], share: float) -> None:
    assert LOWEST <= recalibrated(threshold, outcomes, rejection=share) <= HIGHEST


@given(threshold=THRESHOLDS, outcomes=OUTCOMES, share=SHARES, data=st.data())
def test_the_order_of_messages_does_not_matter(
    threshold: float, outcomes: list[Understood], share: float, data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(outcomes))
    assert recalibrated(threshold, mixed, rejection=share) == recalibrated(threshold, outcomes, rejection=share)


@given(threshold=THRESHOLDS, outcomes=OUTCOMES, share=SHARES)
def test_what_was_understood_wrongly_changes_nothing(
    threshold: float, outcomes: list[Understood], share: float
) -> None:
    only = [one for one in outcomes if one.right]
    assert recalibrated(threshold, outcomes, rejection=share) == recalibrated(threshold, only, rejection=share)


@given(threshold=THRESHOLDS, outcomes=OUTCOMES, shares=st.tuples(SHARES, SHARES))
def test_who_may_refuse_more_refuses_no_less(
    threshold: float, outcomes: list[Understood], shares: tuple[float, float]
) -> None:
    less, more = (recalibrated(threshold, outcomes, rejection=share) for share in sorted(shares))
    assert less <= more


@given(threshold=THRESHOLDS, outcomes=OUTCOMES, share=SHARES)
def test_surer_messages_never_lower_it(threshold: float, outcomes: list[Understood], share: float) -> None:
    surer = [Understood(min(one.confidence + 0.1, 1.0), one.right) for one in outcomes]
    assert recalibrated(threshold, surer, rejection=share) >= recalibrated(threshold, outcomes, rejection=share)


@pytest.mark.parametrize("confidence", [0.0, 0.99])
def test_few_messages_change_nothing(confidence: float) -> None:
    assert recalibrated(0.5, right(*[confidence] * (FEWEST - 1)), rejection=0.05) == 0.5


def test_many_messages_move_it_towards_the_share_that_was_asked_for() -> None:
    messages = right(*(0.52 + 0.4 * place / 999 for place in range(1_000)))
    found = recalibrated(0.46, messages, rejection=0.05)
    assert found == pytest.approx((1_000 * 0.54 + 100 * 0.46) / 1_100, abs=1e-3)
    refused = sum(one.confidence < found for one in messages) / len(messages)
    assert refused == pytest.approx(0.05, abs=0.02)


def test_more_of_the_same_messages_move_it_further() -> None:
    some, many = (recalibrated(0.45, right(*[0.58] * count), rejection=0.05) for count in (50, 500))
    assert 0.45 < some < many < 0.58
