"""The desk: everything a door may ask of the house, in one place.

Doors parse, authenticate and authorise; then they call the desk, or read the journal. Each method says who asks (`by`), checks
what only the house can know, writes one audit row, and is safe to call twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tickless.domain.case import Case, Message
from tickless.domain.decision import ApprovalRequest
from tickless.domain.known import Bulletin
from tickless.domain.person import Person
from tickless.domain.signal import Deed, Payload, Sender
from tickless.flow.approvals.links import ApprovalLinks
from tickless.flow.desk.architecting import ArchitectDesk
from tickless.flow.desk.assisting import Assisting
from tickless.flow.desk.autonomy import AutonomyDesk
from tickless.flow.desk.brakes import BrakesDesk
from tickless.flow.desk.drafting import Drafting, DryRun
from tickless.flow.desk.erasing import ErasingDesk
from tickless.flow.desk.history import HistoryDesk
from tickless.flow.desk.holding import HoldingDesk
from tickless.flow.desk.identity import IdentityDesk
from tickless.flow.desk.mining import MiningDesk
from tickless.flow.desk.opening import Opening
from tickless.flow.desk.planning import PlanningDesk
from tickless.flow.desk.policy import PolicyDesk
from tickless.flow.desk.practices import PracticesDesk
from tickless.flow.desk.record_keeping import RecordKeeping
from tickless.flow.desk.regroup import RegroupDesk
from tickless.flow.desk.report_subscriptions import ReportSubscriptions
from tickless.flow.desk.reports import Reports
from tickless.flow.desk.sources import Sources
from tickless.flow.desk.speaking import Draft
from tickless.flow.desk.steering import SteeringDesk
from tickless.flow.desk.telemetry import TelemetryDesk
from tickless.flow.desk.tickets import TicketDesk
from tickless.flow.desk.tools import ToolsDesk
from tickless.flow.desk.trying import Trying
from tickless.flow.inventory import MapDesk
from tickless.flow.lessons import Lessons
from tickless.flow.publishing import Publishing
from tickless.flow.refusing import Refusing
from tickless.flow.routing import Routing
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.practices.knowledge.library import Library
from tickless.practices.knowledge.service import Taken
from tickless.stages.measure.metrics.metric import Level
from tickless.stages.understand.intents import IntentReport


@dataclass(frozen=True)
class Accepted:
    """What a receiver answers: how many signals were read, how many of them were new, or where it was put aside."""

    received: int
    new: int
    quarantined: str | None = None
    reason: str | None = None
    mend: str | None = None


@dataclass(frozen=True)
class Greeting:
    """What becomes of a payload that its vendor signs: whether it may come in, and what to answer at once if it only asks
    whether we are there."""

    welcome: bool
    answer: bytes | None = None


@dataclass(frozen=True)
class Said:
    """A message that was taken in: its signal and the conversation to watch for the answer."""

    signal: str
    conversation: str


@dataclass(frozen=True)
class Check:
    """One line of `tickless doctor`: a check, whether all is well, and what to do if not."""

    check: str
    ok: bool
    detail: str
    mend: str = ""


@dataclass(frozen=True)
class Numbers:
    """The first numbers, for a window of time (None: since the beginning)."""

    cases: int
    live: int
    doors: dict[str, int]
    outcomes: dict[str, int]
    """verified, confirmed, assumed, regressed, handed_off, prevented, muted (and refused, withdrawn)"""
    seconds_to_verified: dict[str, float | None]
    """p50 and p99"""
    minutes_saved: float
    waiting_for_approval: int


class Desk(Protocol):
    """What doors see of the house."""

    journal: Journal
    clock: Clock
    runbooks: Publishing
    lessons: Lessons
    routing: Routing
    refusing: Refusing
    tickets: TicketDesk
    telemetry: TelemetryDesk
    identity: IdentityDesk
    approval_links: ApprovalLinks
    policy: PolicyDesk
    autonomy: AutonomyDesk
    sources: Sources
    holding: HoldingDesk
    planning: PlanningDesk
    map: MapDesk
    assisting: Assisting
    trying: Trying
    regroup: RegroupDesk
    brakes: BrakesDesk
    tools: ToolsDesk
    drafting: Drafting
    architect: ArchitectDesk
    history: HistoryDesk
    mining: MiningDesk
    opening: Opening
    record: RecordKeeping
    erasing: ErasingDesk
    reports: Reports
    steering: SteeringDesk
    practised: frozenset[str] | None
    metric_levels: tuple[Level, ...]
    subscriptions: ReportSubscriptions
    practices: PracticesDesk

    async def receive(self, payload: Payload) -> Accepted:
        """Take in what a source sent. Returns after it is durable; a bad payload is quarantined, never an error."""
        ...

    def signed(self, source: str) -> bool:
        """Whether a source's vendor signs what it sends: then its signature decides who comes in, and no token does."""
        ...

    def greet(self, payload: Payload) -> Greeting:
        """Check the vendor's signature. `headers` are all that came. Raises `SettingsInvalid` when its secret is not there."""
        ...

    async def replay(self, quarantined: str, *, by: str) -> Accepted:
        """Read a quarantined payload again, with today's mapping."""
        ...

    async def say(self, sender: Sender, text: str, *, key: str = "", triage: Mapping[str, str] | None = None) -> Said:
        """Take in a message of a person. `key` makes a retry harmless. `triage`: what the desk asked on the phone, by topic.
        Raises `BadInput` (empty, longer than 8,000 signs)."""
        ...

    async def press(self, sender: Sender, deed: Deed, *, key: str = "") -> Said:
        """Take in a button of a card that a person pressed. `key` makes a retry harmless."""
        ...

    async def speak(self, conversation: str, text: str, *, by: str, person: Person | None, name: str) -> Message:
        """Say something in somebody's conversation as a colleague. Raises `NotFound`, `BadInput`."""
        ...

    def rewords(self) -> bool:
        """Whether a language model may say a colleague's words in a kinder tone."""
        ...

    async def reword(self, text: str) -> Draft:
        """A colleague's words in a kinder tone, or why they stay as they are. Nothing is said by it. Raises `BadInput`."""
        ...

    async def take_over(self, conversation: str, *, by: str, person: Person | None, name: str) -> list[Case]:
        """Take a conversation's live cases over from the house. Raises `NotFound`, `Conflict` where nothing is live."""
        ...

    def intents(self) -> IntentReport | None:
        """What the language brain confuses; None while it is being measured."""
        ...

    async def answer_approval(
        self, approval: str, *, by: Person | None, user: str, approve: bool, reason: str
    ) -> ApprovalRequest:
        """Approve or deny. Raises `Forbidden` (not an approver, own request, beneficiary) or `Conflict` (answered, expired)."""
        ...

    async def answer_by_link(self, token: str, *, approve: bool, reason: str) -> ApprovalRequest:
        """The same, by the one-time link of a letter. Raises `NotFound`, too."""
        ...

    async def rehearse(self, runbook: str, inputs: dict[str, str], *, by: str) -> DryRun:
        """Dry run against the live systems: reads real state, changes nothing."""
        ...

    async def run(self, runbook: str, inputs: dict[str, str], *, by: str, reason: str) -> Case:
        """Open a case for an operator's run of a runbook; policy decides as for any other case."""
        ...

    async def close(self, case: str, *, by: str, how: str, reason: str) -> Case:
        """Take a case out of the machine's hands: `how` is hand_off, mute, withdraw or confirm (a person saw it solved).

        Withdrawing what is done already opens the case that takes it back, and returns that one. Raises `Conflict`.
        """
        ...

    async def withdraw(self, case: str, *, by: str, reason: str) -> Case:
        """Withdraw one's own request: live, it is stopped; done, it is taken back (returns the case that does it). Raises
        `Conflict` while it is being worked on, and where nothing of it can be taken back."""
        ...

    async def announce(self, case: str, text: str, *, next_update_at: dt.datetime | None, by: str) -> Bulletin:
        """Tell everybody in a case what is known, and when there is news again. Raises `NotFound`, `BadInput`."""
        ...

    async def reopen(self, case: str, *, by: str, reason: str) -> Case:
        """It was not solved: the outcome becomes `regressed` and the case is decided anew."""
        ...

    async def set_switch(self, name: str, *, on: bool, by: str, reason: str) -> None:
        """A brake: `all`, `freeze`, `model`, `runbook:<id>`, `service:<id>`. Effective with the next step of every run."""
        ...

    async def open_secret(
        self, identity: str, *, person: str | None, conversation: str | None = None, shown: str = ""
    ) -> str:
        """Show a one-time secret to the person it is for, once. Raises `NotFound` afterwards.

        `person`: who is signed in; None for a guest, who sees it only in the conversation in which they proved who they are.
        `shown`: the pass of a link that was sent to that person alone, in an outside channel.
        """
        ...

    def library(self) -> Library:
        """The published articles, to search in."""
        ...

    def sync_knowledge(self, *, by: str, dry_run: bool = False) -> list[Taken]:
        """Read the configured folders of articles now. Blocks. A folder with a problem is not taken in at all."""
        ...

    def follow(self) -> None:
        """Fetch the git checkouts that the house keeps up with, now. Blocks."""
        ...

    def renew(self) -> None:
        """Read the records again: what was written to them counts in this process now, in others within half a minute."""
        ...

    def numbers(self) -> Numbers:
        """The first numbers."""
        ...

    def doctor(self) -> list[Check]:
        """Checks of the house: audit chain, stuck runs, doubled effects, lost signals, leases, disk, versions."""
        ...
