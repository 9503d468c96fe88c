"""What came of the year, month by month, read from the journal; and how it is shown while it is played and at its end."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tickless.app.accelerated.scene import Scene
from tickless.domain.autonomy import RUNGS
from tickless.stages.learn.core import GOOD

BY_PROOF = frozenset({"verified", "prevented"})
OPEN = "open"
MANY = 100_000
CAPTION = (
    "proven: ended by a proof; people: solved by them, or still with them; back: came back; on rung: runbooks that "
    f"{', '.join(RUNGS)}; maturity: stage of the Zero-ticket model."
)


@dataclass(frozen=True)
class Month:
    """Cases by when they were opened. `rungs`: how many runbooks stood on each at the end of it. `stage`: of the Zero-ticket
    model then, None where nobody looked."""

    month: str
    cases: int
    outcomes: dict[str, int]
    minutes_saved: float
    rungs: dict[str, int]
    stage: float | None

    @property
    def proven(self) -> float:
        """Share of cases that ended with a proof."""
        return sum(self.outcomes.get(name, 0) for name in BY_PROOF) / self.cases if self.cases else 0.0

    @property
    def by_people(self) -> int:
        """Cases that people solved, or still have."""
        return self.cases - sum(self.outcomes.get(name, 0) for name in (*BY_PROOF, "muted", "refused", "withdrawn"))


class Chronicle:
    """Told of every day that is over. `progress`: takes the words for the day that is played."""

    def __init__(
        self, scene: Scene, console: Console, *, quiet: bool = False, progress: Callable[[str], object] = str
    ) -> None:
        self._scene = scene
        self._console = console
        self._quiet = quiet
        self._progress = progress
        self._rungs: dict[str, dict[str, int]] = {}

    def day_over(self, day: dt.date) -> None:
        """Say which day comes; at the end of a month, how it went."""
        self._progress(f"{day + dt.timedelta(days=1):%a %d %B %Y} …")
        self._rungs[f"{day:%Y-%m}"] = self._standing()
        if (day + dt.timedelta(days=1)).day == 1 and not self._quiet:
            month = next((one for one in self.months() if one.month == f"{day:%Y-%m}"), None)
            if month is not None:
                self._console.print(_line(month), soft_wrap=True)

    def _standing(self) -> dict[str, int]:
        with self._scene.house.journal.read() as tx:
            known = tx.coordination.rungs()
        names = (known.get(name, self._scene.house.settings.default_rung) for name in self._scene.house.rooms.runbooks)
        found = Counter(names)
        return {rung: found.get(rung, 0) for rung in RUNGS}

    def months(self) -> list[Month]:
        """Every month in which there was a case, in order."""
        with self._scene.house.journal.read() as tx:
            cases = tx.cases.where(limit=MANY)
            saved = tx.resolutions.where(limit=MANY)
            marks = [one for one in tx.maturity_marks.where(limit=MANY) if one.model == "zero_ticket"]
        minutes, outcomes, stages = Counter[str](), dict[str, Counter[str]](), dict[str, float]()
        for one in saved:
            minutes[f"{one.at:%Y-%m}"] += one.minutes_saved if one.outcome in GOOD else 0  # type: ignore[assignment]
        for case in cases:
            outcomes.setdefault(f"{case.opened_at:%Y-%m}", Counter())[case.outcome or OPEN] += 1
        for mark in sorted(marks, key=lambda one: one.at):
            stages[f"{mark.at:%Y-%m}"] = mark.level
        return [
            Month(name, sum(found.values()), dict(sorted(found.items())), round(minutes[name], 1), self._rungs.get(name, {}),
                  stages.get(name))
            for name, found in sorted(outcomes.items())
        ]  # fmt: skip

    def table(self) -> Table:
        """The year at a glance, on eighty columns."""
        table = Table(title="Month by month", caption=CAPTION, title_justify="left", caption_justify="left", box=None,
                      pad_edge=False, header_style="bold")  # fmt: skip
        for name in ("month", "cases", "proven", "people", "back", "minutes saved", "on rung", "maturity"):
            table.add_column(name, justify="left" if name == "month" else "right", no_wrap=True)
        for one in self.months():
            rungs = " ".join(f"{one.rungs.get(rung, 0):>2}" for rung in RUNGS)
            table.add_row(one.month, str(one.cases), f"{one.proven:.0%}", str(one.by_people),
                          str(one.outcomes.get("regressed", 0)), f"{one.minutes_saved:,.0f}", rungs,
                          "" if one.stage is None else f"{one.stage:g}")  # fmt: skip
        return table

    def as_json(self) -> list[dict[str, object]]:
        return [{**asdict(one), "proven": round(one.proven, 4), "by_people": one.by_people} for one in self.months()]


def _line(month: Month) -> Text:
    """One month while the year is played: the outcomes, and where the runbooks stand."""
    came = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in month.outcomes.items())
    rungs = ", ".join(f"{count} {rung}" for rung, count in month.rungs.items() if count)
    return Text(f"{month.month}  {month.cases:>4} cases: {came} · runbooks: {rungs}")
