"""Handing a case to people: the pack that goes with it, the one owner who keeps its story, and others called in to help."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from tickless.domain.case import Case, Participant
from tickless.domain.decision import Decision
from tickless.domain.errors import BadInput
from tickless.domain.finding import Finding
from tickless.domain.held import CaseSummary
from tickless.domain.person import Person
from tickless.domain.plan import Run
from tickless.domain.receipt import Receipt
from tickless.domain.ticket import OWN, Errand, Ticket
from tickless.domain.world import World
from tickless.flow.ending.own_words import of_case
from tickless.flow.rooms import Rooms
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.kit.redaction import MASK
from tickless.practices.tickets.pack import Link, Pack, Said, Tried
from tickless.practices.tickets.tidy import without_secrets

FAILED = frozenset({"failed", "unverified", "stopped", "undone"})
_CODE = re.compile(r"\b\d{4,8}\b")
_SHORT = 8
"""Words of a message that may be an answer to “what is the code?”."""
MOST = 30


def want_ticket(tx: Tx, case: Case, *, now: dt.datetime) -> Ticket:
    """Write down that this case needs a ticket: made once, and the same again while it is not closed for good.

    In the transaction that hands the case off, so that neither is without the other.
    """
    known = newest_ticket(tx, case.id)
    if known is not None and known.state != "closed":
        errands = known.errands
        if known.state != "wanted" and case.generation:
            text = f"It is with people again (case {case.number}, for the {_nth(case.generation + 1)} time)."
            errands = (*errands, Errand(key=f"{known.id}:again:{case.generation}", text=text, public=False, at=now))
        return tx.tickets.put(known.model_copy(update={"errands": errands, "due_at": None, "moved_at": now}))
    place = 0 if known is None else int(known.id.rpartition("_")[2]) + 1
    identity = f"{case.id.removeprefix('case_')}_{place}"
    ticket = Ticket(id=f"tkt_{identity}", case=case.id, system="", key=f"case_{identity}", made_at=now, moved_at=now,
                    waits=())  # fmt: skip
    return tx.tickets.put(ticket)


def _nth(number: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd"}.get(number, f"{number}th")


def newest_ticket(tx: Tx, case: str) -> Ticket | None:
    """The ticket that stands for a case now; older ones are closed for good."""
    found = tx.tickets.by(case=case)
    return max(found, key=lambda one: (one.made_at, one.id)) if found else None


def summary_id(case: Case) -> str:
    """One for each time that a case was handed off."""
    return f"sum_{case.id.removeprefix('case_')}_{case.generation}"


def summary_of(tx: Tx, case: Case) -> CaseSummary | None:
    """The summary of the case as it was handed off last, if there is one that can be shown."""
    found = tx.summaries.get(summary_id(case))
    return found if found is not None and found.text else None


class HandingOff:
    """What people get with a case. `home`: the address of this house, for links; empty: none is known."""

    def __init__(self, rooms: Rooms, *, home: str = "") -> None:
        self._rooms = rooms
        self._home = home.rstrip("/")

    def name_owner(self, tx: Tx, case: Case, *, now: dt.datetime) -> str | None:
        """The one person who keeps the story: who has it already, else the owner of the service, else of the app."""
        known = next((one for one in tx.alerts.participants(case.id) if one.role == "owner"), None)
        if known is not None:
            return known.ref
        world = self._rooms.world()
        service = world.services.get(case.service or "")
        app = world.apps.get(case.inputs.get("app", ""))
        owner = (service.owner if service else None) or (app.owner if app else None)
        if owner is None or owner not in world.people:
            return None
        tx.alerts.set_owner(Participant(case=case.id, role="owner", ref=owner, since=now))
        text = f"Case {case.number} is yours now: {case.title.tame(200)} {self._link(case)}".strip()
        say(tx, conversation=personal(owner), case=case, text=text, key=f"{case.id}:{case.generation}:owner", at=now,
            private=True)  # fmt: skip
        return owner

    def hand_to(self, tx: Tx, case: Case, person: str, *, now: dt.datetime) -> None:
        """Somebody took it: they keep the story from now on, and nobody else does."""
        tx.alerts.set_owner(Participant(case=case.id, role="owner", ref=person, since=now))

    def invite(self, tx: Tx, case: Case, person: str, *, by: str, why: str, now: dt.datetime) -> Person:
        """Call somebody in to work on a case together (swarm). Raises `BadInput` for people nobody knows or who have left."""
        known = self._rooms.world().person_called(person)
        if known is None or not known.active:
            raise BadInput(f"nobody is known as {person[:80]!r}", mend="give their id, login or e-mail address")
        there = tx.alerts.participants(case.id)
        if any(one.ref == known.id and one.role in {"helper", "owner"} for one in there):
            return known
        tx.alerts.add_participant(Participant(case=case.id, role="helper", ref=known.id, since=now))
        tx.audit.append(at=now, actor=by, action="case.invited", subject=case.subject or case.id, case=case.id,
                        detail={"person": known.id, "why": why[:500]})  # fmt: skip
        pack = self.pack(tx, case)
        text = (
            f"{self._name(by)} asks for your help with case {case.number}: {pack.title}. "
            f"{why[:500] + ' ' if why else ''}What we think: {pack.hypothesis} Tried so far: "
            f"{'; '.join(one.what for one in pack.tried[-5:]) or 'nothing yet'}. {self._link(case)}"
        )
        key = f"{case.id}:invite:{known.id}"
        say(tx, conversation=personal(known.id), case=case, text=text.strip(), key=key, at=now, private=True)
        return known

    def _name(self, by: str) -> str:
        known = self._rooms.world().person_called(by)
        return known.name if known else by

    def _link(self, case: Case) -> str:
        return f"{self._home}/cases/{case.number}" if self._home else ""

    def pack(self, tx: Tx, case: Case) -> Pack:
        """Everything that is known of a case, tamed and without secrets."""
        world = self._rooms.world()
        decisions = sorted(tx.decisions.by(case=case.id), key=lambda one: one.decided_at)
        runs = tx.runs.by(case=case.id)
        findings = tx.cases.findings_of(case.id)
        person = world.people.get(case.requester or "")
        service = world.services.get(case.service or "")
        owner = next((one.ref for one in tx.alerts.participants(case.id) if one.role == "owner"), "")
        summary = summary_of(tx, case)
        return Pack(
            case=case.id,
            number=case.number,
            title=self._clean(case.title.tame(200)),
            kind=case.kind,
            service=service.name if service else "",
            priority=case.impact.priority,
            impact=case.impact.reason,
            requester=person.name if person else "",
            contact=person.email if person else "",
            where=", ".join(part for part in (person.department, person.location) if part) if person else "",
            devices=tuple(f"{d.tag} ({d.model})" for d in world.devices_of(person.id)) if person else (),
            owner=world.people[owner].name if owner in world.people else owner,
            summary=summary.text if summary is not None else "",
            summary_by=summary.source if summary is not None else "",
            because=self._because(tx, case),
            hypothesis=self._hypothesis(case, runs, world),
            sure=max((one.confidence for one in findings), default=None),
            since=case.opened_at,
            facts=tuple(_facts(case, world)),
            said=tuple(self._said(tx, case)),
            evidence=tuple(self._evidence(tx, case, findings)),
            tried=tuple(self._tried(tx, runs)),
            checks=tuple(self._checks(tx, case)),
            ruled_out=tuple(self._ruled_out(tx, case, runs, world)),
            policy=tuple(_reasons(decisions)),
            told=tuple(self._told(tx, case, world)),
            links=tuple(self._links(tx, case)),
        )

    def _clean(self, text: str) -> str:
        known: set[str] = set()
        for instance in self._rooms.registry.instances.values():
            known |= {value for value in instance.secrets.seen if len(value) > 5}
        return without_secrets(text, known)

    def _because(self, tx: Tx, case: Case) -> str:
        ended = [row for row in tx.audit.rows(case=case.id, limit=1_000) if row.action == "case.handed_off"]
        return self._clean(str(ended[-1].detail.get("why", ""))) if ended else ""

    def _hypothesis(self, case: Case, runs: list[Run], world: World) -> str:
        if case.need is None:
            return "We do not know what this is about."
        runbook = next((one for one in self._rooms.runbooks.values() if case.need in one.serves.intents), None)
        title = runs[-1].plan.title if runs else (runbook.title if runbook else case.need.replace("_", " "))
        subject = case.subject or ""
        if case.by_hand:
            subject = runs[-1].plan.subject if runs else ""
        kind, _, ref = subject.partition(":")
        person, service = world.people.get(ref if kind == "person" else ""), world.services.get(case.service or "")
        about = person.name if person else (service.name if service else subject)
        return f"It is about “{title}”{f', for {about}' if about else ''}."

    def _said(self, tx: Tx, case: Case) -> Iterable[Said]:
        if case.conversation is None:
            return
        asked_code = any(one.about.startswith("step_up") for one in tx.questions.by(case=case.id))
        table = tx.messages.table.c
        since = case.opened_at - dt.timedelta(seconds=30)
        lines = tx.messages.where(
            table.conversation == case.conversation, table.at >= since, order=table.at.desc(), limit=100
        )
        for line in of_case(tx, case, list(reversed(lines)))[-MOST:]:
            text = line.text.tame(1_000)
            if asked_code and len(text.split()) <= _SHORT:
                text = _CODE.sub(MASK, text)
            yield Said(who=line.name, text=self._clean(text), at=line.at)

    def _evidence(self, tx: Tx, case: Case, findings: list[Finding]) -> Iterable[str]:
        seen = [piece.text for piece in case.evidence]
        seen += [piece.text for finding in findings for piece in finding.evidence]
        if case.door == "machine":
            joined = tx.alerts.joined(case.id, limit=MOST)
            seen += [f"{one.occurred_at:%Y-%m-%d %H:%M} UTC {one.state}: {one.title.tame(300)}" for one in joined]
        return [self._clean(text) for text in dict.fromkeys(seen) if text][:MOST]

    def _tried(self, tx: Tx, runs: list[Run]) -> Iterable[Tried]:
        for run in runs:
            for receipt in tx.receipts_of(run.id):
                yield Tried(
                    what=f"{_title(run, receipt)} ({receipt.uses})",
                    result=self._clean(_result(receipt)),
                    changed=receipt.changed,
                    at=receipt.started_at,
                )

    def _checks(self, tx: Tx, case: Case) -> Iterable[str]:
        words = {True: "holds", False: "does not hold", None: "could not be told"}
        return [
            self._clean(f"{reading.at:%H:%M} UTC {reading.uses}: {words[reading.held]} ({reading.evidence})")
            for verdict in tx.verdicts.by(case=case.id)
            for reading in verdict.readings
        ][-MOST:]

    def _ruled_out(self, tx: Tx, case: Case, runs: list[Run], world: World) -> Iterable[str]:
        for run in runs:
            if run.state in FAILED or run.reason:
                yield self._clean(f"“{run.plan.title}”: {run.reason or run.state}")
        needs = world.upstream_of(case.service) if case.service else {}
        calm = [
            world.services[one].name for one in needs if one in world.services and not tx.cases.live_of_service(one)
        ]
        if calm:
            yield f"no trouble is known of what it needs: {', '.join(sorted(calm)[:8])}"

    def _told(self, tx: Tx, case: Case, world: World) -> Iterable[str]:
        for one in tx.alerts.participants(case.id):
            person = world.people.get(one.ref)
            if one.role in {"owner", "helper", "affected"}:
                yield f"{person.name if person else one.ref} ({one.role})"
        for asked in tx.approvals.by(case=case.id):
            who = ", ".join(world.people[p].name for p in asked.approvers if p in world.people) or asked.role
            yield f"{who} (asked for approval: {asked.state})"
        if case.conversation is not None:
            table = tx.messages.table.c
            lines = tx.messages.where(table.conversation == case.conversation, table.case == case.id,
                                      order=table.at.desc(), limit=20)  # fmt: skip
            last = next(
                (one for one in lines if one.author == "tickless" and not one.private and one.card is None), None
            )
            if last is not None:
                yield self._clean(f"the person, at {last.at:%H:%M} UTC: “{last.text.tame(300)}”")

    def _links(self, tx: Tx, case: Case) -> Iterable[Link]:
        if self._home:
            yield Link(label=f"Case {case.number}", href=self._link(case))
        ticket = newest_ticket(tx, case.id)
        if ticket is not None and ticket.url and ticket.system != OWN:
            yield Link(label=ticket.number or "Ticket", href=ticket.url)


def _title(run: Run, receipt: Receipt) -> str:
    step = next((one for one in run.plan.steps if one.id == receipt.step), None)
    return (step.title if step else None) or receipt.step.replace("_", " ").replace("-", " ")


def _result(receipt: Receipt) -> str:
    if receipt.state == "undone":
        return f"{receipt.summary}; taken back"
    return receipt.error or receipt.summary or receipt.state


def _facts(case: Case, world: World) -> Iterable[tuple[str, str]]:
    names = {one.id: one.name for one in world.people.values()}
    names |= {one.id: one.name for one in world.apps.values()}
    names |= {one.id: one.name for one in world.services.values()}
    names |= {one.id: one.tag for one in world.devices.values()}
    for name, value in case.inputs.items():
        if not name.endswith("?") and "." not in name and not name.startswith(("_", "proof", "step_up")):
            yield name.replace("_", " "), without_secrets(names.get(value, value))[:300]


def _reasons(decisions: list[Decision]) -> list[str]:
    """Why it did not go on by itself: what each decision said, and the policies that forbade or asked for more."""
    told = [one.summary for one in decisions[-5:]]
    told += [reason.text for one in decisions for reason in one.reasons if reason.effect != "permit"]
    return list(dict.fromkeys(text for text in told if text))[:MOST]
