"""Colleagues in a conversation: they read it, say something in it, and take it over from the house."""

from __future__ import annotations

from tickless.domain.case import Case, Message, Participant
from tickless.domain.errors import BadInput, Conflict, NotFound
from tickless.domain.person import Person
from tickless.domain.record import Record, Untrusted
from tickless.flow.ending import ends
from tickless.flow.rooms import Rooms
from tickless.flow.saying import words
from tickless.flow.saying.conversation import say, send_out
from tickless.journal import Tx
from tickless.kit.ids import new_id

LONGEST = 8_000


class Draft(Record):
    """A colleague's words before they are said. `kinder`: the same in a kinder tone; empty: they stay as they are."""

    text: str
    kinder: str = ""
    why: str = ""


class Speaking:
    """Each method says who does it (`by`), and writes one audit row."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def speak(self, conversation: str, text: str, *, by: str, person: Person | None, name: str) -> Message:
        """Say something as a colleague; it goes to the channel in which the person writes. Raises `NotFound`, `BadInput`."""
        said = text.strip()
        if not said or len(said) > LONGEST:
            raise BadInput(f"a message has 1 to {LONGEST:,} characters")
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            _need(tx, conversation)
            live = tx.cases.live_of_conversation(conversation)
            case = live[0] if live else None
            message = Message(
                id=new_id("msg"),
                conversation=conversation,
                case=case.id if case else None,
                author="operator",
                name=name,
                text=Untrusted(said),
                at=now,
            )
            tx.messages.put(message)
            send_out(tx, message)
            if case is not None and person is not None:
                tx.alerts.add_participant(Participant(case=case.id, role="helper", ref=person.id, since=now))
            tx.audit.append(at=now, actor=by, action="conversation.joined", subject=f"conversation:{conversation}"[:300],
                            case=case.id if case else None, detail={"message": message.id})  # fmt: skip
        return message

    def reword(self, text: str) -> Draft:
        """Ask the language model for a kinder tone. Nothing is said: whoever asked decides. Blocks. Raises `BadInput`."""
        said = text.strip()
        if not said or len(said) > LONGEST:
            raise BadInput(f"a message has 1 to {LONGEST:,} characters")
        if self._rooms.models is None:
            return Draft(text=said, why="no language model is configured")
        heard = self._rooms.models.reword(said)
        return Draft(text=said, kinder=heard.value.text if heard.value is not None else "", why=heard.reason)

    def take_over(self, conversation: str, *, by: str, person: Person | None, name: str) -> list[Case]:
        """Take the live cases of a conversation out of the machine's hands: one owner from now on. Raises `NotFound`, and
        `Conflict` where nothing is live."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            _need(tx, conversation)
            live = tx.cases.live_of_conversation(conversation)
            if not live:
                raise Conflict(
                    "nothing is live in this conversation", mend="just answer: what you write reaches the person"
                )
            for case in live:
                done = ends.end_case(
                    tx, case, state="handed_off", outcome="handed_off", now=now, why=f"{name} took over", by=by
                )
                ends.tell_runs(tx, done, by=by)
                if person is not None:
                    tx.alerts.set_owner(Participant(case=done.id, role="owner", ref=person.id, since=now))
            text = words.taken_over(name)
            say(
                tx,
                conversation=conversation,
                case=live[0],
                text=text,
                key=f"{live[0].id}:{live[0].generation}:over_to",
                at=now,
            )
        return live


def _need(tx: Tx, conversation: str) -> None:
    if not tx.messages.by(conversation=conversation, limit=1):
        raise NotFound("there is no such conversation")
