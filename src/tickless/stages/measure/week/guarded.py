"""Which figures may mislead: what the guard of figures warns of, told where the figures are read. Pure."""

from __future__ import annotations

from tickless.stages.measure.guard import Warned, Watch
from tickless.stages.measure.week.shape import MOST_LINKED, Row, Section
from tickless.stages.measure.week.wording import counted, section

LIVE = "live:"


def misleading(watch: Watch) -> Section:
    """Warnings that held after the rate of false ones was kept down (`watch.rate`), the surest first."""
    rows = [_row(one) for one in watch.warnings]
    told = (
        f"{counted(len(rows), 'figure')} changed in a way that the work does not explain: read them with care."
        if rows
        else "No figure got better at the cost of another, as far as can be told."
    )
    return section("misleading", "Figures that may mislead", told, rows)


def _row(one: Warned) -> Row:
    numbers = [int(case.removeprefix(LIVE)) for case in one.cases if case.startswith(LIVE)]
    numbers = sorted(numbers, reverse=True)[:MOST_LINKED]
    return Row(what=one.title, count=len(one.cases), told=one.told, do=one.do, cases=tuple(numbers))
