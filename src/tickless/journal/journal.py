"""The journal: `read()` and `write()` open a transaction with every repository in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import sqlalchemy as sa

from tickless.domain.case import Message
from tickless.domain.catalogue import CatalogueItem
from tickless.domain.change_event import ChangeEvent
from tickless.domain.channel import Binding, Delivery, Thread
from tickless.domain.claim import Claim, MapSpan, RefusedRow
from tickless.domain.decision import ApprovalRequest, Decision, OpenQuestion
from tickless.domain.errors import Unreachable
from tickless.domain.experience import Rating
from tickless.domain.finding import Finding
from tickless.domain.habit import Habit
from tickless.domain.held import CaseSummary, Held
from tickless.domain.knowledge import Article, ArticleVersion, Asked
from tickless.domain.known import Bulletin, KnownError, Maintenance
from tickless.domain.lesson import Lesson
from tickless.domain.person import App, Delegation, Device, Person, PersonChange
from tickless.domain.plan import Run
from tickless.domain.receipt import Receipt
from tickless.domain.service import ConfigurationItem, Dependency, Service, Supplier
from tickless.domain.silence import Silence
from tickless.domain.ticket import Ticket
from tickless.domain.verdict import Verdict, Watch
from tickless.journal import hold_tables, tables
from tickless.journal.access import Access
from tickless.journal.ahead_shelves import AheadShelves
from tickless.journal.alert_book import AlertBook
from tickless.journal.alert_stream import AlertStream
from tickless.journal.alerts import Alerts
from tickless.journal.audit import Audit
from tickless.journal.brake_shelves import BrakeShelves
from tickless.journal.cases import Cases
from tickless.journal.coordination import Coordination
from tickless.journal.database import ABANDONED_STATE, migrate, open_engine, survey
from tickless.journal.draft_shelves import DraftShelves
from tickless.journal.govern_shelves import GovernShelves
from tickless.journal.history_shelves import HistoryShelves
from tickless.journal.holds import Holds
from tickless.journal.practice_shelves import PracticeShelves
from tickless.journal.regroup_shelves import RegroupShelves
from tickless.journal.resolutions import Resolutions
from tickless.journal.shelf import Shelf
from tickless.journal.sightings import Answers, Sightings
from tickless.journal.signal_log import SignalLog
from tickless.journal.steering_shelves import SteeringShelves
from tickless.journal.tool_shelves import ToolShelves

LOG_PAGE = 16_384
"""Bytes of a page of the signal log: it is written at its end, in large pieces."""


class Tx(
    AheadShelves,
    BrakeShelves,
    DraftShelves,
    GovernShelves,
    HistoryShelves,
    PracticeShelves,
    RegroupShelves,
    SteeringShelves,
    ToolShelves,
):
    """One transaction and what can be done in it. `connection` is for enqueuing durable work in the same commit."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.audit = Audit(connection)
        self.access = Access(connection)
        self.alerts = Alerts(connection)
        self.coordination = Coordination(connection)

    @cached_property
    def alert_book(self) -> AlertBook:
        return AlertBook(self.connection)

    @cached_property
    def alert_stream(self) -> AlertStream:
        return AlertStream(self.connection)

    @cached_property
    def holds(self) -> Holds:
        return Holds(self.connection)

    @cached_property
    def silences(self) -> Shelf[Silence]:
        return Shelf(
            self.connection,
            hold_tables.silences,
            Silence,
            lambda x: {"id": x.id, "owner": x.owner, "starts_at": x.starts_at, "ends_at": x.ends_at},
        )

    @cached_property
    def alert_habits(self) -> Shelf[Habit]:
        return Shelf(
            self.connection,
            hold_tables.alert_habits,
            Habit,
            lambda x: {"id": x.id, "source": x.source, "need": x.need, "severity": x.severity},
        )

    @cached_property
    def cases(self) -> Cases:
        return Cases(self.connection)

    @cached_property
    def findings(self) -> Shelf[Finding]:
        """Findings also know their case, set when they are joined: see `Cases.attach_finding`."""
        return Shelf(
            self.connection,
            tables.findings,
            Finding,
            lambda finding: {"id": finding.id, "signal": finding.signal, "made_at": finding.made_at},
        )

    @cached_property
    def decisions(self) -> Shelf[Decision]:
        return Shelf(
            self.connection,
            tables.decisions,
            Decision,
            lambda d: {"id": d.id, "case": d.case, "kind": d.kind, "decided_at": d.decided_at},
        )

    @cached_property
    def runs(self) -> Shelf[Run]:
        return Shelf(
            self.connection,
            tables.runs,
            Run,
            lambda r: {
                "id": r.id,
                "case": r.case,
                "runbook": r.plan.runbook,
                "state": r.state,
                "started_at": r.started_at,
            },
        )

    @cached_property
    def receipts(self) -> Shelf[Receipt]:
        return Shelf(
            self.connection,
            tables.receipts,
            Receipt,
            lambda r: {"key": r.key, "run": r.run, "state": r.state, "started_at": r.started_at},
        )

    def receipts_of(self, run: str) -> list[Receipt]:
        """In the order in which the steps began."""
        table = tables.receipts
        return self.receipts.where(table.c.run == run, order=(table.c.started_at))

    @cached_property
    def verdicts(self) -> Shelf[Verdict]:
        return Shelf(
            self.connection,
            tables.verdicts,
            Verdict,
            lambda v: {"id": v.id, "case": v.case, "run": v.run, "result": v.result, "made_at": v.made_at},
        )

    @cached_property
    def approvals(self) -> Shelf[ApprovalRequest]:
        return Shelf(
            self.connection,
            tables.approvals,
            ApprovalRequest,
            lambda a: {"id": a.id, "case": a.case, "state": a.state, "plan_hash": a.plan_hash, "asked_at": a.asked_at},
        )

    @cached_property
    def messages(self) -> Shelf[Message]:
        return Shelf(
            self.connection,
            tables.messages,
            Message,
            lambda m: {"id": m.id, "conversation": m.conversation, "case": m.case, "at": m.at},
        )

    def conversation(self, conversation: str, *, after: str = "", limit: int = 500) -> list[Message]:
        """Messages of a conversation in order, after a message id."""
        table = tables.messages
        return self.messages.where(
            table.c.conversation == conversation, table.c.id > after, order=table.c.id, limit=limit
        )

    @cached_property
    def questions(self) -> Shelf[OpenQuestion]:
        return Shelf(
            self.connection,
            tables.questions,
            OpenQuestion,
            lambda q: {"id": q.id, "case": q.case, "conversation": q.conversation, "state": q.state},
        )

    @cached_property
    def resolutions(self) -> Resolutions:
        return Resolutions(self.connection)

    @cached_property
    def watches(self) -> Shelf[Watch]:
        return Shelf(
            self.connection,
            tables.watches,
            Watch,
            lambda w: {"id": w.id, "case": w.case, "subject": w.subject, "due_at": w.due_at},
        )

    @cached_property
    def people(self) -> Shelf[Person]:
        return Shelf(
            self.connection,
            tables.people,
            Person,
            lambda p: {"id": p.id, "username": p.username, "email": p.email, "name": p.name},
        )

    @cached_property
    def devices(self) -> Shelf[Device]:
        return Shelf(self.connection, tables.devices, Device, lambda d: {"id": d.id, "tag": d.tag, "owner": d.owner})

    @cached_property
    def apps(self) -> Shelf[App]:
        return Shelf(self.connection, tables.apps, App, lambda a: {"id": a.id, "name": a.name})

    @cached_property
    def services(self) -> Shelf[Service]:
        return Shelf(self.connection, tables.services, Service, lambda s: {"id": s.id, "name": s.name})

    @cached_property
    def dependencies(self) -> Shelf[Dependency]:
        return Shelf(
            self.connection, tables.dependencies, Dependency, lambda d: {"service": d.service, "needs": d.needs}
        )

    @cached_property
    def items(self) -> Shelf[ConfigurationItem]:
        return Shelf(
            self.connection,
            tables.items,
            ConfigurationItem,
            lambda i: {"id": i.id, "kind": i.kind, "service": i.service},
        )

    @cached_property
    def suppliers(self) -> Shelf[Supplier]:
        return Shelf(self.connection, tables.suppliers, Supplier, lambda x: {"id": x.id, "name": x.name})

    @cached_property
    def map_claims(self) -> Shelf[Claim]:
        return Shelf(
            self.connection,
            tables.map_claims,
            Claim,
            lambda x: {"id": x.id, "source": x.source, "kind": x.kind, "key": x.key},
        )

    @cached_property
    def map_spans(self) -> Shelf[MapSpan]:
        return Shelf(
            self.connection,
            tables.map_spans,
            MapSpan,
            lambda x: {"id": x.id, "kind": x.kind, "key": x.key, "valid_from": x.valid_from, "valid_to": x.valid_to},
        )

    @cached_property
    def map_refused(self) -> Shelf[RefusedRow]:
        return Shelf(
            self.connection,
            tables.map_refused,
            RefusedRow,
            lambda x: {"id": x.id, "source": x.source, "state": x.state, "at": x.at},
        )

    @cached_property
    def articles(self) -> Shelf[Article]:
        return Shelf(self.connection, tables.articles, Article, lambda a: {"id": a.id, "title": a.title})

    @cached_property
    def article_versions(self) -> Shelf[ArticleVersion]:
        return Shelf(
            self.connection,
            tables.article_versions,
            ArticleVersion,
            lambda v: {"id": v.id, "article": v.article.id, "at": v.at},
        )

    @cached_property
    def asked(self) -> Shelf[Asked]:
        return Shelf(
            self.connection,
            tables.asked,
            Asked,
            lambda x: {"id": x.id, "conversation": x.conversation, "article": x.article, "at": x.at},
        )

    @cached_property
    def lessons(self) -> Shelf[Lesson]:
        return Shelf(
            self.connection,
            tables.lessons,
            Lesson,
            lambda x: {"id": x.id, "state": x.state, "conversation": x.conversation, "need": x.need, "at": x.at},
        )

    @cached_property
    def catalogue(self) -> Shelf[CatalogueItem]:
        return Shelf(
            self.connection, tables.catalogue, CatalogueItem, lambda x: {"id": x.id, "name": x.name, "need": x.need}
        )

    @cached_property
    def changes(self) -> Shelf[ChangeEvent]:
        return Shelf(
            self.connection,
            tables.changes,
            ChangeEvent,
            lambda x: {"id": x.id, "kind": x.kind, "service": x.service, "occurred_at": x.occurred_at},
        )

    @cached_property
    def sightings(self) -> Sightings:
        return Sightings(self.connection)

    @cached_property
    def answers(self) -> Answers:
        return Answers(self.connection)

    @cached_property
    def known_errors(self) -> Shelf[KnownError]:
        return Shelf(
            self.connection,
            tables.known_errors,
            KnownError,
            lambda x: {"id": x.id, "service": x.service, "state": x.state},
        )

    @cached_property
    def maintenance(self) -> Shelf[Maintenance]:
        return Shelf(
            self.connection,
            tables.maintenance,
            Maintenance,
            lambda x: {"id": x.id, "service": x.service, "starts_at": x.starts_at, "ends_at": x.ends_at},
        )

    @cached_property
    def bulletins(self) -> Shelf[Bulletin]:
        return Shelf(self.connection, tables.bulletins, Bulletin, lambda x: {"id": x.id, "case": x.case, "at": x.at})

    @cached_property
    def ratings(self) -> Shelf[Rating]:
        return Shelf(self.connection, tables.ratings, Rating, lambda x: {"id": x.id, "case": x.case, "at": x.at})

    @cached_property
    def tickets(self) -> Shelf[Ticket]:
        return Shelf(
            self.connection,
            tables.tickets,
            Ticket,
            lambda x: {
                "id": x.id,
                "case": x.case,
                "system": x.system,
                "external": x.external,
                "state": x.state,
                "due_at": x.due_at or tables.EPOCH,
            },
        )

    @cached_property
    def held(self) -> Shelf[Held]:
        return Shelf(
            self.connection,
            tables.held_messages,
            Held,
            lambda x: {"id": x.id, "conversation": x.conversation, "place": x.place},
        )

    @cached_property
    def summaries(self) -> Shelf[CaseSummary]:
        return Shelf(
            self.connection, tables.case_summaries, CaseSummary, lambda x: {"id": x.id, "case": x.case, "at": x.at}
        )

    @cached_property
    def bindings(self) -> Shelf[Binding]:
        return Shelf(
            self.connection,
            tables.bindings,
            Binding,
            lambda x: {"id": x.id, "channel": x.channel, "account": x.account, "person": x.person, "active": x.active},
        )

    @cached_property
    def delegations(self) -> Shelf[Delegation]:
        return Shelf(
            self.connection,
            tables.delegations,
            Delegation,
            lambda x: {"id": x.id, "person": x.person, "delegate": x.delegate, "until": x.until},
        )

    @cached_property
    def person_changes(self) -> Shelf[PersonChange]:
        return Shelf(
            self.connection, tables.person_changes, PersonChange, lambda x: {"id": x.id, "person": x.person, "at": x.at}
        )

    @cached_property
    def threads(self) -> Shelf[Thread]:
        return Shelf(
            self.connection,
            tables.threads,
            Thread,
            lambda x: {
                "id": x.id,
                "channel": x.channel,
                "account": x.account,
                "person": x.person,
                "last_heard_at": x.last_heard_at,
            },
        )

    @cached_property
    def deliveries(self) -> Shelf[Delivery]:
        return Shelf(
            self.connection,
            tables.deliveries,
            Delivery,
            lambda x: {
                "id": x.id,
                "thread": x.thread,
                "state": x.state,
                "due_at": x.due_at,
                "tries": x.tries,
                "spoken_at": x.sent_at if x.proactive else None,
            },
        )


