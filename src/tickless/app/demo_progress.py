"""How far every event in flight has come, read from the journal in one go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tickless.domain.case import Case, Message
from tickless.domain.decision import ApprovalRequest, OpenQuestion
from tickless.journal import Journal, Tx
from tickless.kit.canonical import digest
from tickless.sample.day_events import Event, Expect

CHANNEL = "webchat"
MOST = 10_000


def conversation_of(event: Event) -> str:
    """The one conversation of an event; whoever writes without an account is a guest there."""
    owner = f"guest-{event.id}" if event.claims else event.who
    return f"{CHANNEL}:{owner}:cnv_{digest([CHANNEL, owner, event.id])[:26]}"


@dataclass(frozen=True)
class Progress:
    """What stands in the journal about one event."""

    cases: tuple[Case, ...]
    """Of its conversation; for the machine door about its thing. Oldest first."""
    questions: tuple[OpenQuestion, ...] = ()
    """All that were ever asked in them, oldest first."""
    approvals: tuple[ApprovalRequest, ...] = ()
    messages: tuple[Message, ...] = ()

    @property
    def heard(self) -> int:
        """How many times Tickless spoke in the conversation."""
        return sum(message.author == "tickless" for message in self.messages)

    @property
    def live(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.live)

    @property
    def waits(self) -> bool:
        """Tickless waits for somebody."""
        asked = any(question.state == "open" for question in self.questions)
        return asked or any(approval.state == "pending" for approval in self.approvals)

    def link(self) -> str | None:
        """Id of the one-time secret that was handed over."""
        for message in self.messages:
            if message.card and message.card.get("kind") == "secret":
                return str(message.card["href"]).rpartition("/")[2]
        return None


def case_for(expect: Expect, cases: Iterable[Case]) -> Case | None:
    """The newest case that fits: the need, and the subject or what begins with it."""
    found = [
        case
        for case in cases
        if case.need == expect.need
        and (not expect.subject or f"{case.subject}/".startswith(f"{expect.subject}/"))
    ]  # fmt: skip
    return max(found, key=lambda case: case.number, default=None)


def read_progress(journal: Journal, events: Iterable[Event]) -> dict[str, Progress]:
    """Every event's progress by its id."""
    wanted = list(events)
    talks = {conversation_of(event): event.id for event in wanted if event.door == "human"}
    with journal.read() as tx:
        machines = tx.cases.by(door="machine", limit=MOST)
        cases = tx.cases.where(tx.cases.table.c.conversation.in_(talks), limit=MOST)
        messages = tx.messages.where(tx.messages.table.c.conversation.in_(talks), limit=MOST)
        questions, approvals = _asked(tx, [case.id for case in cases])
    found: dict[str, Progress] = {}
    for event in wanted:
        if event.door == "machine":
            own = tuple(c for e in event.expects if (c := case_for(e, machines)) is not None)
            found[event.id] = Progress(own)
            continue
        talk = conversation_of(event)
        mine = tuple(case for case in cases if case.conversation == talk)
        ids = {case.id for case in mine}
        found[event.id] = Progress(
            mine,
            tuple(question for question in questions if question.case in ids),
            tuple(approval for approval in approvals if approval.case in ids),
            tuple(message for message in messages if message.conversation == talk),
        )
    return found


def _asked(tx: Tx, cases: list[str]) -> tuple[list[OpenQuestion], list[ApprovalRequest]]:
    questions = tx.questions.where(tx.questions.table.c.case.in_(cases), limit=MOST)
    approvals = tx.approvals.where(tx.approvals.table.c.case.in_(cases), limit=MOST)
    return sorted(questions, key=lambda question: question.asked_at), approvals
