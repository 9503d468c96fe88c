"""Turns scores into confidences: a small logistic regression fitted by Newton's method (Platt's idea, more inputs)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tickless.ai.features import Floats


@dataclass(frozen=True)
class Calibration:
    """Weights of a logistic function over the signs of a good guess, and the constant."""

    weights: Floats
    constant: float

    def confidence(self, signs: Floats) -> float:
        """The chance, 0 to 1, that a guess with these signs is right."""
        score = float(np.clip(signs @ self.weights + self.constant, -30, 30))
        return 1 / (1 + float(np.exp(-score)))


def calibrate(signs: Floats, right: Floats, *, counts: Floats, ridge: float = 1.0) -> Calibration:
    """Fit on `signs` (n × k), whether each guess was `right` (0 or 1) and how much each row `counts`."""
    table = np.hstack([signs, np.ones((len(signs), 1))])
    keep = np.eye(table.shape[1]) * ridge
    keep[-1, -1] = 1e-6
    weights = np.zeros(table.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (counts * (chance - right)) + keep @ weights
        curve = (table * (counts * chance * (1 - chance))[:, None]).T @ table + keep
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-6:
            break
    return Calibration(weights[:-1], float(weights[-1]))
