"""The brain that is taught: what words say and what meaning says, each with its weight, and an honest confidence.

Taught on examples, it learns its weights and its confidence on sentences that were left out in turn. What an unknown sentence
looks like is learnt by hiding each left-out example's own label. Without an encoder the same brain goes by words alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tickless.ai.brain import Example, Guess, LeftOut
from tickless.ai.calibration import Calibration, calibrate
from tickless.ai.encoder import Encoder
from tickless.ai.features import Floats, Indexes, Vector, Vocabulary, learn_vocabulary, words
from tickless.ai.fusing import fit_weights
from tickless.ai.sentences import Examples
from tickless.ai.views import Fits, Seen, Views, see_left_out

METHOD = "3"
FOLDS = 5
MOST_FOLDED = 4_000
"""With more examples one fifth is left out once, and not every fifth in turn."""
UNKNOWN = 0.35
"""How much an unknown sentence counts beside a known one when confidences are calibrated."""
REJECTION = 0.05
"""Share of sentences within its scope, and understood rightly, that a brain may refuse."""
LOWEST, HIGHEST = 0.45, 0.6
"""Bounds of the threshold: a guess more likely wrong than right is none, however few sentences would then be refused."""


@dataclass(frozen=True)
class TaughtBrain:
    """Make it with `teach`."""

    labels: tuple[str, ...]
    examples: tuple[Example, ...]
    version: str
    left_out: tuple[LeftOut, ...]
    threshold: float
    weights: Floats
    """Of the views, in the order of `Seen.evidence`."""
    units: tuple[float, float]
    """Of the logit and of the cosine in a sentence's familiarity."""
    calibration: Calibration
    _views: Views
    _vocabulary: Vocabulary
    _encoder: Encoder | None
    without: str = ""
    """Why there is no encoder."""

    @property
    def rung(self) -> str:
        reason = f" ({self.without})" if self.without else ""
        return "by words and meaning" if self._encoder else f"by words alone{reason}"

    @property
    def name(self) -> str:
        return "embedding" if self._encoder else "lexical"

    def rank(self, text: str, *, limit: int = 3) -> tuple[Guess, ...]:
        """The likeliest labels, best first. Empty if the text has nothing readable in it."""
        return self.rank_many([text], limit=limit)[0]

    def rank_many(self, texts: Sequence[str], *, limit: int = 3) -> tuple[tuple[Guess, ...], ...]:
        """The same for each of several sentences, in one go."""
        if not texts:
            return ()
        vectors = [self._vocabulary.vector(text) for text in texts]
        seen = self._views.see(vectors, self._encoder.encode(texts) if self._encoder else None)
        judged = judge(seen, self.weights)
        signs = judged.signs(self.units)
        found = []
        for row in range(len(texts)):
            readable = self._readable(vectors[row], texts[row])
            found.append(self._guesses(judged.scores[row], signs[row], seen.cosines[row], limit) if readable else ())
        return tuple(found)

    def log_shares(self, text: str) -> Floats | None:
        """How likely each of `labels` is among them, as natural logarithms. None if the text has nothing readable in it."""
        vector = self._vocabulary.vector(text)
        if not self._readable(vector, text):
            return None
        seen = self._views.see([vector], self._encoder.encode([text]) if self._encoder else None)
        (scores,) = judge(seen, self.weights).scores
        return np.asarray(scores - np.logaddexp.reduce(scores))

    def guess(self, text: str) -> Guess | None:
        """The best label, or None below the threshold."""
        ranked = self.rank(text, limit=1)
        return ranked[0] if ranked and ranked[0].confidence >= self.threshold else None

    def _readable(self, vector: Vector, text: str) -> bool:
        return len(vector.columns) > 0 or (self._encoder is not None and bool(words(text)))

    def _guesses(self, scores: Floats, signs: Floats, cosines: Floats, limit: int) -> tuple[Guess, ...]:
        order = np.argsort(-scores, kind="stable")[:limit]
        top = self.calibration.confidence(signs)
        fall = np.exp(scores[order] - scores[order[0]])
        return tuple(
            Guess(
                label=self.labels[label],
                confidence=round(float(top * share), 4),
                evidence=self._nearest_text(cosines, int(label)),
                familiarity=round(float(signs[1]), 4),
            )
            for label, share in zip(order, fall, strict=True)
        )

    def _nearest_text(self, cosines: Floats, label: int) -> str:
        own = np.flatnonzero(self._views.owners == label)
        return self.examples[int(own[np.argmax(cosines[own])])].text


@dataclass(frozen=True)
class Judged:
    """What came out for n sentences. `scores`: fused log-shares, n × labels; the others one for each sentence."""

    scores: Floats
    odds: Floats
    """Log-odds of the best label among the labels."""
    logit: Floats
    """The best label's fused logit, which is small for what no classifier knows."""
    nearest: Floats
    """Cosine of the nearest label's examples."""

    def units(self) -> tuple[float, float]:
        """Spread of the logit and of the cosine, so that they can be added."""
        return max(float(self.logit.std()), 1e-6), max(float(self.nearest.std()), 1e-6)

    def familiarity(self, units: tuple[float, float]) -> Floats:
        """The greatest logit and the nearest cosine, each in its unit: what tells known from unknown."""
        return self.logit / units[0] + self.nearest / units[1]

    def signs(self, units: tuple[float, float]) -> Floats:
        """What tells a good guess, n × 2."""
        return np.stack([self.odds, self.familiarity(units)], axis=1)


