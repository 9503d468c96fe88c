"""What people and agents say to each other over a handed-off case: from the ticket into the chat, and back.

Nothing here calls outside: everything is written in the caller's transaction, and `sync.py` carries it out and in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable

from tickless.domain.case import Case, Message
from tickless.domain.decision import OpenQuestion
from tickless.domain.finding import Finding
from tickless.domain.record import Untrusted
from tickless.domain.signal import Deed, Sender, Signal
from tickless.domain.ticket import Errand, Reask, Ticket
from tickless.flow.ending import ends
from tickless.flow.ending.handing_off import newest_ticket
from tickless.flow.ending.taking_back import standing
from tickless.flow.rooms import Rooms
from tickless.flow.saying import words
from tickless.flow.saying.conversation import message_id, say, send_out
from tickless.flow.tickets import wording
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.practices.tickets.reasks import reasked
from tickless.practices.tickets.tidy import quoted, without_secrets
from tickless.sdk.capabilities.ticketing import TicketComment
from tickless.sdk.registry import Registry
from tickless.stages.understand.undoing import wants_back

QUESTION = "que_tkt_"
"""Ids of our question “does it work now?” begin so; the answer is heard here, no run waits for it."""
CLEARLY = 0.6
CLEARLY_AFTER_AN_AGENT = 0.9
"""How sure a need must be to count as a new one; more so when a colleague has just said something."""
_WORKS = re.compile(r"\b(?:works?|working|solved|fixed|resolved|sorted|mended|all good)\b", re.IGNORECASE)
"""Without being asked by us a yes means “it works” only where it says so: else it answers the colleague."""
MOST_ERRANDS = 200
IN_HAND = frozenset({"wanted", "open", "pending", "resolved"})
LONGEST = 8_000


class TicketTalk:
    """The two directions of one conversation between a person and the agents who have their case."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    # From the person

    def hear(
        self, tx: Tx, signal: Signal, findings: tuple[Finding, ...], sender: Sender, *, question: OpenQuestion | None,
        now: dt.datetime,
    ) -> tuple[Finding, ...]:  # fmt: skip
        """Take what is meant for the colleague who has the case; returns the findings that are left for the house itself."""
        if question is not None and not question.id.startswith(QUESTION):
            return findings
        found = self._in_hand(tx, sender, question)
        if found is None:
            return findings
        case, ticket = found
        if self._to_be_undone(tx, case, signal, findings):
            return findings
        left = tuple(one for one in findings if not self._meant_for_us(tx, one, case, question, sender))
        taken = [one for one in findings if one not in left]
        for finding in taken:
            tx.findings.put(finding)
            tx.cases.attach_finding(finding, case.id)
        acts = {one.act for one in taken}
        if "cancel" in acts:
            self._withdrawn(tx, case, ticket, sender, now=now)
        elif "confirm" in acts and (ticket.asked_at is not None or _WORKS.search((signal.body or signal.title).raw)):
            self.works(tx, case, ticket, sender, now=now)
        elif "deny" in acts and ticket.asked_at is not None:
            self.does_not_work(tx, case, ticket, signal, sender, now=now)
        elif taken:
            self._pass_on(tx, case, ticket, signal, sender, now=now)
        return left

    @staticmethod
    def _to_be_undone(tx: Tx, case: Case, signal: Signal, findings: tuple[Finding, ...]) -> bool:
        """What the house did before colleagues got the rest is taken back by the house."""
        asks = wants_back((signal.body or signal.title).tame(1_000)) or any(one.act == "cancel" for one in findings)
        return asks and bool(standing(tx, case))

    def press(self, tx: Tx, deed: Deed, sender: Sender, *, now: dt.datetime) -> bool:
        """A button below “does it work now?” (`ref` is the case). False: it is not about a case that colleagues have."""
        case = tx.cases.get(deed.ref, lock=True)
        ticket = newest_ticket(tx, case.id) if case is not None and case.state == "handed_off" else None
        if case is None or ticket is None or ticket.asked_at is None or deed.kind not in {"solved", "unsolved"}:
            return False
        if case.conversation != sender.conversation and (sender.person is None or sender.person != case.requester):
            return True
        if deed.kind == "solved":
            self.works(tx, case, ticket, sender, now=now)
        else:
            self.does_not_work(tx, case, ticket, None, sender, now=now)
        return True

    def _in_hand(self, tx: Tx, sender: Sender, question: OpenQuestion | None) -> tuple[Case, Ticket] | None:
        """The case of this conversation that colleagues have: the one asked about, else the newest."""
        if question is not None:
            asked, ticket = tx.cases.get(question.case, lock=True), newest_ticket(tx, question.case)
            return (asked, ticket) if asked is not None and ticket is not None else None
        table = tx.cases.table.c
        cases = tx.cases.where(table.conversation == sender.conversation, table.state == "handed_off",
                               order=table.number.desc(), limit=5)  # fmt: skip
        for case in cases:
            ticket = newest_ticket(tx, case.id)
            if ticket is not None and ticket.state in IN_HAND:
                return case, ticket
        return None

    def _meant_for_us(
        self, tx: Tx, finding: Finding, case: Case, question: OpenQuestion | None, sender: Sender
    ) -> bool:
        agent_spoke = self._last_word(tx, sender.conversation) == "operator"
        if finding.act == "need":
            bar = CLEARLY_AFTER_AN_AGENT if agent_spoke else CLEARLY
            return finding.need in {None, case.need, "approval_answer"} or finding.confidence < bar
        if finding.act in {"confirm", "deny"}:
            return question is not None or agent_spoke or not self._solved_since(tx, case)
        if finding.act == "cancel":
            return not tx.cases.live_of_conversation(sender.conversation)
        if finding.act in {"thanks", "small_talk"}:
            return agent_spoke
        if finding.act == "correct":
            return self._corrects(tx, finding, case)
        return finding.act in {"answer", "out_of_scope"}

    def _corrects(self, tx: Tx, finding: Finding, case: Case) -> bool:
        """Whether a correction is of the case that colleagues have: named, or nothing else here can be meant."""
        numbered = finding.slots.get("case")
        if numbered:
            return numbered == str(case.number)
        alone = not tx.cases.live_of_conversation(case.conversation or "") and not self._solved_since(tx, case)
        return alone and finding.need in {None, case.need}

    @staticmethod
    def _last_word(tx: Tx, conversation: str) -> str:
        """Who spoke before the person's own last words."""
        table = tx.messages.table.c
        lines = tx.messages.where(table.conversation == conversation, order=table.id.desc(), limit=10)
        return next((line.author for line in lines if line.author != "person"), "")

    @staticmethod
    def _solved_since(tx: Tx, case: Case) -> bool:
        table = tx.cases.table.c
        return bool(tx.cases.where(table.conversation == case.conversation, table.state == "resolved",
                                   table.updated_at > case.updated_at, limit=1))  # fmt: skip

    def works(self, tx: Tx, case: Case, ticket: Ticket, sender: Sender, *, now: dt.datetime) -> None:
        """The person's yes: the one thing that makes a handed-off case confirmed."""
        who = sender.person or sender.account
        done = ends.end_case(tx, case, state="resolved", outcome="confirmed", now=now, by=who,
                             why="the person says that it works")  # fmt: skip
        self.nothing_asked(tx, ticket)
        errand = f"The person says that it works (case {case.number})."
        self._errand(tx, ticket, errand, key=f"works:{case.generation}", public=False, now=now, asked_at=None)
        say(
            tx,
            conversation=case.conversation,
            case=done,
            text=words.GLAD,
            key=f"{ticket.id}:{case.generation}:glad",
            at=now,
        )

    def does_not_work(
        self, tx: Tx, case: Case, ticket: Ticket, signal: Signal | None, sender: Sender, *, now: dt.datetime
    ) -> None:
        """The person's no: the case stays with people, and they are told."""
        self.nothing_asked(tx, ticket)
        tx.audit.append(at=now, actor=sender.person or sender.account, action="case.not_solved",
                        subject=case.subject or case.id, case=case.id, detail={"ticket": ticket.id})  # fmt: skip
        said = without_secrets((signal.body or signal.title).tame(2_000)) if signal is not None else ""
        text = f"The person says that it does not work yet{f': {said}' if said else '.'}"
        key = f"not:{signal.id if signal else new_id('sig')}"
        self._errand(tx, ticket, text, key=key, public=True, now=now, asked_at=None, answered_at=now)
        say(tx, conversation=case.conversation, case=case, text=wording.BACK_TO_COLLEAGUE, at=now,
            key=f"{ticket.id}:{key}:back")  # fmt: skip

    def _withdrawn(self, tx: Tx, case: Case, ticket: Ticket, sender: Sender, *, now: dt.datetime) -> None:
        ends.withdraw(tx, case, by=sender.person or sender.account, now=now)
        self.nothing_asked(tx, ticket)
        text = f"The person no longer needs this (case {case.number})."
        self._errand(tx, ticket, text, key=f"withdrawn:{case.generation}", public=False, now=now, asked_at=None)

    def _pass_on(self, tx: Tx, case: Case, ticket: Ticket, signal: Signal, sender: Sender, *, now: dt.datetime) -> None:
        person = self._rooms.world().people.get(sender.person or "")
        said = (signal.body or signal.title).raw.replace("\x00", "")[:LONGEST]
        text = f"{person.name if person else sender.account} writes in the chat:\n{quoted(without_secrets(said))}"
        # where the person was just asked whether it works, public words would open the ticket again in many systems
        self._errand(tx, ticket, text, key=f"said:{signal.id}", public=ticket.asked_at is None, now=now)
        table = tx.messages.table.c
        turns = sum(line.author == "operator" for line in
                    tx.messages.where(table.conversation == sender.conversation, table.case == case.id))  # fmt: skip
        say(tx, conversation=sender.conversation, case=case, text=wording.passed_on(case), at=now,
            key=f"{ticket.id}:passed:{turns}")  # fmt: skip

    def nothing_asked(self, tx: Tx, ticket: Ticket) -> None:
        """What the person was asked about this ticket is over."""
        for question in tx.questions.by(case=ticket.case, state="open"):
            if question.id.startswith(QUESTION):
                tx.questions.put(question.over("answered", self._rooms.clock.now()))

    @staticmethod
    def _errand(
        tx: Tx, ticket: Ticket, text: str, *, key: str, public: bool, now: dt.datetime, **change: dt.datetime | None
    ) -> None:
        """Leave something to be said in the ticket; the newest state of the ticket is read under its lock."""
        fresh = tx.tickets.need(ticket.id, lock=True)
        identity = f"{ticket.id}:{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        errands = fresh.errands
        if all(one.key != identity for one in errands):
            errands = (*errands, Errand(key=identity, text=text, public=public, at=now))[-MOST_ERRANDS:]
        tx.tickets.put(fresh.model_copy(update={"errands": errands, "due_at": None, "moved_at": now, **change}))

    def note(self, tx: Tx, ticket: Ticket, text: str, *, key: str, now: dt.datetime, public: bool = False) -> None:
        """Leave a note for the agents (or, `public`, words that the person may read, too) in the ticket."""
        self._errand(tx, ticket, text, key=key, public=public, now=now)

    # From the agent

    def bring(
        self, tx: Tx, ticket: Ticket, said: TicketComment, *, answers: Iterable[tuple[str, str]], now: dt.datetime
    ) -> Ticket:
        """Take in one comment of the ticket, once: public words reach the person as the agent's own.

        `answers`: what the pack holds; a question that it answers is counted.
        """
        if said.id in ticket.comments_seen:
            return ticket
        seen = ticket.model_copy(update={"comments_seen": (*ticket.comments_seen, said.id)[-1_000:], "moved_at": now})
        if said.own or not said.text.strip():
            return tx.tickets.put(seen)
        case = tx.cases.need(ticket.case)
        again = reasked(said.text[:LONGEST], answers) if said.public else ()
        more = tuple(Reask(comment=said.id, asked=one.asked, held=one.held, at=now) for one in again)
        seen = seen.model_copy(update={"reasks": seen.reasks + len(more), "reasked": (*seen.reasked, *more)[-50:]})
        if said.public:
            self.speak(tx, case, name=said.author, text=said.text, key=f"{ticket.id}:{said.id}", now=now)
        return tx.tickets.put(seen)

    def speak(self, tx: Tx, case: Case, *, name: str, text: str, key: str, now: dt.datetime) -> None:
        """Put an agent's words into the person's conversation, under the agent's name, once per key."""
        identity = message_id(key, now)
        table = tx.messages.table.c
        if tx.messages.where(table.conversation == case.conversation, table.id.endswith(identity[-16:]), limit=1):
            return
        tx.audit.append(at=now, actor=name[:100] or "agent", action="case.agent_said", subject=case.subject or case.id,
                        case=case.id, detail={"key": key})  # fmt: skip
        if case.conversation is None:
            return
        message = Message(
            id=identity,
            conversation=case.conversation,
            case=case.id,
            author="operator",
            name=Untrusted(name).tame(100) or "A colleague",
            text=Untrusted(text[:LONGEST]),
            at=now,
        )
        tx.messages.put(message)
        send_out(tx, message)

    def ask(self, tx: Tx, case: Case, ticket: Ticket, *, note: str, now: dt.datetime) -> Ticket:
        """Their “done” is a question to the person: does it work now?"""
        asked = ticket.model_copy(update={"asked_at": now, "answered_at": None, "moved_at": now})
        if case.conversation is None:
            return tx.tickets.put(asked)
        identity = f"{QUESTION}{hashlib.sha256(f'{ticket.id}:{now.isoformat()}'.encode()).hexdigest()[:20]}"
        text = wording.does_it_work(case, Untrusted(note).tame(300))
        tx.questions.put(
            OpenQuestion(id=identity, case=case.id, conversation=case.conversation, about="confirm", text=text, waiting="",
                         asked_at=now)
        )  # fmt: skip
        say(tx, conversation=case.conversation, case=case, text=text, key=identity, at=now,
            card={"kind": "solved", "case": case.id, "number": case.number}, proactive=True)  # fmt: skip
        return tx.tickets.put(asked)

    def silence(self, tx: Tx, case: Case, ticket: Ticket, *, why: str, now: dt.datetime) -> None:
        """Nobody objected: assumed, which is no success that counts."""
        done = ends.end_case(tx, case, state="resolved", outcome="assumed", now=now, why=why)
        ends.tell_affected(tx, done, self._rooms.world(), now=now)
        tx.tickets.put(tx.tickets.need(ticket.id, lock=True).model_copy(update={"asked_at": None, "moved_at": now}))


def nudge(tx: Tx, signal: Signal, registry: Registry) -> bool:
    """A ticket system says that a ticket changed: read it now. False: the signal is about something else."""
    external = signal.label("ticket")
    instance = registry.instances.get(signal.source)
    if external is None or instance is None or "ticketing" not in instance.connector.manifest.gives:
        return False
    for ticket in tx.tickets.by(system=signal.source, external=external):
        tx.tickets.put(ticket.model_copy(update={"due_at": None}))
    return True
