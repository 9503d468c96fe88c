"""How an article stands: is it fresh, does somebody keep it true, did it help? Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tickless.domain.knowledge import Article, Asked
from tickless.domain.person import Person

OwnerState = Literal["here", "missing", "unknown", "left"]
NEVER_AFTER = 3
"""Shown so often and not once of help: it never helped."""
SOON = dt.timedelta(days=14)


@dataclass(frozen=True)
class Standing:
    """What is known of one article."""

    article: Article
    shown: int
    helped: int
    not_helped: int
    last_used: dt.datetime | None
    due_at: dt.datetime
    stale: bool
    due_soon: bool
    owner: OwnerState

    @property
    def never_helped(self) -> bool:
        return self.helped == 0 and (self.not_helped >= 2 or self.shown >= NEVER_AFTER)

    @property
    def share(self) -> float | None:
        """Of those who said something, how many were helped; None: nobody said anything."""
        said = self.helped + self.not_helped
        return self.helped / said if said else None

    @property
    def concerns(self) -> tuple[str, ...]:
        """What somebody should look at, in plain words."""
        found = []
        if self.stale:
            found.append("review overdue")
        if self.owner != "here":
            found.append({"missing": "no owner", "unknown": "owner not known", "left": "owner has left"}[self.owner])
        if self.never_helped and self.shown:
            found.append("never helped")
        elif self.share is not None and self.share < 0.5 and self.helped + self.not_helped >= NEVER_AFTER:
            found.append("seldom helps")
        return tuple(found)


def standing(article: Article, asked: Sequence[Asked], *, people: Mapping[str, Person], now: dt.datetime) -> Standing:
    """How one article stands. `asked`: when it was shown."""
    due = article.reviewed_at + dt.timedelta(days=article.review_days)
    return Standing(
        article=article,
        shown=len(asked),
        helped=sum(one.helped is True for one in asked),
        not_helped=sum(one.helped is False for one in asked),
        last_used=max((one.at for one in asked), default=None),
        due_at=due,
        stale=article.state == "published" and due <= now,
        due_soon=article.state == "published" and now < due <= now + SOON,
        owner=_owner(article, people),
    )


def standings(
    articles: Iterable[Article], asked: Iterable[Asked], *, people: Mapping[str, Person], now: dt.datetime
) -> list[Standing]:
    """How all of them stand, in order of title."""
    shown: dict[str, list[Asked]] = {}
    for one in asked:
        if one.article:
            shown.setdefault(one.article, []).append(one)
    ordered = sorted(articles, key=lambda one: (one.title.casefold(), one.id))
    return [standing(one, shown.get(one.id, []), people=people, now=now) for one in ordered]


def _owner(article: Article, people: Mapping[str, Person]) -> OwnerState:
    if not article.owner:
        return "missing"
    person = people.get(article.owner)
    if person is None:
        return "unknown"
    return "here" if person.active else "left"