def judge(seen: Seen, weights: Floats) -> Judged:
    """Fuse what the views say."""
    scores = seen.evidence() @ weights
    rows, top = np.arange(len(scores)), np.argmax(scores, axis=1)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    share = np.clip(1 / shares.sum(axis=1), 1e-6, 1 - 1e-6)
    logit = seen.logits[rows, top] @ weights[: seen.logits.shape[2]]
    return Judged(scores, np.log(share / (1 - share)), logit, seen.nearest.max(axis=1))


def teach(examples: Iterable[Example], *, encoder: Encoder | None = None, rejection: float = REJECTION) -> TaughtBrain:
    """A brain that knows these examples. Needs at least two labels; raises ValueError otherwise."""
    taught = tuple(sorted({(one.label, one.text.strip()) for one in examples if one.text.strip()}))
    labels = tuple(sorted({label for label, _ in taught}))
    if len(labels) < 2:
        raise ValueError("a brain needs examples of at least two labels")
    texts = [text for _, text in taught]
    vocabulary = learn_vocabulary(texts)
    place = {label: number for number, label in enumerate(labels)}
    owners = np.array([place[label] for label, _ in taught], dtype=np.int64)
    vectors = tuple(vocabulary.vector(text) for text in texts)
    known = Examples.of(vectors, len(vocabulary.telling), encoder.encode(texts, keep=True) if encoder else None)
    left_out, kept, fits = _left_out(known, owners, len(labels))
    weights = fit_weights(left_out.evidence(), owners[kept])
    units = judge(left_out, weights).units()
    calibration, sure = _calibration(left_out, owners[kept], weights, units)
    judged = judge(left_out, weights)
    read = zip(kept, np.argmax(judged.scores, axis=1), judged.signs(units), strict=True)
    told = repr((METHOD, rejection, encoder.version if encoder else "", taught))
    return TaughtBrain(
        labels=labels,
        examples=tuple(Example(label, text) for label, text in taught),
        version=f"{METHOD}-{hashlib.sha256(told.encode()).hexdigest()[:12]}",
        left_out=tuple(
            LeftOut(Example(*taught[one]), labels[top], float(calibration.confidence(signs)))
            for one, top, signs in read
        ),
        threshold=_threshold(sure, rejection),
        weights=weights,
        units=units,
        calibration=calibration,
        _views=Views.fit(known, owners, len(labels), start=fits),
        _vocabulary=vocabulary,
        _encoder=encoder,
    )


def _left_out(examples: Examples, owners: Indexes, labels: int) -> tuple[Seen, Indexes, Fits]:
    """What views say of examples they were not fitted on, which these are, and the mean of what was fitted."""
    folds = np.zeros(len(owners), dtype=np.int64)
    for label in range(labels):
        own = np.flatnonzero(owners == label)
        folds[own] = np.arange(len(own)) % FOLDS
    seen, places, fits = [], [], []
    for turn in range(FOLDS) if len(owners) <= MOST_FOLDED else range(1):
        inside, outside = np.flatnonzero(folds != turn), np.flatnonzero(folds == turn)
        outside = outside[np.isin(owners[outside], owners[inside])]
        if len(outside):
            said, fitted = see_left_out(examples, owners, labels, inside=inside, outside=outside)
            seen.append(said)
            fits.append(fitted)
            places.append(outside)
    logits = np.concatenate([one.logits for one in seen])
    nearest = np.concatenate([one.nearest for one in seen])
    return Seen(logits, nearest, np.zeros((len(logits), 0))), np.concatenate(places), Fits.mean(fits)


def _calibration(
    left_out: Seen, owners: Indexes, weights: Floats, units: tuple[float, float]
) -> tuple[Calibration, Floats]:
    """The calibration, and the confidence of every left-out example that was understood rightly."""
    judged = judge(left_out, weights)
    known = judged.signs(units)
    right = (np.argmax(judged.scores, axis=1) == owners).astype(np.float64)
    rows = np.arange(len(owners))
    logits, nearest = left_out.logits.copy(), left_out.nearest.copy()
    logits[rows, owners] = -30.0
    nearest[rows, owners] = -1.0
    unknown = judge(Seen(logits, nearest, left_out.cosines), weights).signs(units)
    found = calibrate(
        np.vstack([known, unknown]),
        np.concatenate([right, np.zeros(len(owners))]),
        counts=np.concatenate([np.ones(len(owners)), np.full(len(owners), UNKNOWN)]),
    )
    return found, np.array([found.confidence(signs) for signs in known[right > 0]])


def _threshold(sure: Floats, rejection: float) -> float:
    """Refuses that share of what was understood rightly, within bounds."""
    wanted = float(np.quantile(sure, rejection)) if len(sure) else HIGHEST
    return round(min(max(wanted, LOWEST), HIGHEST), 4)
