"""Imports of tickets of the past at work: batch by batch beside everything else, on from where the last process was."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Sequence
from pathlib import Path

from tickless.domain.errors import TicklessError
from tickless.domain.history_import import HistoryImport
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.kit.log import get_logger
from tickless.practices.history.entries import Reader
from tickless.practices.history.reading import ReadRow, opened, read_rows
from tickless.practices.history.service import BATCH, read_batch, take_batch

LEASE_SECONDS = 60.0
KEPT = dt.timedelta(days=1)
"""So long a file waits to be imported."""
log = get_logger("flow")


class HistoryWork:
    """One for each process; it works on the imports whose files lie in its own data folder."""

    def __init__(self, journal: Journal, clock: Clock, *, folder: Path, node: str) -> None:
        self._journal = journal
        self._clock = clock
        self._folder = folder
        self._node = node
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def wake(self) -> None:
        """Have a thread that works, if it is not there already."""
        with self._lock:
            if not self._stop.is_set() and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self.work, name="history", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop behind the batch that is being stored."""
        self._stop.set()
        thread = self._thread
        if thread is not None:
            thread.join(timeout=30)

    def look(self, now: dt.datetime) -> None:
        """Go on with what was left, and throw old files away."""
        if self._next() is not None:
            self.wake()
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                old = now - dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC) > KEPT
                if old and not self._wanted(path.name):
                    path.unlink(missing_ok=True)

    def _wanted(self, file: str) -> bool:
        with self._journal.read() as tx:
            job = tx.history_imports.get(f"himp_{file.removeprefix('hfile_')}")
        return job is not None and job.state != "done"

    def _next(self) -> HistoryImport | None:
        with self._journal.read() as tx:
            table = tx.history_imports.table.c
            jobs = tx.history_imports.where(table.state.in_(("waiting", "running")), order=table.made_at)
        return next((job for job in jobs if self._file_of(job).is_file()), None)

    def _file_of(self, job: HistoryImport) -> Path:
        return self._folder / job.id.replace("himp_", "hfile_")

    def work(self) -> None:
        """Import until nothing waits."""
        while not self._stop.is_set():
            job = self._next()
            if job is None or not self._mine(job):
                return
            try:
                self._import(job)
            except TicklessError as error:
                self._failed(job.id, error)

    def _mine(self, job: HistoryImport) -> bool:
        with self._journal.write() as tx:
            return tx.coordination.take_lease(
                f"history:{job.id}", holder=self._node, now=self._clock.now(), seconds=LEASE_SECONDS
            )

    def _failed(self, identity: str, error: TicklessError) -> None:
        log.warning("an import of tickets failed", history_import=identity, code=error.code, reason=error.public)
        with self._journal.write() as tx:
            job = tx.history_imports.need(identity, lock=True)
            tx.history_imports.put(
                job.model_copy(update={"state": "failed", "why": f"{error.public}. {error.mend}"[:500]})
            )

    def _import(self, job: HistoryImport) -> None:
        path = self._file_of(job)
        with self._journal.write() as tx:
            reader = Reader(job.mapping, tx.history_secret(job.source))
        rows = opened(path)
        try:
            source = read_rows(rows, job.form, skip=job.rows)
            while not self._stop.is_set():
                batch = list(itertools.islice(source, BATCH))
                done = self._store(job, batch, reader, read=rows.read)
                if done.state != "running":
                    break
                job = done
        finally:
            rows.close()
        if job.state == "done" or done.state == "done":
            path.unlink(missing_ok=True)

    def _store(self, job: HistoryImport, rows: Sequence[ReadRow], reader: Reader, *, read: int) -> HistoryImport:
        """One batch with how far it came, or the end."""
        now = self._clock.now()
        batch = read_batch(job, rows, reader)
        with self._journal.write() as tx:
            stored = tx.history_imports.need(job.id, lock=True)
            if stored.state not in {"waiting", "running"} or stored.rows != job.rows:
                return stored if stored.state == "stopped" else stored.model_copy(update={"state": "stopped"})
            taken = take_batch(tx, job, batch)
            over = len(rows) < BATCH
            tx.coordination.take_lease(f"history:{job.id}", holder=self._node, now=now, seconds=LEASE_SECONDS)
            return tx.history_imports.put(stored.model_copy(update={
                "state": "done" if over else "running",
                "began_at": stored.began_at or now,
                "ended_at": now if over else None,
                "rows": batch.last,
                "bytes": stored.size if over else read,
                "new": stored.new + taken.new,
                "changed": stored.changed + taken.changed,
                "same": stored.same + taken.same,
                "refused": stored.refused + len(batch.refused),
            }))  # fmt: skip
