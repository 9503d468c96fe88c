"""Looking after articles by the clock: folders are read again when a file changed, owners are reminded of reviews."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from tickless.domain.knowledge import Article
from tickless.flow.desk.promise import Check
from tickless.flow.rooms import Rooms
from tickless.flow.saying import words
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.kit.log import get_logger
from tickless.practices.knowledge.folder import Batch, read_batch, read_folder, signature
from tickless.practices.knowledge.service import Taken, import_batch

LOOK_EVERY = dt.timedelta(minutes=1)
REMIND_EVERY = dt.timedelta(hours=6)
MOST_REMINDERS = 20
"""Notices at once, so that a first import of old articles buries nobody."""
_ALL = 100_000

log = get_logger("flow")


class KnowledgeCare:
    """Keeps the journal's articles like their folders. `changed` is called after an import that changed something."""

    def __init__(self, rooms: Rooms, folders: Sequence[Path], changed: Callable[[], None]) -> None:
        self._rooms = rooms
        self._folders = tuple(folders)
        self._changed = changed
        self._seen: dict[Path, str] = {}
        self._taken: dict[Path, Taken] = {}
        self._looked_at: dt.datetime | None = None
        self._reminded_at: dt.datetime | None = None
        self._lock = threading.Lock()

    def sync(self, *, by: str, dry_run: bool = False) -> list[Taken]:
        """Read all folders now. A folder with a problem leaves everything that came from it as it was."""
        with self._lock:
            return [self._take(folder, by=by, dry_run=dry_run) for folder in self._folders]

    def _take(self, folder: Path, *, by: str, dry_run: bool) -> Taken:
        seen = signature(folder)
        root = str(folder)
        files, problems = read_folder(folder)
        batch = read_batch(files, root=root)
        whole = Batch(root, batch.articles, (*problems, *batch.problems))
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            taken = import_batch(tx, whole, world=self._rooms.world(), by=by, at=now, dry_run=dry_run)
        if not dry_run:
            self._seen[folder], self._taken[folder] = seen, taken
            if taken.problems:
                log.error("articles were not taken in", folder=root, problems=[str(one) for one in taken.problems[:10]])
            elif taken.differs:
                self._changed()
        return taken

    def look(self, now: dt.datetime) -> None:
        """By the clock: what changed in the folders is taken in, what is due is told."""
        if self._looked_at is None or now - self._looked_at >= LOOK_EVERY:
            self._looked_at = now
            with self._lock:
                for folder in self._folders:
                    if signature(folder) != self._seen.get(folder):
                        self._take(folder, by="tickless", dry_run=False)
        if self._reminded_at is None or now - self._reminded_at >= REMIND_EVERY:
            self._reminded_at = now
            with self._rooms.journal.write() as tx:
                self._remind(tx, now)

    def _remind(self, tx: Tx, now: dt.datetime) -> None:
        """One notice to its owner for each review that is overdue, the longest overdue first; said once for each date."""
        people = self._rooms.world().people
        stale = [
            (_due(one), one) for one in tx.articles.where(limit=_ALL) if one.state == "published" and _due(one) <= now
        ]
        told = 0
        for due, article in sorted(stale, key=lambda one: (one[0], one[1].id)):
            owner = people.get(article.owner or "")
            key = f"review:{article.id}:{due.date()}"
            if owner is None or not owner.active or tx.coordination.mark(key) is not None:
                continue
            tx.coordination.note(key, now.isoformat())
            say(tx, conversation=personal(owner.id), case=None, text=words.review_due(article, due), key=key, at=now,
                proactive=True)  # fmt: skip
            told += 1
            if told >= MOST_REMINDERS:
                return

    def check(self) -> Check:
        """How the articles stand, for the doctor."""
        library = self._rooms.library()
        told = f"{len(library.articles)} published articles, searched by {library.brain} evidence"
        problems = self.problems()
        if problems:
            mend = "mend the files; what came from that folder before stays as it was"
            return Check("knowledge", ok=False, detail=f"{told}; not taken in: {problems[0][:300]}", mend=mend)
        return Check("knowledge", ok=True, detail=told)

    def problems(self) -> list[str]:
        """Why folders were not taken in, in the words of the last reading."""
        return [str(problem) for taken in self._taken.values() for problem in taken.problems]

    @property
    def folders(self) -> tuple[Path, ...]:
        return self._folders


def _due(article: Article) -> dt.datetime:
    return article.reviewed_at + dt.timedelta(days=article.review_days)
