"""What doors show of knowledge, read from the journal in the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.domain.errors import Conflict, NotFound
from tickless.domain.knowledge import Article, Asked
from tickless.journal import Tx
from tickless.practices.knowledge.contradictions import Contradiction, contradictions
from tickless.practices.knowledge.core import Standing, standings
from tickless.practices.knowledge.library import Library
from tickless.practices.knowledge.service import versions_of
from tickless.practices.knowledge.unanswered import Cluster, clusters, draft

_ALL = 100_000
WINDOW = dt.timedelta(days=180)
"""How far back the figures look."""
MOST_CLUSTERS = 200


def read_standings(tx: Tx, *, now: dt.datetime) -> list[Standing]:
    """How every article stands, retired ones too, in order of title."""
    people = {person.id: person for person in tx.people.where(limit=_ALL)}
    return standings(tx.articles.where(limit=_ALL), _recent(tx, now), people=people, now=now)


def read_standing(tx: Tx, article: str, *, now: dt.datetime) -> Standing:
    """How one article stands. Raises `NotFound`."""
    record = tx.articles.need(article)
    shown = tx.asked.where(tx.asked.table.c.article == article, tx.asked.table.c.at >= now - WINDOW, limit=_ALL)
    owner = tx.people.get(record.owner) if record.owner else None
    return standings([record], shown, people={owner.id: owner} if owner else {}, now=now)[0]


def read_unanswered(tx: Tx, *, now: dt.datetime, library: Library) -> list[Cluster]:
    """What nobody could answer, heaviest first; without what an article speaks of since it was last asked."""
    table = tx.asked.table.c
    open_ones = tx.asked.where(table.article.is_(None), table.at >= now - WINDOW, order=table.at.desc(), limit=3_000)
    found = clusters(open_ones, now=now)[:MOST_CLUSTERS]
    return [cluster for cluster in found if not _answered_since(tx, cluster, library)]


def _answered_since(tx: Tx, cluster: Cluster, library: Library) -> bool:
    best = next(iter(library.search(cluster.question, reader=None, limit=1)), None)
    if best is None or best.confidence < library.measured.bar:
        return False
    changed = versions_of(tx, best.article.id)
    return bool(changed) and changed[0].at > cluster.last_at


def read_contradictions(tx: Tx) -> list[Contradiction]:
    """Pairs of sentences of published articles that cannot both be right."""
    return contradictions(tx.articles.where(limit=_ALL))


def draft_from(tx: Tx, cluster: str, *, owner: str | None, now: dt.datetime, library: Library) -> Article:
    """A draft for a question that nobody could answer, with what colleagues answered in its cases; it is not kept yet.

    `cluster` is the id that `read_unanswered` gave. Raises `NotFound`.
    """
    found = next((one for one in read_unanswered(tx, now=now, library=library) if one.id == cluster), None)
    if found is None:
        raise NotFound("there is no such unanswered question", mend="it may have an answer by now: look at the list")
    taken = {article.id for article in tx.articles.where(limit=_ALL)}
    return draft(found, answers=_answers(tx, found.asked), taken=taken, owner=owner, now=now)


def _answers(tx: Tx, asked: Sequence[Asked]) -> list[str]:
    """What colleagues wrote in the cases of these questions, the latest case first."""
    cases = dict.fromkeys(one.case for one in asked[:20] if one.case)
    messages = [message for case in cases for message in tx.messages.by(case=case) if message.author == "operator"]
    return ["\n".join(line.rstrip() for line in message.text.raw[:4_000].splitlines()) for message in messages]


def _recent(tx: Tx, now: dt.datetime) -> list[Asked]:
    return tx.asked.where(tx.asked.table.c.at >= now - WINDOW, limit=_ALL)


def need_editable(article: Article) -> None:
    """Raises `Conflict` for an article that lies in a file."""
    if article.source:
        raise Conflict(f"“{article.title}” is kept in a file", mend=f"edit {article.source} and import it again")
