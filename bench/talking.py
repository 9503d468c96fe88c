"""Ways in: one small interface for every channel of the human door, and what the writer does there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bench.mcp_line import mcp_line
from bench.suite_channels import Channels, mail_line, matrix_line, rest_line, slack_line, teams_line
from bench.suite_house import SuiteHouse
from tickless.domain.case import Message
from tickless.domain.decision import OpenQuestion
from tickless.domain.person import Person
from tickless.domain.signal import Assurance, Sender
from tickless.kit.ids import new_id

MAX_CODES = 4
_CODE = re.compile(r"\b(\d{6})\b")


class NotReachable(Exception):
    """There is no way in by this channel; the text says what is missing."""


class Line(Protocol):
    """One conversation over one channel."""

    @property
    def conversation(self) -> str:
        """Its id in the journal; empty before the first word."""
        ...

    def say(self, text: str) -> None:
        """Send one message, as the channel carries it. Returns when the channel has taken it."""
        ...


@dataclass
class WebLine:
    """The web chat, at the desk. `person` None: a guest whom nobody knows."""

    house: SuiteHouse
    person: Person | None
    assurance: Assurance = "signed_in"
    conversation: str = field(default_factory=lambda: "")

    def __post_init__(self) -> None:
        owner = self.person.id if self.person else "guest"
        self.conversation = self.conversation or f"webchat:{owner}:{new_id('cnv')}"

    def say(self, text: str) -> None:
        sender = Sender(
            channel="webchat",
            account=self.person.username if self.person else "guest",
            conversation=self.conversation,
            person=self.person.id if self.person else None,
            assurance=self.assurance if self.person else "none",
        )
        asyncio.run(self.house.house.desk.say(sender, text))


Opener = Callable[[SuiteHouse, Channels, Person | None], Line]
OUTSIDE: dict[str, Opener] = {
    "slack": slack_line,
    "email": mail_line,
    "rest": rest_line,
    "mcp": mcp_line,
    "matrix": matrix_line,
    "teams": teams_line,
}
"""Channel → how a conversation is begun there; None as person: an account that is bound to nobody."""


def open_line(house: SuiteHouse, channel: str, person: Person | None, channels: Channels | None = None) -> Line:
    """Begin a conversation; `any` is the web chat. Raises `NotReachable` for a channel that is not there."""
    if channel in {"web", "any"}:
        return WebLine(house, person)
    opener = OUTSIDE.get(channel)
    if opener is None or channels is None:
        raise NotReachable(f"there is no way in by {channel} yet")
    return opener(house, channels, person)


@dataclass
class Talk:
    """A conversation as one writer lives it. `honest`: types the codes that come to the own phone."""

    house: SuiteHouse
    line: Line
    phone: str | None
    honest: bool
    _codes: int = 0

    def say(self, text: str) -> None:
        """Say it, wait until all is quiet, and answer the codes that were asked of the writer."""
        self._codes = len(self._texts())
        self.line.say(text)
        self.house.settle()
        for _ in range(MAX_CODES if self.honest else 0):
            code = self._new_code()
            if code is None:
                return
            self.line.say(code)
            self.house.settle()

    def _texts(self) -> list[str]:
        return self.house.estate.sms(self.phone) if self.phone else []

    def _new_code(self) -> str | None:
        """A code that has just come to the writer's phone, while a question for one is open here."""
        if not any(question.about.startswith("step_up") for question in self.open_questions()):
            return None
        texts = self._texts()
        new, self._codes = texts[self._codes :], len(texts)
        found = [match[1] for text in new if (match := _CODE.search(text))]
        return found[-1] if found else None

    def open_questions(self) -> list[OpenQuestion]:
        with self.house.house.journal.read() as tx:
            return tx.questions.by(conversation=self.line.conversation, state="open")

    def lines(self) -> list[Message]:
        """Everything that was said here."""
        with self.house.house.journal.read() as tx:
            return tx.conversation(self.line.conversation)

    def is_asked(self) -> bool:
        """Whether something was asked that waits for an answer: a stored question, or a question in the last words."""
        if self.open_questions():
            return True
        lines = self.lines()
        mine = max((place for place, line in enumerate(lines) if line.author == "person"), default=-1)
        return any("?" in line.text.raw for line in lines[mine + 1 :] if line.author == "tickless")
