"""How well known sentences are told from unknown ones: AUROC, and thresholds chosen on other sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """What a brain made of sentences in scope (`right`: the guess was) and of others, by familiarity."""

    known: Floats
    right: NDArray[np.bool_]
    unknown: Floats

    def joint(self, threshold: float, *, share: float) -> float:
        """Accuracy when unknown sentences are that share of all and count as right when they are refused."""
        inside, outside = self.at(threshold)
        return (1 - share) * inside + share * outside

    def at(self, threshold: float) -> tuple[float, float]:
        """In-scope accuracy with refusals counted as wrong, and the share of unknown sentences that are refused."""
        return float((self.right & (self.known >= threshold)).mean()), float((self.unknown < threshold).mean())

    def auroc(self) -> float:
        """The chance that a known sentence is more familiar than an unknown one."""
        both = np.concatenate([self.known, self.unknown])
        ranks = np.empty(len(both))
        ranks[np.argsort(both, kind="stable")] = np.arange(1, len(both) + 1)
        known = len(self.known)
        return float((ranks[:known].sum() - known * (known + 1) / 2) / (known * len(self.unknown)))

    def half(self, which: int) -> Asked:
        """Every other sentence, of both kinds."""
        return Asked(self.known[which::2], self.right[which::2], self.unknown[which::2])


def best_threshold(asked: Asked, *, share: float) -> float:
    """The threshold with the best joint accuracy on these sentences; the middle of the best, where several are."""
    places = np.unique(np.concatenate([asked.known, asked.unknown]))
    joints = np.array([asked.joint(place, share=share) for place in places])
    return float(np.median(places[joints >= joints.max() - 1e-9]))
