"""Clean series are what they are called, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from bench.clean_series import KINDS, moments


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_finite_and_the_same_again(kind: str) -> None:
    times = moments(1, 1_800.0)
    assert len(times) == 336
    made = [KINDS[kind](times, 3, np.random.default_rng(4)) for _ in range(2)]
    assert made[0].shape == (336, 3)
    assert np.isfinite(made[0]).all()
    assert np.array_equal(made[0], made[1])
    assert made[0].std(axis=0).min() > 0


def test_a_week_has_its_weekend() -> None:
    times = moments(4, 3_600.0)
    made = KINDS["weekly"](times, 5, np.random.default_rng(4))
    weekday = (times // 86_400 + 3) % 7
    assert made[weekday >= 5].std() < 0.8 * made[weekday < 5].std()
