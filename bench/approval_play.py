"""Plays histories of approvals in a real house: its journal, its policies, its doors over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.testclient import TestClient

from bench.approval_cast import HALFWAY, ROLES, apps, need, people, runbooks
from bench.approval_form import Event, History
from bench.approval_oracle import Delegated, Truth, Wrong, Yes
from tickless.app.build import House, build
from tickless.app.settings import Settings
from tickless.domain.case import Case, Impact
from tickless.domain.decision import ApprovalRequest
from tickless.domain.errors import TicklessError
from tickless.domain.plan import Plan, Run
from tickless.domain.record import Untrusted
from tickless.domain.signal import Deed, Sender
from tickless.flow.approvals.escalating import Escalating
from tickless.flow.approvals.links import make_link
from tickless.flow.asking import Asking
from tickless.flow.ending.ends import reopen
from tickless.flow.run_steps import STOPPED, RunSteps
from tickless.flow.talking.deeds import Deeds
from tickless.flow.talking.joining import Joining
from tickless.flow.talking.questions import Questions
from tickless.journal.access import User
from tickless.kit.clock import ManualClock
from tickless.stages.decide.service import DecisionRoom

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
A_MOMENT = dt.timedelta(seconds=20)
STEP = "agree"
BETWEEN = dt.timedelta(days=40)
"""Between two histories, so that nothing of one counts in the next."""


@dataclass
class Played:
    """What came of one history."""

    id: str
    wrong: Counter[Wrong] = field(default_factory=Counter)
    effects: int = 0
    answers: int = 0
    refused: int = 0


@dataclass
class Hall:
    """The house, its people's accounts, and how they come in."""

    house: House
    clock: ManualClock
    browser: TestClient
    users: dict[str, User]
    tokens: dict[str, str]
    made: int = 0

    @property
    def rooms(self) -> Any:
        return self.house.rooms

    def room(self, revision: str) -> DecisionRoom:
        return DecisionRoom(
            journal=self.house.journal, policy=self.rooms.policy, runbooks=runbooks(revision), world=self.rooms.world,
            default_rung="auto", gather_seconds=0.0,
        )  # fmt: skip

    def token(self, who: str, *, by: str = "system") -> str:
        made = self.house.entrance.create_token("t3", user=self.users[who], scopes=("act",), by=by)
        return made.token


@contextlib.contextmanager
def open_hall() -> Iterator[Hall]:
    """A house in memory where that can be had."""
    shm = Path("/dev/shm")
    with TemporaryDirectory(dir=shm if shm.is_dir() else None) as folder:
        own = Path(folder) / "runbooks"
        own.mkdir()
        clock = ManualClock(START)
        settings = Settings(data=Path(folder) / "data", runbooks=(own,))
        house = build(settings, role="door", clock=clock, secret_values={})
        with house.journal.write() as tx:
            for person in people():
                tx.people.put(person)
            for app in apps():
                tx.apps.put(app)
        house.desk.renew()
        users = {
            one.id: house.entrance.create_user(f"{one.id}.login", roles=ROLES.get(one.id, ("employee",)), person=one.id)
            for one in people()
        }
        browser = TestClient(house.site, base_url="http://127.0.0.1", follow_redirects=False)
        hall = Hall(house, clock, browser, users, {})
        hall.tokens = {who: hall.token(who) for who in users}
        try:
            yield hall
        finally:
            house.desk.telemetry.close()
            house.journal.close()


