"""The people of the day when it is their turn: they type codes, answer, say yes or no, complain, open their link."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Iterator
from typing import Any

from tickless.app.demo_faults import break_it, mend_it
from tickless.app.demo_progress import CHANNEL, Progress, conversation_of
from tickless.app.demo_state import DayState
from tickless.app.sample_house import SampleHouse
from tickless.domain.decision import OpenQuestion
from tickless.domain.errors import TicklessError
from tickless.domain.signal import Sender
from tickless.sample.day_events import Event, Reply

WRONG_CODE = "123456"
_CODE = re.compile(r"code is (\d{6})")

Work = Coroutine[Any, Any, None]


async def write(sample: SampleHouse, event: Event, text: str, *, key: str) -> None:
    """Write a message in the event's conversation; the same key is heard once, also over restarts."""
    sender = Sender(
        channel=CHANNEL,
        account="guest" if event.claims else event.who,
        conversation=conversation_of(event),
        person=None if event.claims else event.who,
        assurance="none" if event.claims else "signed_in",
    )
    await sample.house.desk.say(sender, text, key=f"day:{key}")


def newest_code(sample: SampleHouse, person: str) -> str:
    """The newest code on that person's phone."""
    received = sample.estate.sms(sample.company.person(person).phone or "")
    found = [match.group(1) for text in received if (match := _CODE.search(text))]
    return found[-1] if found else "no code came"


class Replies:
    """The replies of one event; each is given once, when its moment has come."""

    def __init__(self, sample: SampleHouse, state: DayState, event: Event) -> None:
        self._sample = sample
        self._state = state
        self._event = event
        self._given: set[int] = set()

    def due(self, own: Progress) -> Iterator[Work]:
        """What has to be done now."""
        proofs = [question for question in own.questions if question.about.startswith("step_up")]
        others = [question for question in own.questions if not question.about.startswith("step_up")]
        asked = {"code": iter(proofs), "wrong_code": iter(proofs), "choice": iter(others)}
        for place, reply in enumerate(self._event.replies):
            question = next(
                asked.get(reply.kind, iter(())), None
            )  # the first code is for the first question, and so on
            if place in self._given:
                continue
            work = self._question(reply, question) if reply.kind in asked else self._other(reply, place, own)
            if work is not None:
                self._given.add(place)
                yield work

    def _question(self, reply: Reply, question: OpenQuestion | None) -> Work | None:
        return self._reply(reply, question) if question is not None and question.state == "open" else None

    def _other(self, reply: Reply, place: int, own: Progress) -> Work | None:
        match reply.kind:
            case "approve" | "deny":
                waiting = [one for one in own.approvals if one.state == "pending" and reply.by in one.approvers]
                return self._decide(waiting[0].id, reply) if waiting else None
            case "words_waiting":
                return self._words(reply, place) if own.waits else None
            case "words_solved":
                solved = any(case.state == "resolved" and not case.regressions for case in own.cases)
                return self._words(reply, place) if solved else None
            case _:
                secret = own.link()
                new = secret is not None and self._event.id not in self._state.opened_links
                return self._open_link(reply, str(secret)) if new else None

    async def _reply(self, reply: Reply, question: OpenQuestion) -> None:
        if reply.heals is not None:
            await asyncio.to_thread(mend_it, self._sample.estate, reply.heals)
        text = reply.text
        if reply.kind == "wrong_code":
            text = WRONG_CODE
        elif reply.kind == "code":
            text = await asyncio.to_thread(newest_code, self._sample, reply.by)
        await write(self._sample, self._event, text, key=f"{self._event.id}:{question.id}")

    async def _decide(self, approval: str, reply: Reply) -> None:
        person = self._sample.company.person(reply.by)
        yes = reply.kind == "approve"
        desk = self._sample.house.desk
        await desk.answer_approval(approval, by=person, user=person.username, approve=yes, reason=reply.text)

    async def _words(self, reply: Reply, place: int) -> None:
        if reply.breaks is not None:
            await asyncio.to_thread(break_it, self._sample.estate, reply.breaks)
        await write(self._sample, self._event, reply.text, key=f"{self._event.id}:{place}")

    async def _open_link(self, reply: Reply, secret: str) -> None:
        """Open the one-time link, once, and sign in at the directory with what is behind it."""
        try:
            password = await self._sample.house.desk.open_secret(secret, person=reply.by)
        except TicklessError:
            if self._state.resumed:  # opened just before the day was cut off, and nobody could write that down any more
                self._state.link_opened(self._event.id)
            return
        username = self._sample.company.person(reply.by).username
        signed_in, _ = await asyncio.to_thread(self._sample.estate.sign_in, username, password)
        if signed_in:
            self._state.link_opened(self._event.id)
