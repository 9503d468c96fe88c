"""Writes the page of the maturity models from their criteria."""

from __future__ import annotations

from itertools import groupby

from tickless.app.profiles import PROFILES, settings_of
from tickless.stages.measure.maturity import CRITERIA, MaturitySettings
from tickless.stages.measure.maturity.criteria import NAMES, PLACES
from tickless.stages.measure.maturity.model import Criterion

_HEAD = """# Maturity models

<!-- Written by `python -m tests.docs.reference`: change the code, not this page. -->

How mature a house is, is read off its evidence: each criterion asks one thing and is met where the answer reaches a threshold
that has a reason. A level is reached where every criterion of it and of those below is met. What no data can show is asked of
people, and marked. A house may set [other thresholds](../guides/maturity.md) by a criterion's id;
[profiles](#thresholds-by-profile) do.
[How to read it](../guides/maturity.md), [the metrics](metrics.md).
"""


def maturity() -> str:
    """The page."""
    lines = [_HEAD]
    for model, title in NAMES.items():
        lines += [f"## {title}\n"]
        own = sorted((one for one in CRITERIA if one.model == model), key=lambda one: one.place)
        for place, some in groupby(own, key=lambda one: one.place):
            lines += [f"### {title} {place}: {PLACES[model][place]}\n", "| criterion | id | asked | met where | because |",
                      "|---|---|---|---|---|"]  # fmt: skip
            lines += [*(_row(one) for one in some), ""]
    return "\n".join([*lines, *_by_profile()]).rstrip() + "\n"


def _by_profile() -> list[str]:
    rows = [(name, one, own) for name in PROFILES for one in _own(name).criteria() if (own := one.shipped) is not None]
    return [
        "## Thresholds by profile\n",
        "What a [profile](../guides/profiles.md) sets in place of the threshold that ships.\n",
        "| profile | criterion | met where | as it ships | because |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | `{one.id}` | {_bound(one, one.threshold)} | {own:g} | {one.because} |"
            for name, one, own in rows
        ),
    ]


def _own(profile: str) -> MaturitySettings:
    return MaturitySettings.model_validate(settings_of(profile).get("maturity", {}))


def _bound(one: Criterion, value: float) -> str:
    return f"at {'most' if one.most else 'least'} {value:g}"


def _row(one: Criterion) -> str:
    says = f"{one.says}{f' ({one.dimension})' if one.dimension else ''}"
    cells = (
        says,
        f"`{one.id}`",
        one.query.words + (f": “{one.question}”" if one.question else ""),
        _bound(one, one.threshold),
        one.reason,
    )
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
