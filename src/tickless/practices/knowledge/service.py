"""Articles in the journal: brought in from a folder, edited by people, each change kept with who made it. In the caller's
transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tickless.domain.errors import BadInput, Conflict, Problem
from tickless.domain.knowledge import Article, ArticleVersion
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.practices.knowledge.article_file import read_article, write_article
from tickless.practices.knowledge.folder import Batch

_ALL = 100_000
MOST_VERSIONS = 200


@dataclass(frozen=True)
class Taken:
    """What an import did, or would do. With problems nothing was written."""

    root: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    same: int = 0
    problems: tuple[Problem, ...] = ()
    written: bool = False

    @property
    def differs(self) -> bool:
        return bool(self.added or self.changed or self.retired)


def import_batch(
    tx: Tx, batch: Batch, *, world: World, by: str, at: dt.datetime, dry_run: bool = False, retire: bool = True
) -> Taken:
    """All articles of a folder, or none: a problem in one file means that nothing is written.

    `retire`: what was there from this folder and is no longer in it is retired; nothing is ever deleted.
    """
    known = {article.id: article for article in tx.articles.where(limit=_ALL)}
    articles = tuple(_linked(article, world) for article in batch.articles)
    problems = [*batch.problems, *_clashes(articles, known, batch.root), *_unknown_services(articles, world)]
    if problems:
        return Taken(batch.root, problems=tuple(sorted(problems)))
    added = [one for one in articles if one.id not in known]
    changed = [one for one in articles if one.id in known and known[one.id] != one]
    here = {one.id for one in articles}
    gone = [
        one for one in known.values()
        if retire and one.source.startswith(f"{batch.root.rstrip('/')}/") and one.id not in here and one.state != "retired"
    ]  # fmt: skip
    taken = Taken(
        batch.root,
        tuple(one.id for one in added),
        tuple(one.id for one in changed),
        tuple(one.id for one in gone),
        same=len(articles) - len(added) - len(changed),
        written=not dry_run,
    )
    if not dry_run and taken.differs:
        for article in (*added, *changed):
            _put(tx, article, by=by, at=at, note=f"from {article.source}")
        for article in gone:
            _put(tx, article.model_copy(update={"state": "retired"}), by=by, at=at, note="its file is gone")
        detail = {"root": batch.root, "added": len(added), "changed": len(changed), "retired": len(gone)}
        tx.audit.append(at=at, actor=by, action="knowledge.imported", subject="knowledge", detail=detail)
    return taken


def _linked(article: Article, world: World) -> Article:
    """The owner and the service by their ids, where the records know who or what is meant."""
    owner = world.person_called(article.owner) if article.owner else None
    service = world.service_named(article.service) if article.service else None
    update = {"owner": owner.id if owner else article.owner, "service": service.id if service else article.service}
    return article.model_copy(update=update)


def _clashes(articles: Sequence[Article], known: dict[str, Article], root: str) -> list[Problem]:
    """An id that belongs to an article of the console or of another folder is not taken over."""
    found = []
    for article in articles:
        other = known.get(article.id)
        if other is not None and not other.source.startswith(f"{root.rstrip('/')}/") and other.state != "retired":
            whose = other.source or "an article that is kept in the console"
            found.append(Problem(article.source, 1, 1, "article", "id", f"the id {article.id!r} is that of {whose}",
                                 "give it another id, or retire the other one"))  # fmt: skip
    return found


def _unknown_services(articles: Sequence[Article], world: World) -> list[Problem]:
    return [
        Problem(article.source, 1, 1, "article", "service", f"there is no service {article.service[:60]!r}",
                "write its id, name or alias as the service map has it")
        for article in articles
        if article.service and world.services and article.service not in world.services
    ]  # fmt: skip


def save(
    tx: Tx, article: Article, *, world: World, by: str, at: dt.datetime, note: str = "", base: int | None = None
) -> Article:
    """Keep an edit. Raises `BadInput` with everything that is wrong, `Conflict` for an article that lies in a file, and for
    one that somebody changed since version `base` was read."""
    before = tx.articles.get(article.id, lock=True)
    if before is not None and before.source:
        raise Conflict(f"“{before.title}” is kept in a file", mend=f"edit {before.source} and import it again")
    if base == 0 and before is not None:
        raise Conflict(f"there is an article {article.id!r} already", mend="choose another id")
    if base is not None and before is not None and base != latest_version(tx, article.id):
        raise Conflict("somebody changed this article meanwhile", mend="open it again and carry your changes over")
    linked = _linked(article.model_copy(update={"source": ""}), world)
    checked = read_article(write_article(linked), path=article.id)
    problems = [*checked.problems, *_unknown_services([linked], world)]
    if problems:
        first = problems[0]
        raise BadInput("; ".join(f"{one.where}: {one.reason}" for one in problems), mend=first.mend)
    if linked == before:
        return before
    _put(tx, linked, by=by, at=at, note=note)
    tx.audit.append(at=at, actor=by, action="knowledge.created" if before is None else "knowledge.changed",
                    subject=f"article:{article.id}", detail={"state": linked.state, "note": note[:500]})  # fmt: skip
    return linked


def _put(tx: Tx, article: Article, *, by: str, at: dt.datetime, note: str) -> None:
    tx.articles.put(article)
    number = latest_version(tx, article.id) + 1
    identity = f"{article.id}@{number}"
    tx.article_versions.put(ArticleVersion(id=identity, article=article, number=number, by=by, at=at, note=note[:500]))


def latest_version(tx: Tx, article: str) -> int:
    """How often it was changed; 0: never kept."""
    return tx.article_versions.count(tx.article_versions.table.c.article == article)


def versions_of(tx: Tx, article: str) -> list[ArticleVersion]:
    """Newest first."""
    found = tx.article_versions.by(article=article, limit=_ALL)
    return sorted(found, key=lambda one: -one.number)[:MOST_VERSIONS]
