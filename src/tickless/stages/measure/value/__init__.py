"""The value ledger: what the house is worth, against what the organisation's own past shows, less what it costs."""

from tickless.stages.measure.value.baseline import Baseline, baselines
from tickless.stages.measure.value.ledger import Ledger, Line, known_of, ledger
from tickless.stages.measure.value.terms import Terms

__all__ = ["Baseline", "Ledger", "Line", "Terms", "baselines", "known_of", "ledger"]
