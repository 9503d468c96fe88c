"""The knowledge articles of the sample company: Markdown files with front matter, in which owners and dates are filled in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from tickless.domain.person import Person
from tickless.sample.table import DATA

FOLDER = DATA / "articles"
_FILLED = re.compile(r"\{(head of|reviewed) ([^}]+)\}")


def make_articles(people: Sequence[Person], today: dt.date) -> tuple[tuple[str, str], ...]:
    """File name and text of each."""
    return tuple(
        (path.name, filled(path.read_text(encoding="utf-8"), people, today)) for path in sorted(FOLDER.glob("*.md"))
    )


def filled(text: str, people: Sequence[Person], today: dt.date) -> str:
    """`{head of IT}` becomes that person's login name, `{reviewed 30}` the day 30 days before."""
    heads = {person.department: person.username for person in reversed(people)}

    def fill(found: re.Match[str]) -> str:
        if found[1] == "head of":
            return heads[found[2]]
        return (today - dt.timedelta(days=int(found[2]))).isoformat()

    return _FILLED.sub(fill, text)
