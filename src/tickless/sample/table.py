"""Reads the data files beside it: plain tables that a person can edit."""

from __future__ import annotations

import csv
from pathlib import Path

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of `data/<name>.csv`, by column name."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several, divided by `;`."""
    return tuple(part for part in cell.split(";") if part)


def lines(name: str) -> list[str]:
    """The lines of `data/<name>.txt`."""
    return (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
