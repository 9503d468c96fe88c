"""Before an article answers anybody: what was asked lately is asked again, with it. In the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tickless.domain.errors import Conflict
from tickless.domain.knowledge import Article, Asked
from tickless.journal import Tx
from tickless.practices.knowledge.library import Library

WINDOW = dt.timedelta(days=180)
MOST = 500
"""The newest questions."""
SHOWN = 3


@dataclass(frozen=True)
class Replayed:
    """`gained`: questions that nobody could answer, and this article would. `moved`: those that another article answered and
    helped with, which this one would answer in its place."""

    asked: int
    gained: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


def replay(article: Article, library: Library, asked: Sequence[Asked]) -> Replayed:
    """Ask all of them again as if the article were published as it stands. Pure; the bar stays where it is."""
    after, bar = library.with_article(article), library.measured.bar
    gained, moved = [], []
    for question in dict.fromkeys(one.question for one in asked):
        best = next(iter(after.search(question, reader=None, limit=1)), None)
        if best is None or best.confidence < bar or best.article.id != article.id:
            continue
        before = [one for one in asked if one.question == question and one.article != article.id]
        if any(one.article is not None and one.helped for one in before):
            moved.append(question)
        elif before and all(one.article is None for one in before):
            gained.append(question)
    return Replayed(len(asked), tuple(gained), tuple(moved))


def need_no_loss(tx: Tx, article: Article, library: Library, *, now: dt.datetime, anyway: bool = False) -> Replayed:
    """The gate of publishing. Raises `Conflict` where questions that another article answered well would be answered by this
    one, unless a person says that this is right."""
    table = tx.asked.table.c
    asked = tx.asked.where(table.at >= now - WINDOW, order=table.at.desc(), limit=MOST)
    found = replay(article, library, asked)
    if found.moved and not anyway:
        some = "; ".join(f"“{one[:120]}”" for one in found.moved[:SHOWN])
        many = "one question" if len(found.moved) == 1 else f"{len(found.moved)} questions"
        raise Conflict(f"it would answer {many} in the place of an article that helped: {some}",
                       mend="narrow its title and questions, or publish it anyway")  # fmt: skip
    return found