class Journal:
    """Opens the databases. `main` holds cases and flow, `log` the signals; on PostgreSQL both are one."""

    def __init__(self, *, main_url: str, log_url: str) -> None:
        self.engine = open_engine(main_url)
        self.log_engine = self.engine if log_url == main_url else open_engine(log_url, page_size=LOG_PAGE)
        self.signals = SignalLog(self.log_engine)

    def migrate(self) -> None:
        """Bring both schemas up to date."""
        migrate(self.engine, "main")
        migrate(self.log_engine, "log")
        self.survey()

    def survey(self) -> None:
        """Let the database choose its ways by what is stored now. To be called now and then."""
        survey(self.engine)
        survey(self.log_engine)

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """For looking only. Raises `Unreachable` when the database is away."""
        with _reachable(), self.engine.connect() as connection:
            yield Tx(connection)

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """All or nothing: committed at the end of the block, rolled back if it raises. One writer at a time on SQLite.

        Raises `Unreachable` when the database is away.
        """
        with _reachable(), self.engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield Tx(connection)

    def close(self) -> None:
        self.engine.dispose()
        self.log_engine.dispose()


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        gone = isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)
        if not gone and getattr(error.orig, "sqlstate", None) != ABANDONED_STATE:
            raise
        raise Unreachable("the journal cannot be reached", detail=str(error)[:300]) from error
