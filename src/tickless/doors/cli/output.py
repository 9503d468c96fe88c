"""Text for people. Everything that comes from the API is printed as plain text: never as markup, never with control signs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tickless.domain.record import Untrusted

WIDE = 200
"""Columns when nobody watches: pipes and files are not cut at 80."""
_COLOURS = {
    "verified": "green", "confirmed": "green", "prevented": "green", "held": "green", "done": "green", "ok": "green",
    "approved": "green", "regressed": "red", "failed": "red", "denied": "red", "refused": "red", "unknown": "yellow",
    "pending": "yellow", "awaiting_approval": "yellow", "awaiting_person": "yellow", "handed_off": "yellow",
}  # fmt: skip


def console() -> Console:
    """Standard output, as it is now."""
    found = Console(highlight=False, markup=False, emoji=False)
    return found if found.is_terminal else Console(highlight=False, markup=False, emoji=False, width=WIDE)


def plain(value: Any) -> Text:
    """One cell: tamed, times in short, words like `verified` in their colour."""
    if value is None:
        return Text("–", style="dim")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, (list, tuple)):
        return Text(", ".join(Untrusted(str(one)).tame(100) for one in value) or "–")
    text = Untrusted(str(value)).tame(400)
    return Text(text, style=_COLOURS.get(text, ""))


def moment(value: str | None) -> str | None:
    """An API time as `2026-03-02 09:00:07` in UTC."""
    if value is None:
        return None
    return dt.datetime.fromisoformat(value).astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


def show_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str) -> None:
    """A table; or the sentence `empty`."""
    out = console()
    if not rows:
        out.print(empty)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(plain(value) for value in row))
    out.print(table)


def show_pairs(pairs: Mapping[str, Any]) -> None:
    """Names and values under each other; what is None is left out."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for name, value in pairs.items():
        if value is not None:
            grid.add_row(name, plain(value))
    console().print(grid)


def show_more(page: Mapping[str, Any], *, command: str) -> None:
    """Say how to see what comes next, if there is more."""
    if page.get("next"):
        console().print(Text(f"more: {command} --cursor {page['next']}", style="dim"))


def line(text: str, *, style: str = "", indent: int = 0) -> None:
    """One line, tamed."""
    console().print(Text(" " * indent + Untrusted(text).tame(2_000), style=style))


def said(name: str, text: str) -> None:
    """One line of a conversation; further lines of a message are set in."""
    first, *rest = text.split("\n") or [""]
    console().print(Text.assemble((f"{Untrusted(name).tame(60)}: ", "bold"), Untrusted(first).tame(2_000)))
    for more in rest:
        line(more, indent=4)
