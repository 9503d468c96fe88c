"""A colleague at the service desk types for a caller: what they see before it is taken up. Reads only; the case itself begins
by the same door as every other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field

from tickless.domain.case import Case
from tickless.domain.errors import BadInput
from tickless.domain.finding import Finding
from tickless.domain.person import App, Device, Person
from tickless.domain.record import Record, Untrusted
from tickless.domain.signal import Sender, Signal
from tickless.flow.rooms import Rooms
from tickless.flow.talking.joining import fitting_error
from tickless.flow.talking.triaged import LABEL
from tickless.journal import Tx
from tickless.practices.knowledge.library import Reader
from tickless.stages.correlate import people
from tickless.stages.correlate.needs import incidents_around
from tickless.stages.understand.dialogue import DialogueContext
from tickless.stages.understand.transcripts import Turn, callers_words, is_transcript, read_transcript
from tickless.stages.understand.triage import Prompt, heard, kept_answers, missing

MOST = 5
LEAST_FIT = 0.3
"""Likeness of an article below which it is not worth a look while somebody is on the phone."""
RECENT = dt.timedelta(days=90)
MatchKind = Literal["incident", "own case", "planned work", "known error", "article", "runbook"]


class Need(Record):
    """What the caller seems to need. `need` None: nothing that is known here."""

    need: str | None
    kind: str
    confidence: float = Field(ge=0, le=1)


class Match(Record):
    """Something that is there already and would serve. `ref`: a case's number, or the record's id."""

    kind: MatchKind
    title: str
    ref: str
    told: str = ""


class Suggestions(Record):
    """What the desk sees while it types."""

    words: str
    """What will be taken up: the caller's words alone."""
    transcript: bool
    needs: tuple[Need, ...] = ()
    known: dict[str, str] = Field(default_factory=dict)
    prompts: tuple[Prompt, ...] = ()
    matches: tuple[Match, ...] = ()


class Caller(Record):
    """Who is on the phone, and what goes with them."""

    person: Person
    manager: str = ""
    devices: tuple[Device, ...] = ()
    apps: tuple[App, ...] = ()
    live: tuple[Case, ...] = ()
    recent: tuple[Case, ...] = ()


