"""Opportunities at the desk: found now and then, looked through, decided about, drafted."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Sequence

from tickless.ai.encoder import Encoder
from tickless.ai.retrieval import Document, Index
from tickless.domain.errors import BadInput, Conflict, TicklessError
from tickless.domain.opportunity import Match, Mining, Opportunity, OpportunityState
from tickless.flow.desk.opening import measure_register, take_as_begun
from tickless.flow.rooms import Rooms
from tickless.kit.log import get_logger
from tickless.practices.knowledge.of_tickets import WhatHelped, what_helped
from tickless.stages.learn.mining.core import Matching
from tickless.stages.learn.mining.drafts import UNTOLD, draft_of
from tickless.stages.learn.mining.service import MiningRoom

EVERY = dt.timedelta(days=7)
LEASE_SECONDS = 1_800.0
LIKE = 0.5
READ = 500
"""Newest tickets of an opportunity whose resolutions are read for a draft."""
DECISIONS: frozenset[OpportunityState] = frozenset({"found", "chosen", "begun", "dismissed"})
log = get_logger("flow")


class MiningDesk:
    """One for each process; one of them mines at a time."""

    def __init__(self, rooms: Rooms, *, node: str, encoder: Callable[[], Encoder | None]) -> None:
        self._rooms = rooms
        self._node = node
        self._room = MiningRoom(rooms.journal, encoder=encoder)
        self._encoder = encoder
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._one = threading.Lock()
        """Two runs at once would each take the other's findings for gone."""
        self.failed = ""
        self.by_clock = True
        """False where whoever moves the clock says when it is done."""

    def running(self) -> bool:
        with self._rooms.journal.read() as tx:
            return tx.coordination.holder_of("mining", now=self._rooms.clock.now()) is not None

    def last(self) -> Mining | None:
        """The run that is shown."""
        with self._rooms.journal.read() as tx:
            return next(iter(tx.minings.where(order=tx.minings.table.c.at.desc(), limit=1)), None)

    def begin(self, *, by: str) -> None:
        """Mine beside everything else. Raises `Conflict` while it is being done."""
        now = self._rooms.clock.now()
        with self._lock:
            with self._rooms.journal.write() as tx:
                if tx.coordination.holder_of("mining", now=now) is not None:
                    raise Conflict("it is being mined already", mend="wait until it is done")
                tx.coordination.take_lease("mining", holder=self._node, now=now, seconds=LEASE_SECONDS)
            self._thread = threading.Thread(target=self._mine, args=(by,), name="mining", daemon=True)
            self._thread.start()

    def _mine(self, by: str) -> None:
        try:
            self.mine(by=by)
            self.failed = ""
        except TicklessError as error:
            self.failed = f"{error.public}: {error.mend}"
            log.warning("mining failed", code=error.code, reason=error.public)
        finally:
            with self._rooms.journal.write() as tx:
                tx.coordination.release("mining", holder=self._node)

    def close(self) -> None:
        """Wait a little for what is being stored."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout=10)

    def look(self, now: dt.datetime) -> None:
        """Once a week, where tickets of the past are there."""
        if not self.by_clock:
            return
        last = self.last()
        if last is not None and now - last.at < EVERY:
            return
        with self._rooms.journal.read() as tx:
            there = bool(tx.history_tickets.where(limit=1)) and not tx.history_imports.by(state="running", limit=1)
        if there and not self.running():
            self.begin(by="tickless")

    def mine(self, *, by: str) -> Mining:
        """Now. Blocks. Raises `BadInput` where there is too little."""
        with self._one:
            return self._mined(by)

    def _mined(self, by: str) -> Mining:
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            take_as_begun(tx, now)
        done = self._room.mine(by=by, now=now, matching=self._matching())
        with self._rooms.journal.write() as tx:
            measure_register(tx, now)
        return done

    def _matching(self) -> Matching:
        """The runbook or article that fits a text best, if one does."""
        with self._rooms.journal.read() as tx:
            articles = [one for one in tx.articles.where(limit=5_000) if one.state == "published"]
        kinds: dict[str, Match] = {}
        documents = [*self._runbooks(kinds)]
        for article in articles:
            kinds[f"article:{article.id}"] = Match(kind="article", id=article.id, title=article.title, likeness=0)
            documents.append(Document(f"article:{article.id}", article.title, article.text, article.questions))
        index = Index.of(documents, self._encoder())

        def best(text: str) -> Match | None:
            hit = next(iter(index.search(text, limit=1)), None)
            if hit is None or hit.confidence < LIKE:
                return None
            return kinds[hit.id].model_copy(update={"likeness": round(min(max(hit.confidence, 0), 1), 2)})

        return best

    def _runbooks(self, kinds: dict[str, Match]) -> Iterable[Document]:
        for runbook in self._rooms.runbooks.values():
            if runbook.serves.intents:
                kinds[f"runbook:{runbook.runbook}"] = Match(
                    kind="runbook", id=runbook.runbook, title=runbook.title, likeness=0
                )
                yield Document(
                    f"runbook:{runbook.runbook}", runbook.title, runbook.description, tuple(runbook.serves.says)
                )

    # What people decide

    def list(self, *, every: bool = False, limit: int = 10) -> list[Opportunity]:
        """Best first; without those that were dismissed, unless `every`."""
        with self._rooms.journal.read() as tx:
            table = tx.opportunities.table.c
            wanted = [] if every else [table.state != "dismissed", table.rank < 1_000_000]
            return tx.opportunities.where(*wanted, order=table.rank, limit=limit)

    def decide(
        self, identity: str, state: OpportunityState, *, by: str, what: str = "", at: dt.datetime | None = None
    ) -> Opportunity:
        """What becomes of it. `begun`: from `at` (else now) on it is done another way, which is `what`. Raises `NotFound`,
        `BadInput`."""
        now = self._rooms.clock.now()
        if state not in DECISIONS:
            raise BadInput("an opportunity is found, chosen, begun or dismissed")
        if state == "begun" and not what.strip():
            raise BadInput("say what is done about it", mend="name the runbook, the article, or what was changed")
        if at is not None and at > now:
            raise BadInput("it cannot have begun later than now", mend="give the day on which it began")
        with self._rooms.journal.write() as tx:
            one = tx.opportunities.need(identity, lock=True)
            begun = (at or now) if state == "begun" else None
            done = tx.opportunities.put(one.model_copy(update={
                "state": state, "begun_at": begun, "what": what.strip()[:500], "benefit": None,
            }))  # fmt: skip
            detail = {"name": one.name, "what": what.strip()[:200]}
            tx.audit.append(
                at=now, actor=by, action=f"opportunity.{state}", subject=f"opportunity:{identity}", detail=detail
            )
        return done

    def draft(self, identity: str) -> str:
        """A first draft of what it needs. Nothing is published. Raises `NotFound`."""
        one, titles = self.with_titles(identity)
        return draft_of(one, titles, self.what_helped(identity) if one.draft == "article" else UNTOLD)

    def what_helped(self, identity: str) -> WhatHelped:
        """What its newest tickets of the past say of how they were resolved."""
        with self._rooms.journal.read() as tx:
            members = tx.members_of(identity, limit=READ)
            tickets = tx.many_histories(members)
        return what_helped(tickets[one] for one in members if one in tickets)

    def with_titles(self, identity: str) -> tuple[Opportunity, Sequence[str]]:
        """It, with what the tickets and cases in its middle are called. Raises `NotFound`."""
        with self._rooms.journal.read() as tx:
            one = tx.opportunities.need(identity)
            tickets = tx.many_histories(one.examples)
            cases = {case.id: case for example in one.examples if (case := tx.cases.get(example)) is not None}
        return one, [tickets[example].title if example in tickets else cases[example].title.tame(200)
                     for example in one.examples if example in tickets or example in cases]  # fmt: skip
