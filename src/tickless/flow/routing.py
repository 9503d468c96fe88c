"""Which team a ticket goes to at first: as a person taught, else as the record of the service says; what speaks for more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from tickless.domain.case import Case
from tickless.domain.errors import BadInput, Conflict
from tickless.domain.routing import Routed, RoutingRule, RoutingState
from tickless.domain.ticket import Ticket
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.stages.learn.effects import SPAN, Effect
from tickless.stages.learn.routing import Judged, Proposal, Rules, came_of, choose, judge, propose, rules_of

MOST: Final = 5_000
"""Solved tickets that are read, the latest."""
MOST_RULES: Final = 1_000
MOST_AT_ONCE: Final = 50


class Routing:
    """The desk's part of it; `first_team` and `solved` are called inside the transactions of tickets."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    # --- with a ticket, in its transaction -----------------------------------------------------------------------

    def first_team(self, tx: Tx, case: Case) -> tuple[str, str]:
        """The team and why; both empty: the ticket system's own rules."""
        rules = rules_of(tx.routing_rules.by(state="taught", limit=MOST_RULES))
        return choose(rules, case.need or "", case.service or "", self._own(case))

    def solved(self, tx: Tx, case: Case, ticket: Ticket, *, now: dt.datetime) -> None:
        """People say in their system that they solved it: where it lies now is where it belonged."""
        if not ticket.team:
            return
        tx.routings.put(
            Routed(
                id=ticket.id, tenant=case.tenant, case=case.id, need=case.need or "", service=case.service or "",
                own=self._own(case), sent_to=ticket.sent_to, team=ticket.team, by=ticket.owner, at=now,
            )
        )  # fmt: skip

    def _own(self, case: Case) -> str:
        service = self._rooms.world().services.get(case.service or "")
        return (service.team if service else None) or ""

    # --- what is learnt ------------------------------------------------------------------------------------------

    def proposals(self) -> list[Proposal]:
        """What the last 90 days speak for beyond what is in force. What was refused is not proposed again."""
        with self._rooms.journal.read() as tx:
            return self._proposals(tx)

    def _proposals(self, tx: Tx) -> list[Proposal]:
        refused = frozenset(one.id for one in tx.routing_rules.by(state="refused", limit=MOST_RULES))
        return propose(self._past(tx), self._rules(tx), refused=refused)

    def decided(self, state: RoutingState) -> list[RoutingRule]:
        with self._rooms.journal.read() as tx:
            return sorted(tx.routing_rules.by(state=state, limit=MOST_RULES), key=lambda one: one.at, reverse=True)

    def effects(self) -> list[tuple[RoutingRule, Effect]]:
        """For each rule in force: tickets of its kind that went to the right team at once, before and since."""
        with self._rooms.journal.read() as tx:
            taught = tx.routing_rules.by(state="taught", limit=MOST_RULES)
            since = min((one.at for one in taught), default=self._rooms.clock.now()) - SPAN
            past = tx.routings.where(tx.routings.table.c.at >= since, limit=MOST, order=tx.routings.table.c.at.desc())
        return [(one, came_of(one, past)) for one in taught]

    def attempt(self, ids: Sequence[str]) -> Judged:
        """Where the solved tickets of 90 days would have gone first with these. Raises `BadInput`, `Conflict`."""
        with self._rooms.journal.read() as tx:
            return self._judge(tx, self._chosen(tx, ids))

    def teach(self, ids: Sequence[str], *, by: str) -> Judged:
        """Put these in force, if more tickets would have been right at once than chance explains. Raises `Conflict`."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            chosen = self._chosen(tx, ids)
            judged = self._judge(tx, chosen)
            if not judged.fits:
                told = f"{len(judged.gained)} would have gone to the right team at once and {len(judged.lost)} no more"
                raise Conflict(f"of {judged.tickets} solved tickets, {told}", mend="teach fewer of them, or none")
            for one in chosen:
                self._decide(tx, self._rule(one, "taught", by=by, reason=_reason(one), now=now))
        return judged

    def refuse(self, identity: str, *, by: str, reason: str) -> RoutingRule:
        """Not so in general, or not any more: what is in force ends, and it is not proposed again. Raises `NotFound`."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            known = tx.routing_rules.get(identity, lock=True)
            proposed = next((one for one in self._proposals(tx) if one.id == identity), None) if known is None else None
            if proposed is not None:
                rule = self._rule(proposed, "refused", by=by, reason=reason, now=now)
            else:
                change = {"state": "refused", "decided_by": by, "reason": reason, "at": now}
                rule = tx.routing_rules.need(identity).model_copy(update=change)
            return self._decide(tx, rule)

    def _judge(self, tx: Tx, chosen: Sequence[Proposal]) -> Judged:
        rules = self._rules(tx)
        return judge(self._past(tx), rules, {**rules, **{(one.need, one.service): one.team for one in chosen}})

    def _chosen(self, tx: Tx, ids: Sequence[str]) -> list[Proposal]:
        if not 0 < len(ids) <= MOST_AT_ONCE:
            raise BadInput(f"choose 1 to {MOST_AT_ONCE} rules")
        proposed = {one.id: one for one in self._proposals(tx)}
        if any(one not in proposed for one in ids):
            raise Conflict("one of these is not proposed any more", mend="reload the list")
        return [proposed[one] for one in dict.fromkeys(ids)]

    def _past(self, tx: Tx) -> list[Routed]:
        table = tx.routings.table.c
        since = self._rooms.clock.now() - SPAN
        return tx.routings.where(table.at > since, order=table.at.desc(), limit=MOST)

    @staticmethod
    def _rules(tx: Tx) -> Rules:
        return rules_of(tx.routing_rules.by(state="taught", limit=MOST_RULES))

    @staticmethod
    def _rule(one: Proposal, state: RoutingState, *, by: str, reason: str, now: dt.datetime) -> RoutingRule:
        return RoutingRule(id=one.id, need=one.need, service=one.service, team=one.team, state=state, tickets=one.tickets,
                           solved=one.solved, at=now, decided_by=by, reason=reason)  # fmt: skip

    @staticmethod
    def _decide(tx: Tx, rule: RoutingRule) -> RoutingRule:
        detail = {"need": rule.need, "service": rule.service, "team": rule.team, "reason": rule.reason}
        tx.audit.append(at=rule.at, actor=rule.decided_by, action=f"routing.{rule.state}",
                        subject=f"routing_rule:{rule.id}", detail=detail)  # fmt: skip
        return tx.routing_rules.put(rule)


def _reason(one: Proposal) -> str:
    return f"{one.solved} of {one.tickets} tickets of 90 days were solved by {one.team}"
