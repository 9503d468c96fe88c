"""The shelves of tickets of the past, of their imports, and of opportunities. Part of every transaction."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from tickless.domain.history import HistoryKind, TicketHistory
from tickless.domain.history_import import ColumnMapping, HistoryImport, RefusedHistoryRow
from tickless.domain.opportunity import Mining, Opportunity
from tickless.journal import history_tables as tables
from tickless.journal.history_rows import put_tickets
from tickless.journal.shelf import Shelf
from tickless.journal.upserts import insert_new, upsert, upsert_all

PAGE = 2_000


def _ticket_keys(x: TicketHistory) -> dict[str, Any]:
    return {
        "id": x.id,
        "source": x.source,
        "number": x.number,
        "kind": x.kind,
        "state": x.state,
        "opened_at": x.opened_at,
        "resolved_at": x.resolved_at,
        "closed_at": x.closed_at,
        "updated_at": x.updated_at,
        "category": x.category[0] if x.category else "",
        "team": x.team,
        "service": x.service,
        "channel": x.channel,
        "priority": x.priority,
    }


def _behind(table: Any, at: dt.datetime, last: str) -> sa.ColumnElement[bool]:
    return sa.or_(table.opened_at > at, sa.and_(table.opened_at == at, table.id > last))


class HistoryShelves:
    """Inside a transaction."""

    connection: sa.Connection

    @cached_property
    def history_tickets(self) -> Shelf[TicketHistory]:
        return Shelf(self.connection, tables.history_tickets, TicketHistory, _ticket_keys)

    @cached_property
    def history_imports(self) -> Shelf[HistoryImport]:
        return Shelf(
            self.connection,
            tables.history_imports,
            HistoryImport,
            lambda x: {"id": x.id, "source": x.source, "state": x.state, "made_at": x.made_at},
        )

    @cached_property
    def history_refused(self) -> Shelf[RefusedHistoryRow]:
        return Shelf(
            self.connection,
            tables.history_refused,
            RefusedHistoryRow,
            lambda x: {"id": x.id, "import_id": x.import_id, "row": x.row},
        )

    @cached_property
    def minings(self) -> Shelf[Mining]:
        return Shelf(self.connection, tables.minings, Mining, lambda x: {"id": x.id, "at": x.at})

    @cached_property
    def opportunities(self) -> Shelf[Opportunity]:
        return Shelf(
            self.connection,
            tables.opportunities,
            Opportunity,
            lambda x: {"id": x.id, "state": x.state, "rank": x.rank, "mining": x.mining},
        )

    def histories(
        self,
        *,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        source: str | None = None,
        kind: HistoryKind | None = None,
        page: int = PAGE,
    ) -> Iterator[TicketHistory]:
        """Tickets with `since` <= opened_at < `until`, by (opened_at, id), read page by page. With neither: all of them, those
        that do not say when they were opened at last."""
        table = tables.history_tickets.c
        asked = [table.source == source] if source is not None else []
        asked += [table.kind == kind] if kind is not None else []
        opened = [*asked, table.opened_at.is_not(None)]
        opened += [table.opened_at >= since] if since is not None else []
        opened += [table.opened_at < until] if until is not None else []
        at: dt.datetime | None = None
        last = ""
        while True:
            after = [] if at is None else [_behind(table, at, last)]
            query = sa.select(table.opened_at, table.id, table.body).where(*opened, *after)
            rows = self.connection.execute(query.order_by(table.opened_at, table.id).limit(page)).all()
            for row in rows:
                yield TicketHistory.model_validate_json(row.body)
            if len(rows) < page:
                break
            at, last = rows[-1].opened_at, rows[-1].id
        if since is None and until is None:
            yield from self._undated(asked, page)

    def _undated(self, asked: list[sa.ColumnElement[bool]], page: int) -> Iterator[TicketHistory]:
        table, last = tables.history_tickets.c, ""
        while True:
            query = sa.select(table.id, table.body).where(*asked, table.opened_at.is_(None), table.id > last)
            rows = self.connection.execute(query.order_by(table.id).limit(page)).all()
            for row in rows:
                yield TicketHistory.model_validate_json(row.body)
            if len(rows) < page:
                return
            last = rows[-1].id

    def many_histories(self, ids: Iterable[str]) -> dict[str, TicketHistory]:
        """Those of them that there are. For up to some thousand ids."""
        table, wanted, found = tables.history_tickets.c, sorted(set(ids)), {}
        for begin in range(0, len(wanted), 500):
            query = sa.select(table.id, table.body).where(table.id.in_(wanted[begin : begin + 500]))
            for row in self.connection.execute(query):
                found[row.id] = TicketHistory.model_validate_json(row.body)
        return found

    def stored_bodies(self, ids: Iterable[str]) -> dict[str, tuple[dt.datetime | None, str]]:
        """When each was changed last, and its stored form: to tell whether a row says anything new."""
        table, wanted = tables.history_tickets.c, sorted(set(ids))
        found: dict[str, tuple[dt.datetime | None, str]] = {}
        for begin in range(0, len(wanted), 500):
            query = sa.select(table.id, table.updated_at, table.body).where(table.id.in_(wanted[begin : begin + 500]))
            found |= {row.id: (row.updated_at, row.body) for row in self.connection.execute(query)}
        return found

    def put_histories(self, tickets: Sequence[TicketHistory]) -> None:
        """Insert or overwrite each; no two of the same id."""
        put_tickets(self.connection, tickets)

    # Sources

    def history_secret(self, source: str) -> str:
        """What the pseudonyms of a source's people are made with; made when first asked for."""
        table = tables.history_sources
        insert_new(self.connection, table, {"name": source, "secret": secrets.token_hex(32), "body": "{}"})
        return str(self.connection.execute(sa.select(table.c.secret).where(table.c.name == source)).scalar_one())

    def history_sources(self) -> dict[str, ColumnMapping | None]:
        """Every source with the mapping that was used last."""
        table = tables.history_sources.c
        rows = self.connection.execute(sa.select(table.name, table.body).order_by(table.name))
        return {row.name: None if row.body == "{}" else ColumnMapping.model_validate_json(row.body) for row in rows}

    def history_extent(self) -> dict[str, tuple[int, dt.datetime | None, dt.datetime | None]]:
        """Source → how many tickets, the first and the last opening."""
        table = tables.history_tickets.c
        query = sa.select(table.source, sa.func.count(), sa.func.min(table.opened_at), sa.func.max(table.opened_at))
        return {row[0]: (row[1], row[2], row[3]) for row in self.connection.execute(query.group_by(table.source))}

    def keep_mapping(self, source: str, mapping: ColumnMapping) -> None:
        """For the next file of this source."""
        secret = self.history_secret(source)
        upsert(self.connection, tables.history_sources,
               {"name": source, "secret": secret, "body": mapping.model_dump_json()})  # fmt: skip

    # Events

    def add_events(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Rows of `ticket`, `key`, `row`, `body`; how many of them were new."""
        given = list(rows)
        return insert_new(self.connection, tables.history_events, given) if given else 0

    def events_of(self, tickets: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
        """Everything known of these tickets: (row, body), in no order."""
        table, wanted = tables.history_events.c, sorted(set(tickets))
        found: dict[str, list[tuple[int, str]]] = {}
        for begin in range(0, len(wanted), 500):
            query = sa.select(table.ticket, table.row, table.body).where(table.ticket.in_(wanted[begin : begin + 500]))
            for row in self.connection.execute(query):
                found.setdefault(row.ticket, []).append((row.row, row.body))
        return found

    def forget_history(self, source: str) -> int:
        """Everything of a source goes, its imports and pseudonyms too; how many tickets there were."""
        ours = sa.select(tables.history_tickets.c.id).where(tables.history_tickets.c.source == source)
        imports = sa.select(tables.history_imports.c.id).where(tables.history_imports.c.source == source)
        run = self.connection.execute
        run(sa.delete(tables.mined_members).where(tables.mined_members.c.item.in_(ours)))
        run(sa.delete(tables.history_events).where(tables.history_events.c.ticket.in_(ours)))
        gone = run(sa.delete(tables.history_tickets).where(tables.history_tickets.c.source == source)).rowcount
        run(sa.delete(tables.history_refused).where(tables.history_refused.c.import_id.in_(imports)))
        run(sa.delete(tables.history_imports).where(tables.history_imports.c.source == source))
        run(sa.delete(tables.history_sources).where(tables.history_sources.c.name == source))
        return int(gone)

    # What was found

    def put_members(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Rows of `item`, `opportunity`, `at`."""
        upsert_all(self.connection, tables.mined_members, list(rows))

    def members_of(self, opportunity: str, *, limit: int = 1_000_000) -> list[str]:
        """Ids of its tickets and cases, newest first."""
        table = tables.mined_members.c
        query = sa.select(table.item).where(table.opportunity == opportunity)
        return list(self.connection.execute(query.order_by(table.at.desc(), table.item).limit(limit)).scalars())

    def opportunity_of(self, item: str) -> str | None:
        """What a ticket or case was found to belong to."""
        table = tables.mined_members.c
        return self.connection.execute(sa.select(table.opportunity).where(table.item == item)).scalar()

    def all_members(self) -> dict[str, str]:
        """Item → opportunity, of the last run."""
        table = tables.mined_members.c
        return {row.item: row.opportunity for row in self.connection.execute(sa.select(table.item, table.opportunity))}

    def drop_members(self) -> None:
        self.connection.execute(sa.delete(tables.mined_members))
