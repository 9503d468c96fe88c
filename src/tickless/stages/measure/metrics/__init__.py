"""Metrics as code: what each is, and its figure for any window and any part of what happened."""

from tickless.stages.measure.metrics.history import CaseHistory
from tickless.stages.measure.metrics.material import Material
from tickless.stages.measure.metrics.metric import Figure, Metric, Scope
from tickless.stages.measure.metrics.registry import METRICS, figure, parts, trend
from tickless.stages.measure.metrics.window import Window, periods

__all__ = [
    "METRICS", "CaseHistory", "Figure", "Material", "Metric", "Scope", "Window", "figure", "parts", "periods", "trend",
]  # fmt: skip
