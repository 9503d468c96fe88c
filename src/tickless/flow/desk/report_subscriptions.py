"""Standing reports: who gets which, how often; written in time, sent by the clock, and told when they could not be."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

from tickless.domain.errors import BadInput, Conflict, TicklessError
from tickless.domain.report_subscription import Cadence, ReportSubscription
from tickless.flow.desk.report_letters import letter_for, mailer_of, notice_for, post_letter
from tickless.flow.desk.reports import Reports
from tickless.flow.rooms import Rooms
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.kit.log import get_logger
from tickless.kit.zones import zones
from tickless.stages.decide.policy_requests import Principal, Resource
from tickless.stages.measure.week import Week
from tickless.stages.measure.week.spans import due_span

MOST = 1_000
TRIES = 6
"""After so many in vain a report is given up; the next one is tried anew."""
LATE = dt.timedelta(hours=20)
"""A report that was due so long ago is left out: the house was down, and the next one tells what happened."""

log = get_logger("flow")


@dataclass(frozen=True)
class SubscriptionDraft:
    """What somebody wishes. Exactly one of `person` and `mail`."""

    cadence: Cadence
    at: dt.time = dt.time(7, 0)
    zone: str = "UTC"
    owner: str = ""
    person: str = ""
    mail: str = ""


class ReportSubscriptions:
    """Methods block."""

    def __init__(self, rooms: Rooms, reports: Reports, *, home: str) -> None:
        self._rooms, self._reports, self._home = rooms, reports, home

    def all(self, *, person: str | None = None) -> list[ReportSubscription]:
        """Those in force, newest first; `person`: of one person only."""
        with self._rooms.journal.read() as tx:
            table = tx.report_subscriptions.table.c
            found = tx.report_subscriptions.where(table.ended.is_(False), order=table.id.desc(), limit=MOST)
        return [one for one in found if person is None or one.person == person]

    def subscribe(self, draft: SubscriptionDraft, *, by: str) -> ReportSubscription:
        """Begin with the next one that is due. Raises `BadInput`, `Conflict`."""
        self._check(draft)
        now = self._rooms.clock.now()
        _, until = due_span(draft.cadence, at=draft.at, zone=draft.zone, now=now)
        one = ReportSubscription(
            id=new_id("rps"), made_by=by, made_at=now, told_until=until, **dataclasses.asdict(draft)
        )
        if any(_same(one, other) for other in self.all()):
            raise Conflict("they get that report already", mend="end the other one first, or choose another time")
        with self._rooms.journal.write() as tx:
            tx.audit.append(at=now, actor=by, action="report.subscribed", subject=f"report:{one.id}",
                            detail={"cadence": one.cadence, "owner": one.owner, "to": one.person or one.mail})  # fmt: skip
            return tx.report_subscriptions.put(one)

    def end(self, identity: str, *, by: str) -> ReportSubscription:
        """No more of it. Raises `NotFound`, `Conflict`."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            one = tx.report_subscriptions.need(identity, lock=True)
            if one.ended_at is not None:
                raise Conflict("it has ended already")
            tx.audit.append(at=now, actor=by, action="report.ended", subject=f"report:{one.id}", detail={})
            return tx.report_subscriptions.put(one.model_copy(update={"ended_at": now}))

    def get(self, identity: str) -> ReportSubscription:
        """Raises `NotFound`."""
        with self._rooms.journal.read() as tx:
            return tx.report_subscriptions.need(identity)

    def tend(self, now: dt.datetime) -> None:
        """By the clock: what is due is sent; what breaks holds up no other."""
        for one in self.all():
            since, until = due_span(one.cadence, at=one.at, zone=one.zone, now=now)
            if (one.told_until and until <= one.told_until) or (one.next_try and one.next_try > now):
                continue
            if now - until > LATE:
                self._note(one, told_until=until, failed="it was due while the house was down")
                continue
            self._send(one, since, until, now)

    def _send(self, one: ReportSubscription, since: dt.datetime, until: dt.datetime, now: dt.datetime) -> None:
        if not self._may(one):
            self._withdraw(one, now)
            return
        try:
            week = self._reports.span(since, until, owner=one.owner)
            if one.person:
                self._tell(one, week, now)
                return
            self._note(
                one, next_try=now + _pause(one.tries + 1), tries=one.tries + 1
            )  # before: it may get through unnoticed
            letter = letter_for(one, week, home=self._home)
            post_letter(self._rooms.registry, letter, key=f"report:{one.id}:{until:%Y%m%dT%H%M}", now=now)
            self._note(one, told_until=until)
        except TicklessError as error:
            log.warning("a report could not be sent", subscription=one.id, error=error.public)
            if one.tries + 1 >= TRIES:
                self._note(one, told_until=until, failed=error.public)
            else:
                self._note(one, failed=error.public, tries=one.tries + 1, next_try=now + _pause(one.tries + 1))

    def _may(self, one: ReportSubscription) -> bool:
        """Whether policy still lets its person read and, where somebody else gets it, whoever asked for it send it."""
        if one.person and not self._has(one.person, "read"):
            return False
        return one.person == one.made_by or self._has(one.made_by, "admin")

    def _has(self, actor: str, right: str) -> bool:
        with self._rooms.journal.read() as tx:
            roles = tx.access.roles_of(actor)
        person = self._rooms.world().people.get(actor)
        principal = Principal.person(person, roles=roles) if person else Principal.account(actor, roles=roles)
        context = {"right": right, "deed": "reports", "assurance": "signed_in"}
        return self._rooms.policy.may(
            principal=principal, action="use", resource=Resource.house(), context=context
        ).allowed

    def _withdraw(self, one: ReportSubscription, now: dt.datetime) -> None:
        with self._rooms.journal.write() as tx:
            tx.audit.append(at=now, actor="tickless", action="report.ended", subject=f"report:{one.id}",
                            detail={"why": "whoever gets it or asked for it has no right to it any more"})  # fmt: skip
            _put(tx, one, ended_at=now)

    def _tell(self, one: ReportSubscription, week: Week, now: dt.datetime) -> None:
        with self._rooms.journal.write() as tx:
            text = notice_for(one, week, home=self._home)
            key = f"report:{one.id}:{week.until:%Y%m%dT%H%M}"
            say(
                tx,
                conversation=personal(one.person),
                case=None,
                text=text,
                key=key,
                at=now,
                private=True,
                proactive=True,
            )
            _put(tx, one, told_until=week.until)

    def _note(self, one: ReportSubscription, **change: object) -> None:
        with self._rooms.journal.write() as tx:
            _put(tx, one, **change)

    def _check(self, draft: SubscriptionDraft) -> None:
        world = self._rooms.world()
        if bool(draft.person) == bool(draft.mail):
            raise BadInput("a report goes to a person or to a mail address", mend="give exactly one of the two")
        if draft.zone not in zones():
            raise BadInput(f"{draft.zone[:60]!r} is no time zone", mend="give an IANA name such as Europe/Berlin")
        for name in (draft.person, draft.owner):
            if name and name not in world.people:
                raise BadInput(f"nobody here is {name[:60]!r}", mend="give the id of a person in the records")
        if draft.mail and mailer_of(self._rooms.registry) is None:
            raise BadInput(
                "no connector here sends mail", mend="configure one that answers to `mail.send`, such as `email`"
            )


def _put(tx: Tx, one: ReportSubscription, **change: object) -> None:
    """Note how the last try went: what is not named is as after a success."""
    fresh: dict[str, object] = {"failed": "", "tries": 0, "next_try": None}
    now = tx.report_subscriptions.need(one.id, lock=True)
    tx.report_subscriptions.put(now.model_copy(update=fresh | change))


def _same(one: ReportSubscription, other: ReportSubscription) -> bool:
    return (one.cadence, one.owner, one.person, one.mail) == (other.cadence, other.owner, other.person, other.mail)


def _pause(tries: int) -> dt.timedelta:
    return min(dt.timedelta(minutes=2**tries), dt.timedelta(hours=1))
