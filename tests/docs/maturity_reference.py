"""Writes the page of the maturity models from their criteria."""

from __future__ import annotations

from itertools import groupby

from tickless.stages.measure.maturity import CRITERIA
from tickless.stages.measure.maturity.criteria import NAMES, PLACES
from tickless.stages.measure.maturity.model import Criterion

_HEAD = """# Maturity models

<!-- Written by `python -m tests.docs.reference`: change the code, not this page. -->

How mature a house is, is read off its evidence: each criterion asks one thing and is met where the answer reaches a threshold
that has a reason. A level is reached where every criterion of it and of those below is met. What no data can show is asked of
people, and marked.
[How to read it](../guides/maturity.md), [the metrics](metrics.md).
"""


def maturity() -> str:
    """The page."""
    lines = [_HEAD]
    for model, title in NAMES.items():
        lines += [f"## {title}\n"]
        own = sorted((one for one in CRITERIA if one.model == model), key=lambda one: one.place)
        for place, some in groupby(own, key=lambda one: one.place):
            lines += [f"### {title} {place}: {PLACES[model][place]}\n", "| criterion | asked | met where | because |",
                      "|---|---|---|---|"]  # fmt: skip
            lines += [*(_row(one) for one in some), ""]
    return "\n".join(lines).rstrip() + "\n"


def _row(one: Criterion) -> str:
    says = f"{one.says}{f' ({one.dimension})' if one.dimension else ''}"
    wanted = f"at {'most' if one.most else 'least'} {one.threshold:g}"
    cells = (says, one.query.words + (f": “{one.question}”" if one.question else ""), wanted, one.reason)
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
