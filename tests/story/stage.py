"""A house in the sample company, as a test meets it: say something, break something, see what came of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from tests.waiting import until

from tickless.app.build import House
from tickless.app.sample_house import SampleHouse
from tickless.domain.case import Case, Message
from tickless.domain.decision import ApprovalRequest, Decision, OpenQuestion
from tickless.domain.measure import Resolution
from tickless.domain.person import App, Person
from tickless.domain.plan import Run
from tickless.domain.receipt import Receipt
from tickless.domain.signal import Assurance, Sender
from tickless.domain.verdict import Verdict
from tickless.sample.day_cast import Cast
from tickless.sample.estate.control import Estate

T = TypeVar("T")


@dataclass(frozen=True)
class Story:
    """Everything that the journal holds about one case."""

    case: Case
    decisions: list[Decision]
    runs: list[Run]
    receipts: list[Receipt]
    verdicts: list[Verdict]
    resolutions: list[Resolution]
    signals: int

    @property
    def changed(self) -> list[str]:
        return [receipt.step for receipt in self.receipts if receipt.changed]


@dataclass
class Stage:
    sample: SampleHouse
    url: str
    token: str
    cast: Cast = field(init=False)
    _talks: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.cast = Cast(self.sample.company, seed=99)

    @property
    def estate(self) -> Estate:
        return self.sample.estate

    @property
    def house(self) -> House:
        return self.sample.house

    def app(self, name: str) -> App:
        return self.sample.company.app(name)

    def person(self, key: str) -> Person:
        return self.sample.company.person(key)

    def talk(self, person: Person | None = None, *, assurance: Assurance = "signed_in") -> Talk:
        """A new conversation; without a person it is somebody whom nobody knows."""
        return Talk(self, f"talk-{next(self._talks)}", person, assurance if person else "none")

    def effects(self, operation: str) -> list[str]:
        """Targets of this operation in the estate's record, in order."""
        return [effect.target for effect in self.estate.effects() if effect.operation == operation]

    def cases(self, **columns: str) -> list[Case]:
        with self.house.journal.read() as tx:
            return tx.cases.by(**columns)

    def over(self, **columns: str) -> Case:
        """Wait until the one case with these columns has ended."""

        def look() -> Case | None:
            found = self.cases(**columns)
            assert len(found) <= 1, found
            return found[0] if found and not found[0].live else None

        return until(look)

    def live(self, **columns: str) -> Case:
        """Wait until there is a live case with these columns."""
        return until(lambda: next((case for case in self.cases(**columns) if case.live), None))

    def story(self, case: Case | str) -> Story:
        identity = case if isinstance(case, str) else case.id
        with self.house.journal.read() as tx:
            runs = tx.runs.by(case=identity)
            return Story(
                case=tx.cases.need(identity),
                decisions=tx.decisions.by(case=identity),
                runs=runs,
                receipts=[receipt for run in runs for receipt in tx.receipts_of(run.id)],
                verdicts=tx.verdicts.by(case=identity),
                resolutions=tx.resolutions.by(case=identity),
                signals=tx.alerts.joined_count(identity),
            )

    def switch(self, name: str, *, on: bool) -> None:
        asyncio.run(self.house.desk.set_switch(name, on=on, by="op", reason="a test"))

    def approval_of(self, case: Case | str) -> ApprovalRequest:
        """Wait for the approval that a case asks for."""
        identity = case if isinstance(case, str) else case.id

        def look() -> ApprovalRequest | None:
            with self.house.journal.read() as tx:
                return next(iter(tx.approvals.by(case=identity, state="pending")), None)

        return until(look)

    def decide(self, asked: ApprovalRequest, by: Person, *, approve: bool, reason: str = "") -> None:
        desk = self.house.desk
        asyncio.run(desk.answer_approval(asked.id, by=by, user=by.username, approve=approve, reason=reason))


@dataclass
class Talk:
    stage: Stage
    conversation: str
    person: Person | None
    assurance: Assurance

    def say(self, text: str) -> Talk:
        sender = Sender(
            channel="web",
            account=self.person.username if self.person else "guest",
            conversation=self.conversation,
            person=self.person.id if self.person else None,
            assurance=self.assurance,
        )
        asyncio.run(self.stage.house.desk.say(sender, text))
        return self

    def lines(self) -> list[Message]:
        with self.stage.house.journal.read() as tx:
            return tx.conversation(self.conversation)

    def told(self) -> list[str]:
        """What Tickless said, in order."""
        return [line.text.raw for line in self.lines() if line.author == "tickless"]

    def hears(self, words: str) -> str:
        """Wait until Tickless says something with these words."""
        return until(lambda: next((text for text in self.told() if words.casefold() in text.casefold()), None))

    def question(self, number: int = 1) -> OpenQuestion:
        """Wait for the question of this number that is asked here, still open."""

        def look() -> OpenQuestion | None:
            with self.stage.house.journal.read() as tx:
                asked = tx.questions.by(conversation=self.conversation)
            return asked[number - 1] if len(asked) >= number and asked[number - 1].state == "open" else None

        return until(look)

    def code(self, person: Person) -> str:
        """The newest code on that person's phone."""
        return re.findall(r"code is (\d{6})", self.stage.estate.sms(person.phone or "")[-1])[0]

    def case(self, need: str | None = None) -> Case:
        """Wait for the case of this conversation (with this need)."""

        def look() -> Case | None:
            found = self.stage.cases(conversation=self.conversation)
            return next((case for case in found if need is None or case.need == need), None)

        return until(look)

    def ends(self, need: str | None = None) -> Story:
        """Wait until that case has ended, and tell its story."""
        case = self.case(need)
        until(lambda: not self.stage.story(case).case.live)
        return self.stage.story(case)
