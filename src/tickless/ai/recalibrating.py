"""The threshold of refusal, set again from what became of messages that were understood. Pure.

A brain sets its threshold on examples that were left out. A house's own messages are other sentences: where they are
understood with other confidences, the same threshold refuses another share of them than was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from tickless.ai.brain import Brain
from tickless.ai.late import HIGHEST, LOWEST, TaughtBrain

FEWEST = 30
"""Messages understood rightly below which the threshold stays as it was taught."""
TAUGHT = 100
"""What was taught counts as much as so many messages."""


@dataclass(frozen=True)
class Understood:
    """A message, with the brain's first guess, and whether the outcome showed that guess right."""

    confidence: float
    right: bool


def recalibrated(threshold: float, outcomes: Iterable[Understood], *, rejection: float) -> float:
    """The threshold that refuses the share `rejection` of the messages that were understood rightly.

    `outcomes` have to hold messages that were refused and turned out right later, too (somebody confirmed the guess when asked
    back): without them only what had reached the old threshold would be counted, and it could never fall. `threshold` is what
    was taught; it counts as `TAUGHT` messages do, alone below `FEWEST` messages, and the bounds are those of teaching.
    """
    sure = np.array([one.confidence for one in outcomes if one.right])
    if len(sure) < FEWEST:
        return threshold
    wanted = float(np.quantile(sure, rejection))
    blended = (len(sure) * wanted + TAUGHT * threshold) / (len(sure) + TAUGHT)
    return round(min(max(blended, LOWEST), HIGHEST), 4)


def refusing_below(brain: Brain, threshold: float) -> Brain:
    """The same brain with another threshold, within the bounds of teaching."""
    assert isinstance(brain, TaughtBrain)
    bounded = round(min(max(threshold, LOWEST), HIGHEST), 4)
    return replace(brain, threshold=bounded, version=f"{brain.version}@{bounded}")
