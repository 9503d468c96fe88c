"""Maturity from live evidence: three models, each criterion with its query, its threshold and why, and the next best step."""

from tickless.stages.measure.maturity.criteria import CRITERIA, QUESTIONS
from tickless.stages.measure.maturity.judging import Judged, Readings, Standing, judge, readings
from tickless.stages.measure.maturity.model import Criterion, Evidence, HouseFacts, Reading
from tickless.stages.measure.maturity.options import MaturitySettings, Threshold

__all__ = [
    "CRITERIA", "QUESTIONS", "Criterion", "Evidence", "HouseFacts", "Judged", "MaturitySettings", "Reading", "Readings",
    "Standing", "Threshold", "judge", "readings",
]  # fmt: skip