class Play:
    """One history."""

    def __init__(self, hall: Hall, history: History) -> None:
        self.hall, self.history = hall, history
        hall.made += 1
        hall.clock.advance(BETWEEN)
        self.case = f"case_{hall.made}"
        self.played = Played(history.id)
        self.truth = Truth(history.wants, opened_at=hall.clock.now())
        self.revision, self.turn = "1.0.0", 0
        self.run_id: str | None = None
        """What is under way, and asks on its way."""
        self.requests: list[str] = []
        self.links: dict[tuple[str, str], str] = {}
        self.keys: dict[str, tuple[str, str]] = {}
        self._deeds = Deeds(hall.rooms, Questions(hall.rooms), Joining(hall.rooms))

    def run(self) -> Played:
        """All events in order; what is out is tidied up afterwards, for the next history."""
        self._open()
        for event in self.history.events:
            with contextlib.suppress(TicklessError):
                self._do(event)
        self._tidy()
        return self.played

    def _open(self) -> None:
        told = self.history
        now = self.hall.clock.now()
        gains = told.beneficiary or told.requester
        case = Case(
            id=self.case, number=self.hall.made, kind="request", need=need(told.wants), title=Untrusted("Access, please"),
            subject="app:crm", requester=told.requester, speaker=told.requester, typed_by=told.typed_by,
            assurance="signed_in", conversation=f"web:{told.requester}:{self.hall.made}", door="human",
            inputs={"person": gains, "app": "crm"}, impact=Impact(priority=3, reason="one person"), opened_at=now,
            updated_at=now,
        )  # fmt: skip
        self.truth.parties = {one for one in (told.requester, gains, told.typed_by) if one}
        with self.hall.house.journal.write() as tx:
            tx.cases.put(case)

    def _do(self, event: Event) -> None:
        now = self.hall.clock.advance(A_MOMENT)
        if event.wait is not None:
            self.hall.clock.advance(dt.timedelta(hours=event.wait))
            Escalating(self.hall.rooms).look(self.hall.clock.now())
        elif event.decide:
            self._decide()
        elif event.answer is not None:
            self._answer(event, event.answer)
        elif event.change == "revision":
            self.revision = "2.0.0" if self.revision == "1.0.0" else "1.0.0"
        elif event.change == "inputs":
            app = self._case().inputs["app"]
            self._put(inputs={**self._case().inputs, "app": "erp" if app == "crm" else "crm"})
        elif event.become is not None and event.who is not None:
            self._become(event.become, event.who)
        elif event.delegate is not None and event.who is not None:
            self._delegate(event.who, event.delegate, event.by, now)
        elif event.key is not None and event.who is not None:
            self._key(event.key, event.who, event.by, now)
        elif event.leaves or event.back:
            self._active(event.leaves or event.back or "", active=event.back is not None)
        elif event.reopen:
            self._reopen(now)

    def _decide(self) -> None:
        identity = f"dec_{self.hall.made}_{self._case().generation}_{self.turn}"
        if self.run_id is not None:
            self._go_on(self.run_id)
            return
        room = self.hall.room(self.revision)
        decision = room.decide(self.case, decision=identity, attempt=self.turn, now=self.hall.clock.now())
        self.turn += 1
        if decision.kind == "ask_approval":
            Asking(self.hall.rooms).ask_approval(self.case, decision.id)
            self._note_requests()
        elif decision.kind == "act" and decision.plan is not None and self.history.wants in HALFWAY:
            self._begin(decision.plan)
        elif decision.kind == "act" and decision.plan is not None:
            self.played.effects += 1
            self.played.wrong.update(self.truth.wrong_effect(decision.plan.hash))

    def _begin(self, plan: Plan) -> None:
        """As the interpreter does at a step that asks."""
        run = f"run_{self.hall.made}_{self._case().generation}_{self.turn}"
        with self.hall.house.journal.write() as tx:
            tx.runs.put(Run(id=run, case=self.case, plan=plan, plan_hash=plan.hash, state="running",
                            started_at=self.hall.clock.now()))  # fmt: skip
            tx.cases.put(tx.cases.need(self.case).model_copy(update={"run": run, "state": "acting"}))
        if RunSteps(self.hall.rooms).approve(run, STEP, self._step(run)) not in {None, STOPPED}:
            self.run_id = run
            self._note_requests()

    def _step(self, run: str) -> dict[str, Any]:
        return dict(self.hall.rooms.act.step(run, STEP, 0))

    def _go_on(self, run: str) -> None:
        """Once there is an answer, or it came too late."""
        with self.hall.house.journal.read() as tx:
            asked, now = tx.approvals.need(f"apr_{run}_{STEP}"), self.hall.clock.now()
        if asked.state == "pending":
            self.run_id = run if now < asked.expires_at else None
            return
        self.run_id = None
        heard = {"type": "approval", "approve": asked.state == "approved", "by": asked.answered_by}
        RunSteps(self.hall.rooms).heard(run, STEP, asked.id, heard)
        with self.hall.house.journal.read() as tx:
            done = next(one for one in tx.receipts_of(run) if one.key == f"{run}:{STEP}")
        if done.output["approved"]:
            self.played.effects += 1
            self.played.wrong.update(self.truth.wrong_effect(asked.plan_hash))

    def _note_requests(self) -> None:
        with self.hall.house.journal.read() as tx:
            known = [one.id for one in tx.approvals.by(case=self.case)]
        self.requests += [one for one in known if one not in self.requests]

    def _answer(self, event: Event, who: str) -> None:
        before = self._request(event.of)
        if before is None:
            return
        parties, active = self.truth.humans, self._person(who).active
        try:
            self._by_door(event, who, before.id)
        except TicklessError:
            self.played.refused += 1
        with self.hall.house.journal.read() as tx:
            after = tx.approvals.need(before.id)
        self.played.answers += 1
        for answer in after.answers[len(before.answers) :]:
            if answer.approve:
                yes = Yes(
                    before.id, before.role, before.plan_hash, answer.by, answer.on_behalf_of, answer.at, before.asked_at,
                    before.expires_at, before.state == "pending", frozenset(before.approvers), parties, active,
                )  # fmt: skip
                self.truth.said.append(yes)
                self.played.wrong.update(self.truth.wrong_answer(yes))

    def _by_door(self, event: Event, who: str, approval: str) -> None:
        hall, house = self.hall, self.hall.house
        reason = "" if event.approve else "no"
        body: dict[str, Any] = {"approve": event.approve, "reason": reason}
        if who in self.keys and self.keys[who][0] == "token":
            hall.browser.post(f"/api/v1/approvals/{approval}/answer", json=body, headers=_bearer(self.keys[who][1]))
        elif event.door == "api":
            hall.browser.post(f"/api/v1/approvals/{approval}/answer", json=body, headers=_bearer(hall.tokens[who]))
        elif event.door == "console":
            opened = house.entrance.redeem_link(house.entrance.make_link(hall.users[who]), address="127.0.0.1")
            form = {"csrf": opened.csrf, "answer": "approve" if event.approve else "deny", "reason": reason}
            hall.browser.post(
                f"/approvals/{approval}", data=form, headers={"Cookie": f"tickless_session={opened.token}"}
            )
        elif event.door == "letter":
            self._by_letter(event, who, approval, reason)
        else:
            via = "desk" if event.door == "assisted" else None
            sender = Sender(channel="slack", account=who, conversation=f"slack:{who}:1", person=who, assurance="channel",
                            via=via)  # fmt: skip
            deed = Deed(kind="approve" if event.approve else "deny", ref=approval)
            with house.journal.write() as tx:
                self._deeds.approve(tx, deed.ref, sender, approve=event.approve, reason=reason, now=hall.clock.now())

    def _by_letter(self, event: Event, who: str, approval: str, reason: str) -> None:
        """By this reader's link: an own one for each request; `again` takes the one that was used."""
        token = self.links.get((who, approval))
        if token is None or not event.again:
            with self.hall.house.journal.write() as tx:
                token = make_link(tx, tx.approvals.need(approval), person=who, now=self.hall.clock.now())
            self.links[who, approval] = token
        said = "approve" if event.approve else "deny"
        self.hall.browser.post(f"/answer-approval/{token}", data={"answer": said, "reason": reason})

    def _become(self, what: str, who: str) -> None:
        if what == "beneficiary":
            self._put(inputs={**self._case().inputs, "person": who})
        else:
            self._put(**{what: who})
        case = self._case()
        self.truth.parties = {
            one for one in (case.requester, case.speaker, case.typed_by, case.inputs.get("person")) if one
        }

    def _delegate(self, person: str, to: str, by: str, now: dt.datetime) -> None:
        until = now + dt.timedelta(days=5)
        identity = self.hall.house.desk.identity
        asyncio.run(identity.delegate(person, to, since=None, until=until, by=by, approves=True))
        self.truth.delegated.append(Delegated(person, to, by, now, until))

    def _key(self, kind: str, who: str, by: str, now: dt.datetime) -> None:
        entrance, user = self.hall.house.entrance, self.hall.users[who]
        if kind == "token":
            self.keys[who] = ("token", self.hall.token(who, by=by))
        elif kind == "link":
            entrance.make_link(user, by=by)
            self.keys[who] = ("link", "")
        else:
            with self.hall.house.journal.write() as tx:  # as `set_password` does, without the slow hash
                tx.audit.append(at=now, actor=by, action="user.password", subject=f"user:{user.login}", detail={})
            self.keys[who] = ("password", "")
        self.truth.keys.append((by, who, now))

    def _active(self, who: str, *, active: bool) -> None:
        with self.hall.house.journal.write() as tx:
            tx.people.put(tx.people.need(who).model_copy(update={"active": active}))
        self.hall.house.desk.renew()

    def _reopen(self, now: dt.datetime) -> None:
        with self.hall.house.journal.write() as tx:
            case = tx.cases.need(self.case)
            closed = tx.cases.put(
                case.model_copy(update={"state": "resolved", "outcome": "verified", "resolved_at": now})
            )
            reopen(tx, closed, by="ana", why="again", learn=self.hall.house.rooms.learn, now=now)
        self.turn, self.truth.opened_at = 0, now
        self.run_id = None

    def _tidy(self) -> None:
        with self.hall.house.journal.write() as tx:
            gone = [one.id for one in tx.people.where() if not one.active]
        for who in gone:
            self._active(who, active=True)
        with self.hall.house.journal.write() as tx:
            for one in tx.approvals.by(case=self.case, state="pending"):
                tx.approvals.put(one.model_copy(update={"state": "withdrawn"}))
            case = tx.cases.need(self.case)
            tx.cases.put(case.model_copy(update={"state": "closed"}))

    def _request(self, index: int) -> ApprovalRequest | None:
        if not self.requests or not -len(self.requests) <= index < len(self.requests):
            return None
        with self.hall.house.journal.read() as tx:
            return tx.approvals.need(self.requests[index])

    def _case(self) -> Case:
        with self.hall.house.journal.read() as tx:
            return tx.cases.need(self.case)

    def _person(self, who: str) -> Any:
        with self.hall.house.journal.read() as tx:
            return tx.people.need(who)

    def _put(self, **given: Any) -> None:
        with self.hall.house.journal.write() as tx:
            tx.cases.put(tx.cases.need(self.case).model_copy(update=given))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