class Assisting:
    """Methods block (SQL, the language brain): call them in a thread."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def caller(self, person: str) -> Caller:
        """By id or user name. Raises `BadInput`."""
        found = self._person(person)
        world = self._rooms.world()
        since = self._rooms.clock.now() - RECENT
        with self._rooms.journal.read() as tx:
            table = tx.cases.table.c
            own = tx.cases.where(table.requester == found.id, order=table.number.desc(), limit=200)
        manager = world.people.get(found.manager or "")
        return Caller(
            person=found,
            manager=manager.name if manager else "",
            devices=tuple(device for device in world.devices.values() if device.owner == found.id),
            apps=tuple(app for app in world.apps.values() if app.group and app.group in found.groups),
            live=tuple(case for case in own if case.live),
            recent=tuple(case for case in own if not case.live and case.opened_at >= since)[:MOST],
        )

    def _person(self, wanted: str) -> Person:
        people_here = self._rooms.world().people
        found = people_here.get(wanted) or next((p for p in people_here.values() if p.username == wanted.lower()), None)
        if found is None or not found.active:
            raise BadInput(f"nobody is called {wanted[:80]!r}", mend="search for the caller by a part of the name")
        return found

    def suggest(self, text: str, *, caller: str, answers: Mapping[str, str] | None = None) -> Suggestions:
        """What would come of these words, or of this transcript, of that person. Nothing is written. Raises `BadInput`."""
        person = self._person(caller)
        turns = self.turns(text, person)
        words = callers_words(turns)
        if not words.strip():
            return Suggestions(words="", transcript=is_transcript(turns))
        signal = self._signal(words, person)
        context = DialogueContext(writer=person.id)
        findings = self._rooms.understanding().understand(signal, context=context, now=signal.occurred_at)
        known = {**heard(words, findings, turns), **kept_answers(answers or {})}
        with self._rooms.journal.read() as tx:
            matches = tuple(self._matches(tx, signal, findings, person))
        return Suggestions(
            words=words,
            transcript=is_transcript(turns),
            needs=tuple(_need(finding) for finding in findings if finding.act == "need"),
            known=dict(known),
            prompts=missing(findings, known),
            matches=matches,
        )

    @staticmethod
    def turns(text: str, person: Person) -> tuple[Turn, ...]:
        """The turns of a transcript, with the caller's own name as a label."""
        return read_transcript(text, callers={person.name, person.name.partition(" ")[0], person.username})

    def _signal(self, text: str, person: Person) -> Signal:
        now = self._rooms.clock.now()
        sender = Sender(channel="phone", account=person.username, conversation="draft", person=person.id)
        return Signal(id="draft", source="chat:phone", event_key="draft", kind="message", fingerprint="draft",
                      occurred_at=now, received_at=now, title=Untrusted(text[:200]), body=Untrusted(text),
                      sender=sender)  # fmt: skip

    def _matches(self, tx: Tx, signal: Signal, findings: Sequence[Finding], person: Person) -> Iterator[Match]:
        seen: set[tuple[str, str]] = set()
        for finding in findings:
            if finding.act != "need":
                continue
            for match in (*self._cases(tx, signal, finding, person), *self._errors(tx, signal, finding),
                          *self._runbooks(finding)):  # fmt: skip
                if (match.kind, match.ref) not in seen:
                    seen.add((match.kind, match.ref))
                    yield match
        yield from self._articles(signal.body.raw, person)

    def _cases(self, tx: Tx, signal: Signal, finding: Finding, person: Person) -> Iterator[Match]:
        world = self._rooms.world()
        table = tx.cases.table.c
        own = tx.cases.where(table.requester == person.id, order=table.number.desc(), limit=100)
        subject = people.subject_of(finding, people.beneficiary(finding, person.id, world).person)
        around = [*(case for case in own if case.live), *incidents_around(tx, signal.occurred_at)]
        placed = people.place_need(finding, subject=subject, live=around, world=world, text=signal.body.raw)
        if placed.case is not None:
            kind: MatchKind = "own case" if placed.case.requester == person.id else "incident"
            yield Match(kind=kind, title=placed.case.title.tame(), ref=str(placed.case.number), told=placed.why)
        service = finding.slots.get("service")
        windows = tx.maintenance.table.c
        now = signal.occurred_at
        for window in tx.maintenance.where(windows.starts_at <= now, windows.ends_at > now) if service else []:
            if window.service in {service, *world.upstream_of(service or "")} and not window.cancelled:
                yield Match(kind="planned work", title=window.title, ref=window.id, told=window.note)

    def _errors(self, tx: Tx, signal: Signal, finding: Finding) -> Iterator[Match]:
        if finding.kind != "incident":
            return
        error = fitting_error(tx.known_errors.by(state="open"), signal.body.raw, service=finding.slots.get("service"))
        if error is not None:
            yield Match(kind="known error", title=error.title, ref=error.id, told=error.workaround)

    def _runbooks(self, finding: Finding) -> Iterator[Match]:
        for runbook in self._rooms.runbooks.values():
            if finding.need is not None and finding.need in runbook.serves.intents:
                yield Match(kind="runbook", title=runbook.title, ref=runbook.runbook, told=runbook.description)

    def _articles(self, text: str, person: Person) -> Iterator[Match]:
        seen: set[str] = set()
        for found in self._rooms.library().search(text, reader=Reader(person), limit=MOST):
            if found.confidence >= LEAST_FIT and found.article.id not in seen:
                seen.add(found.article.id)
                yield Match(kind="article", title=found.article.title, ref=found.article.id, told=found.section.heading)


def _need(finding: Finding) -> Need:
    return Need(need=finding.need, kind=finding.kind or "question", confidence=finding.confidence)


def labels_of(answers: Mapping[str, str]) -> dict[str, Untrusted]:
    """Triage answers as labels of the message that they go with."""
    return {LABEL + topic: Untrusted(text) for topic, text in kept_answers(answers).items()}
