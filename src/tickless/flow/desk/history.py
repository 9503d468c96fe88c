"""The organisation's past on its way in: files are taken, looked at, and read batch by batch, beside everything else."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tickless.domain.errors import BadInput, Conflict, NotFound, TicklessError
from tickless.domain.history import TicketHistory
from tickless.domain.history_import import ColumnMapping, FileForm, HistoryImport
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.kit.ids import new_id
from tickless.kit.log import get_logger
from tickless.practices.history.entries import Entry, Reader, Refused
from tickless.practices.history.folding import fold
from tickless.practices.history.guessing import Guess, guess
from tickless.practices.history.reading import ReadRow, form_of, header_of, opened, read_rows
from tickless.practices.history.service import BATCH, read_batch, take_batch
from tickless.practices.history.stamps import zone_of
from tickless.sdk.capabilities.ticketing import HistoryRows
from tickless.sdk.connector import Call, Instance
from tickless.sdk.invoke import invoke
from tickless.sdk.registry import Registry

SAMPLE = 500
SHOWN = 8
LEASE_SECONDS = 60.0
KEPT = dt.timedelta(days=1)
"""So long a file waits to be imported."""
NAME = r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}"
FILE = re.compile(r"hfile_[0-9A-Z]{26}")
PAGE_SECONDS = 60.0
MOST_PAGES = 10_000
LARGEST = 4_000_000_000
log = get_logger("flow")


def _operation(instance: Instance) -> str:
    """Name of the probe that reads the past; empty when there is none."""
    probes = instance.connector.manifest.probes
    return next((name for name, promise in probes.items() if promise.capability == "ticket.history"), "")


@dataclass(frozen=True)
class Preview:
    """A file before it is imported: what its columns seem to mean, and what the first rows would become."""

    file: str
    form: FileForm
    size: int
    header: tuple[str, ...]
    sample: tuple[dict[str, str], ...]
    guess: Guess
    mapping: ColumnMapping
    known: bool
    """The mapping is the one that this source had last."""
    tickets: tuple[TicketHistory, ...]
    refused: tuple[tuple[int, Refused], ...]
    looked_at: int


class HistoryDesk:
    """One for each process; it works on the imports whose files lie in its own data folder."""

    def __init__(self, journal: Journal, clock: Clock, *, data: Path, node: str, registry: Registry) -> None:
        self._journal = journal
        self._clock = clock
        self._folder = data / "history"
        self._node = node
        self._registry = registry
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    # Files

    def new_file(self) -> str:
        """A place for a file that is to come, in parts."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        identity = new_id("hfile")
        (self._folder / identity).touch(mode=0o600)
        return identity

    def add_part(self, file: str, offset: int, part: bytes) -> int:
        """Put a part where it belongs; gives how long the file is now. A part that came already changes nothing. Raises
        `Conflict` for one that leaves a gap, `BadInput` for a file that grows too long."""
        path = self._path(file)
        with self._lock:
            size = path.stat().st_size
            if offset > size:
                raise Conflict(f"the file has {size} bytes so far", mend=f"go on at {size}")
            if offset + len(part) > LARGEST:
                raise BadInput(f"at most {LARGEST:,} bytes are taken", mend="pack the file with gzip, or divide it")
            with path.open("r+b") as out:
                out.seek(offset)
                out.write(part)
            return path.stat().st_size

    def systems(self) -> list[str]:
        """Connected ticket systems whose past can be read."""
        return sorted(name for name, instance in self._registry.instances.items() if _operation(instance))

    def fetch(self, system: str, file: str, *, cursor: str = "") -> str:
        """Read a page of a connected system's past into a file; where the next page begins, empty at the end. Raises
        `BadInput`, `NotFound`, `OutsideError`."""
        instance = self._registry.instances.get(system)
        name = _operation(instance) if instance is not None else ""
        if not name:
            known = ", ".join(self.systems()) or "none"
            raise BadInput(
                f"{system[:60]!r} is no connected ticket system with a past to read", mend=f"there are: {known}"
            )
        path = self._path(file)
        bound = self._registry.find(f"{system}.{name}")
        call = Call(instance=bound.instance, key=new_id("hist"), now=self._clock.now(), timeout=PAGE_SECONDS)
        found = invoke(bound, {"cursor": cursor}, call).output
        assert isinstance(found, HistoryRows), "the contract suite checks what a capability answers"
        with self._lock, path.open("a", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in found.rows)
        return found.next

    def fetch_all(self, system: str) -> str:
        """Every page; the file. Blocks for as long as the system takes."""
        file, cursor = self.new_file(), ""
        for _ in range(MOST_PAGES):
            cursor = self.fetch(system, file, cursor=cursor)
            if not cursor:
                break
        return file

    def _path(self, file: str) -> Path:
        if FILE.fullmatch(file) is None or not (self._folder / file).is_file():
            raise NotFound("there is no such file: it was imported, or it waited for more than a day")
        return self._folder / file

    # Before

    def preview(
        self, file: str, *, source: str = "", mapping: ColumnMapping | None = None, zone: str = "UTC"
    ) -> Preview:
        """What would come of a file. Without a mapping the one that the source had last counts, else what is guessed.
        Raises `BadInput`, `NotFound`."""
        zone_of(mapping.zone if mapping else zone)
        path = self._path(file)
        form = form_of(path)
        rows = opened(path)
        try:
            sample = list(itertools.islice(read_rows(rows, form), SAMPLE))
        finally:
            rows.close()
        cells = [dict(one) for _, one, _ in sample if not isinstance(one, Refused)]
        header = header_of(path, form, list(cells))
        if not cells:
            raise BadInput("the file holds no row", mend="export it with a header and at least one row")
        found = guess(header, cells, zone=zone)
        last = self._mapping_of(source, header) if mapping is None else None
        chosen = mapping or last or found.mapping
        reader = Reader(chosen, "00" * 32)
        entries: dict[str, list[Entry]] = {}
        refused: list[tuple[int, Refused]] = []
        for number, one, _ in sample:
            read = one if isinstance(one, Refused) else reader.read(one, number)
            if isinstance(read, Refused):
                refused.append((number, read))
            else:
                entries.setdefault(read["number"], []).append(read)
        tickets = tuple(
            fold(source or "preview", found_, chosen) for found_ in itertools.islice(entries.values(), SHOWN)
        )
        return Preview(
            file, form, path.stat().st_size, tuple(header), tuple(cells[:SHOWN]), found, chosen, last is not None,
            tickets, tuple(refused[:SHOWN]), len(sample),
        )  # fmt: skip

    def _mapping_of(self, source: str, header: Sequence[str]) -> ColumnMapping | None:
        if not source:
            return None
        with self._journal.read() as tx:
            last = tx.history_sources().get(source)
        return last if last is not None and set(last.columns.values()) <= set(header) else None

    # The import

    def start(self, file: str, *, name: str, source: str, mapping: ColumnMapping, by: str) -> HistoryImport:
        """Read it from now on. Raises `BadInput`, `NotFound`."""
        path = self._path(file)
        if re.fullmatch(NAME, source) is None:
            raise BadInput("a source has a short name of letters, digits, spaces, points and dashes",
                           mend="name it, for example servicenow")  # fmt: skip
        zone_of(mapping.zone)
        if "number" not in mapping.columns:
            raise BadInput("no column is mapped to the ticket's number", mend="map one to `number`")
        if mapping.layout == "events" and "updated" not in mapping.columns:
            raise BadInput("an event log needs the time of each event", mend="map a column to `updated`")
        now = self._clock.now()
        job = HistoryImport(
            id=f"himp_{file.removeprefix('hfile_')}", source=source, name=name[:200], form=form_of(path),
            mapping=mapping, size=path.stat().st_size, by=by, made_at=now,
        )  # fmt: skip
        with self._journal.write() as tx:
            if tx.history_imports.get(job.id) is not None:
                raise Conflict("this file is being imported already")
            tx.history_imports.put(job)
            tx.keep_mapping(source, mapping)
            detail = {"source": source, "name": job.name, "bytes": job.size}
            tx.audit.append(at=now, actor=by, action="history.imported", subject=f"history:{job.id}", detail=detail)
        self.wake()
        return job

    def stop(self, identity: str, *, by: str) -> HistoryImport:
        """Leave it where it is; `resume` goes on. Raises `NotFound`, `Conflict`."""
        return self._set(identity, "stopped", {"waiting", "running"}, "history.stopped", by)

    def resume(self, identity: str, *, by: str) -> HistoryImport:
        """Go on with one that was stopped or failed. Raises `NotFound`, `Conflict`."""
        job = self._set(identity, "waiting", {"stopped", "failed"}, "history.resumed", by)
        self.wake()
        return job

    def _set(self, identity: str, state: str, fitting: set[str], action: str, by: str) -> HistoryImport:
        with self._journal.write() as tx:
            job = tx.history_imports.need(identity, lock=True)
            if job.state not in fitting:
                raise Conflict(f"this import is {job.state}")
            done = tx.history_imports.put(job.model_copy(update={"state": state, "why": ""}))
            tx.audit.append(at=self._clock.now(), actor=by, action=action, subject=f"history:{identity}", detail={})
        return done

    def forget(self, source: str, *, by: str) -> int:
        """Everything of a source goes; how many tickets there were. Raises `NotFound`."""
        with self._journal.write() as tx:
            if source not in tx.history_sources():
                raise NotFound(f"nothing of a source {source[:80]!r} was imported")
            gone = tx.forget_history(source)
            tx.audit.append(at=self._clock.now(), actor=by, action="history.forgotten", subject=f"history:{source}",
                            detail={"tickets": gone})  # fmt: skip
        return gone

    # The work

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
