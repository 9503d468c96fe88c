"""Names that people of the sample company may have. Drawn by seed in `people.py`; none of them is anybody."""

from __future__ import annotations

from tickless.sample.table import lines


def _first(line: str) -> tuple[str, tuple[str, ...]]:
    name, _, short = line.partition(": ")
    return name, tuple(short.split(", ")) if short else ()


FIRST: tuple[tuple[str, tuple[str, ...]], ...] = tuple(_first(line) for line in lines("first_names"))
"""First names, each with the short forms that others use."""
LAST: tuple[str, ...] = tuple(lines("last_names"))

LOOKALIKES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("Anna", "Kowalska", ("Ania",), "Finance"),
    ("Anna", "Kowalski", (), "Sales"),
    ("Hanna", "Kowalska", ("Hania",), "Marketing"),
    ("Jon", "Park", (), "Engineering"),
    ("John", "Park", ("Johnny",), "Logistics"),
    ("Maria", "Silva", (), "Customer Care"),
    ("Maria", "da Silva", (), "Design"),
    ("Mariam", "Silva", (), "Sales"),
    ("Christopher", "Taylor", ("Chris",), "Engineering"),
    ("Christine", "Taylor", ("Chris", "Tina"), "Finance"),
    ("Wei", "Chen", (), "Engineering"),
    ("Wei", "Chen", (), "Merchandising"),
    ("Tom", "Baker", (), "Finance"),
    ("Thomas", "Barker", ("Tom",), "Stores"),
)
"""People whose names are easily taken for each other: first name, family name, short forms, department."""
