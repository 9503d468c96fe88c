"""Writes the page of metrics from their registry."""

from __future__ import annotations

from tickless.doors.console.figures import GROUPS
from tickless.stages.measure.metrics import METRICS, Metric

_BETTER = {"up": "the higher the better", "down": "the lower the better", "neither": "neither way is better"}
_HEAD = """# Metrics

<!-- written by `python -m tests.docs.reference` from src/tickless/stages/measure/metrics/definitions -->

Every figure of the house, defined once as code. All of them keep to these rules:

- **A window** holds its beginning and not its end. Volume and intake count by the opening; speed and quality by the
  last resolution, so a case that was reopened counts when it was solved in the end; outcomes by when the house was
  done with a case.
- **Missing is missing.** A case that lacks what a figure needs, or has its stamps in the wrong order, is left out and
  counted as missing beside the figure. Where nothing tells of a figure it is not known, which is not nought.
- **Clocks.** Times run day and night unless the definition says support hours: those are the service's own, else the
  house's, exact over daylight saving, closed days and nights. Pauses are taken out once, however they overlap.
- **Past and present.** Live cases and imported tickets go through the same definitions; `source` tells them apart.
- **Evidence.** Behind each figure are its cases, by their ids, with what each adds.
- **Counter-metric.** Each names the metric that would worsen if it were improved the wrong way; the
  [guard](../guides/maturity.md#the-guard) watches all pairs.
"""


def metrics() -> str:
    """The page."""
    lines = [_HEAD]
    for group, title in GROUPS.items():
        lines += [f"\n## {title}\n"]
        for one in METRICS.values():
            if one.group == group:
                lines += _metric(one)
    return "\n".join(lines).rstrip() + "\n"


def _metric(one: Metric) -> list[str]:
    counter = METRICS[one.counter] if one.counter else None
    return [
        f"### {one.name}\n",
        f"`{one.id}` · {one.unit} · {one.level} · {_BETTER[one.better]} · owner: {one.owner} · from: {one.source}\n",
        f"{one.words}\n",
        f"Missing data: {one.missing}\n",
        f"Read it with **{counter.name}**: {one.why_counter}\n" if counter else "",
        f"```python\n{one.code}\n```\n",
    ]
