"""The organisation's past on its way in: files are looked at, imports begun, stopped, gone on with, and forgotten."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from tickless.domain.errors import BadInput, Conflict, NotFound
from tickless.domain.history_import import ColumnMapping, HistoryImport
from tickless.flow.desk.history_files import HistoryFiles
from tickless.flow.desk.history_work import HistoryWork
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.practices.history.reading import form_of
from tickless.practices.history.stamps import zone_of
from tickless.sdk.registry import Registry

NAME = r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}"


class HistoryDesk(HistoryFiles):
    """One for each process."""

    def __init__(self, journal: Journal, clock: Clock, *, data: Path, node: str, registry: Registry) -> None:
        folder = data / "history"
        super().__init__(journal, clock, folder=folder, registry=registry)
        self.working = HistoryWork(journal, clock, folder=folder, node=node)

    def close(self) -> None:
        """Stop behind the batch that is being stored."""
        self.working.close()

    def look(self, now: dt.datetime) -> None:
        """Go on with what was left, and throw old files away."""
        self.working.look(now)

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
        self.working.wake()
        return job

    def stop(self, identity: str, *, by: str) -> HistoryImport:
        """Leave it where it is; `resume` goes on. Raises `NotFound`, `Conflict`."""
        return self._set(identity, "stopped", {"waiting", "running"}, "history.stopped", by)

    def resume(self, identity: str, *, by: str) -> HistoryImport:
        """Go on with one that was stopped or failed. Raises `NotFound`, `Conflict`."""
        job = self._set(identity, "waiting", {"stopped", "failed"}, "history.resumed", by)
        self.working.wake()
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
