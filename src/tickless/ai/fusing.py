"""Late fusion: how much each kind of evidence counts, learnt on sentences that the evidence had not seen.

The fused log-share of a label is a weighted sum of what each view says of it; the few weights maximise the likelihood of the
right labels (Newton's method), so that the shares are honest probabilities among the labels, too.
"""

from __future__ import annotations

import numpy as np

from tickless.ai.features import Floats, Indexes

RIDGE = 1e-2
START = 0.5


def fit_weights(views: Floats, owners: Indexes) -> Floats:
    """One weight ≥ 0 for each view; `views` is rows × labels × views."""
    weights = _newton(views, owners)
    while (weights < 0).any():  # a view that would count against itself is left out
        kept = np.flatnonzero(weights > 0)
        if not len(kept):
            return np.full(views.shape[2], START)
        less = np.zeros(views.shape[2])
        less[kept] = fit_weights(views[:, :, kept], owners)
        return less
    return weights


def _newton(views: Floats, owners: Indexes) -> Floats:
    rows, kinds = np.arange(len(views)), views.shape[2]
    weights = np.full(kinds, START)
    keep = RIDGE * np.eye(kinds)
    for _ in range(50):
        logits = views @ weights
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        means = np.einsum("nk,nkp->np", shares, views)
        slope = (means - views[rows, owners]).sum(axis=0) + keep @ (weights - START)
        spread = np.einsum("nk,nkp,nkq->pq", shares, views, views) - means.T @ means
        step = np.linalg.solve(spread + keep, slope)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-5:
            break
    return weights
