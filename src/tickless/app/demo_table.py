"""What the demo shows while it plays: a live table in a terminal, else one line for every finished event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from tickless.flow.desk.promise import Numbers

COLOURS = {
    "verified": "green",
    "prevented": "green",
    "confirmed": "green",
    "muted": "dim",
    "withdrawn": "dim",
    "refused": "yellow",
    "handed_off": "yellow",
    "regressed": "red",
}
STATES = {
    "open": "looking",
    "awaiting_person": "asks back",
    "awaiting_approval": "waits for a yes",
    "acting": "acting",
    "verifying": "checking",
}
ROOM = 9
"""Lines of the terminal that aren't rows of the table."""


@dataclass
class Row:
    """One event on the screen."""

    time: str
    door: str
    what: str
    state: str = ""
    outcome: str = ""
    seconds: float | None = None


@dataclass
class Screen:
    """Shows rows; `total` is how many there will be."""

    console: Console
    total: int
    rows: dict[str, Row] = field(default_factory=dict)
    finished: int = 0
    header: str = ""

    @contextmanager
    def showing(self) -> Iterator[None]:
        """Show the table as long as the block lasts."""
        if not self.console.is_terminal:
            yield
            return
        with Live(get_renderable=self._table, console=self.console, refresh_per_second=6, transient=True):
            yield

    def begin(self, identity: str, row: Row) -> None:
        self.rows[identity] = row

    def change(self, identity: str, state: str) -> None:
        self.rows[identity].state = STATES.get(state, state)

    def end(self, identity: str, *, outcome: str, seconds: float) -> None:
        row = self.rows[identity]
        row.state, row.outcome, row.seconds = "", outcome, seconds
        self.finished += 1
        if not self.console.is_terminal:
            self.console.print(
                Text(f"{row.time}  {row.door:<7}  {outcome:<11} {seconds:5.1f} s  {row.what}"), soft_wrap=True
            )

    def _table(self) -> RenderableType:
        table = Table(expand=True, box=None, pad_edge=False, header_style="bold")
        for name, options in (
            ("time", {"width": 5}), ("door", {"width": 7}), ("what happens", {"ratio": 1, "no_wrap": True}),
            ("state", {"width": 15}), ("outcome", {"width": 11}), ("seconds", {"width": 7, "justify": "right"}),
        ):  # fmt: skip
            table.add_column(name, **options)
        room = max(self.console.height - ROOM, 5)
        running = [row for row in self.rows.values() if row.seconds is None]
        over = [row for row in self.rows.values() if row.seconds is not None]
        for row in [*over[-max(room - len(running), 3) :], *running][-room:]:
            seconds = "" if row.seconds is None else f"{row.seconds:.1f}"
            outcome = Text(row.outcome, style=COLOURS.get(row.outcome, ""))
            table.add_row(row.time, row.door, Text(row.what), row.state, outcome, seconds)
        progress = Text(f"{self.finished} of {self.total} events finished, {len(running)} in flight", style="dim")
        return Group(Text(self.header), table, progress)


def summary(numbers: Numbers, *, expected: int, met: int, wrong_target: int) -> Table:
    """The table at the end."""
    table = Table(title="The day in numbers", title_justify="left", show_header=False, box=None, pad_edge=False)
    p50, p99 = numbers.seconds_to_verified["p50"], numbers.seconds_to_verified["p99"]
    doors = ", ".join(f"{count} by the {door} door" for door, count in numbers.doors.items())
    table.add_row("cases", f"{numbers.cases} ({doors})")
    for name, count in numbers.outcomes.items():
        table.add_row(Text(name, style=COLOURS.get(name, "")), str(count))
    if p50 is not None and p99 is not None:
        table.add_row("first signal to verified", f"half within {p50:.1f} s, 99 % within {p99:.1f} s")
    table.add_row("minutes saved", f"{numbers.minutes_saved:.0f}, by the runbooks' own figures")
    style = "green" if met == expected and wrong_target == 0 else "red"
    table.add_row("as scripted", Text(f"{met} of {expected} expectations met", style=style))
    table.add_row("wrong targets", Text(str(wrong_target), style=style))
    return table
