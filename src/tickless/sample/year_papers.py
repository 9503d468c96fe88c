"""What people write down in the year as files: articles and a runbook. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.domain.person import Person
from tickless.sample.articles import filled
from tickless.sample.table import DATA

FOLDER = DATA / "year"


def article_text(name: str, people: Sequence[Person], today: dt.date) -> str:
    """The Markdown of an article that was written on that day. Raises `FileNotFoundError`."""
    return filled((FOLDER / f"{name}.md").read_text(encoding="utf-8"), people, today)


def runbook_text(name: str) -> str:
    """The YAML of a runbook, by the last part of its id. Raises `FileNotFoundError`."""
    return (FOLDER / f"{name.rpartition('.')[2]}.yaml").read_text(encoding="utf-8")
