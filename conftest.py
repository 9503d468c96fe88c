"""For every test, wherever it stands: properties are tried on the same examples each time, and against no clock.

`HYPOTHESIS_PROFILE=explore` looks for new counter-examples instead.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Which rung of the language ladder a test stands on must not depend on what lies in this user's cache: words alone, unless
# a test asks for more (tests/ai).
os.environ.setdefault("TICKLESS_BRAIN__ENCODER", "off")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command does

settings.register_profile(
    "house", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Leave the names of what failed where `scripts/test` looks for them."""
    file = os.environ.get("TICKLESS_FAILED_TESTS")
    if file:
        stats = terminalreporter.stats
        failed = dict.fromkeys(report.nodeid for kind in ("failed", "error") for report in stats.get(kind, []))
        Path(file).write_text("".join(f"{name}\n" for name in failed), encoding="utf-8")
