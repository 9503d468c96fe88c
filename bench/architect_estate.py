"""Described procedures in the sample company: the draft is proposed, signed, run against real systems, and read back."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.architect_cast import Cast, cast_for
from bench.architect_form import Procedure
from bench.architect_world import Scene, ended, settings_of
from bench.rungs import put_on
from bench.suite_house import SuiteHouse
from tickless.domain.case import Case
from tickless.domain.runbook import Runbook
from tickless.domain.signal import Sender
from tickless.flow.keeping import Keeper
from tickless.journal import Tx
from tickless.sample.estate.control import FaultKind
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.stages.act.architect.playing import End, Played
from tickless.stages.act.architect.tabletop import Tabletop
from tickless.stages.act.compiler import operations_used

PATIENCE = 40.0
SHORTEST = 1.0
"""Seconds that a wait lasts at most here: what is waited for in a described procedure is not what is measured."""
AUTHOR, SIGNER = Keeper("user:author"), Keeper("user:signer", roles=frozenset({"admin"}))
_FAULTS: dict[tuple[str, str, object], FaultKind] = {
    ("directory.account", "locked", True): "lock",
    ("directory.account", "enabled", False): "disable",
    ("directory.account", "password_expired", True): "password_expired",
    ("vpn.profile", "valid", False): "vpn_expired",
    ("vpn.tunnel", "client_old", True): "client_old",
    ("mailbox.quota", "percent", 101.0): "mailbox_full",
    ("endpoint.device", "online", False): "device_offline",
    ("process.state", "running", False): "kill",
    ("health.check", "healthy", False): "errors",
    ("pool.state", "in_use", 10): "pool",
}
_BY_NUMBER: dict[tuple[str, str], tuple[FaultKind, str]] = {
    ("disk.usage", "percent"): ("disk", "to_percent"),
    ("certificate.state", "days_left"): ("certificate", "days"),
}
_FLEETING = frozenset({"latency_ms", "detail", "version", "display_name", "sessions"})


class Elsewhere(Exception):
    """It cannot be played in the sample company; the text says what is not there."""


@dataclass
class Live:
    """What a table top is to a scene, read from the running company."""

    house: SuiteHouse
    cast: Cast
    own: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    @property
    def effects(self) -> list[Any]:
        return [one for one in self.house.estate.effects() if not one.operation.startswith("phone")]

    def state(self, probe: str) -> list[dict[str, Any]]:
        """What the probe answers now about the one that it is about. Raises `Elsewhere`, `TicklessError`."""
        bound = self.house.house.rooms.registry.find(probe)
        given = {name: self.cast.values.get(name) for name in bound.operation.params.model_fields}
        if None in given.values():
            raise Elsewhere(f"nobody said which {next(name for name, value in given.items() if value is None)}")
        call = Call(bound.instance, key="bench", now=self.house.house.rooms.clock.now(), timeout=10.0, dry_run=True)
        found = invoke(bound, given, call).output.model_dump(mode="json")
        return [{name: _rough(value) for name, value in found.items() if name not in _FLEETING}]


def _rough(value: Any) -> Any:
    return round(value) if isinstance(value, float) else value


def play_there(house: SuiteHouse, one: Procedure, runbook: Runbook, text: str) -> tuple[Played, list[str]]:
    """Play it; how it ended, and what is not as it had to be. Raises `Elsewhere` before anything is done."""
    known = house.house.rooms.registry.names()
    missing = sorted(name for name in operations_used(runbook) if name not in known)
    if missing:
        raise Elsewhere(f"{missing[0]} is not connected there")
    if any(step.ask is not None or step.tasks is not None or step.manual is not None for step in runbook.steps):
        raise Elsewhere("a person is asked in a conversation")
    house.begin_anew()
    house.house.rooms.runbooks.sync(by="bench")
    cast = cast_for(house, one, runbook)
    if cast is None:
        raise Elsewhere("what it is about is not there")
    answers = _set_up(house, one, cast)
    live = Live(house, cast)
    probes = {probe for probe, _, _ in _everything(one)}
    live.own = {(probe, ""): {} for probe in probes}
    before = {(probe, name): value for probe in probes for name, value in live.state(probe)[-1].items()}
    played = _run(house, cast, _quickened(runbook, text), answers)
    scene = Scene(live, answers)  # type: ignore[arg-type]
    return played, ended(scene, before, played, one.ends, one.given)


def _everything(one: Procedure) -> list[tuple[str, str, object]]:
    named = [
        (subject, *each) for states in (one.given, one.ends) for subject, of in states.items() for each in of.items()
    ]
    return [setting for subject, name, value in named for setting in settings_of(subject, name, value)]


def _set_up(house: SuiteHouse, one: Procedure, cast: Cast) -> dict[str, str]:
    """Make true what is given. Raises `Elsewhere` for what cannot be made so there."""
    scene = Scene(Tabletop({}))
    for subject, properties in one.given.items():
        for name, value in properties.items():
            if scene.answer(subject, name, value):
                continue
            settings = settings_of(subject, name, value)
            if not settings:
                raise Elsewhere(f"{name}: {value} means nothing there")
            for setting in settings:
                _break(house, cast, setting)
    house.house.world.renew()
    return scene.answers


def _break(house: SuiteHouse, cast: Cast, setting: tuple[str, str, object]) -> None:
    probe, name, value = setting
    live = Live(house, cast)
    fault, amount = _FAULTS.get(setting), {}
    if fault is None and (probe, name) in _BY_NUMBER and isinstance(value, int | float):
        fault, by = _BY_NUMBER[probe, name]
        amount = {by: float(value), **({"seconds": 0.3} if fault == "disk" else {})}
    if fault is not None:
        house.estate.fault(fault, cast.target(fault), **amount)
        _until(lambda: probe != "disk.usage" or live.state(probe)[-1]["percent"] >= float(str(value)) - 3)
    elif (probe, name) in {("mailbox.quota", "used_mb"), ("pool.state", "waiting")}:
        return  # comes with the other half of the same fault
    elif live.state(probe)[-1].get(name) != value:
        raise Elsewhere(f"{probe} {name} cannot be made {value} there")


def _until(so: Callable[[], bool]) -> None:
    """Wait for the world to show it."""
    end = time.monotonic() + 10.0
    while not so() and time.monotonic() < end:
        time.sleep(0.1)


def _quickened(runbook: Runbook, text: str) -> str:
    """Waits last a second; looks are quick."""
    for step in runbook.steps:
        if step.wait is not None and step.wait > SHORTEST:
            text = re.sub(r"(\n\s+(?:- )?wait: )\S+", r"\g<1>1s", text)
    return text


def _run(house: SuiteHouse, cast: Cast, text: str, answers: Mapping[str, str]) -> Played:
    """Propose, sign, let it act by itself, start it, and be the people that it asks."""
    desk = house.house.desk
    proposed = desk.architect.propose(text, by=AUTHOR)
    desk.architect.publish(proposed.id, by=SIGNER)
    put_on(desk.autonomy, proposed.runbook, "auto")
    case = asyncio.run(desk.run(proposed.runbook, cast.inputs, by=cast.me.id, reason="a bench"))
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with house.house.journal.read() as tx:
            now = tx.cases.need(case.id)
            asked = [one for one in tx.questions.by(case=case.id) if one.state == "open"]
            waiting = tx.approvals.by(case=case.id, state="pending")
        if not now.live:
            break
        for question in asked:
            _answer_code(house, cast, question.conversation or "", question.id)
        for approval in waiting:
            by = house.company.person(approval.approvers[0])
            yes = answers.get("manager", answers.get("anybody", "yes")) not in {"no", "refused", "denied", "nobody"}
            asyncio.run(desk.answer_approval(approval.id, by=by, user=by.username, approve=yes, reason="a bench"))
        time.sleep(0.1)
    with house.house.journal.read() as tx:
        return _played(tx, tx.cases.need(case.id))


def _answer_code(house: SuiteHouse, cast: Cast, conversation: str, key: str) -> None:
    texts = house.estate.sms(cast.me.phone or "")
    if not texts or "code is " not in texts[-1]:
        return
    sender = Sender(
        channel="web", account=cast.me.id, conversation=conversation, person=cast.me.id, assurance="signed_in"
    )
    code = texts[-1].split("code is ")[1][:6]
    asyncio.run(house.house.desk.say(sender, code, key=key))


def _played(tx: Tx, case: Case) -> Played:
    runs = tx.runs.by(case=case.id)
    ends: dict[str, End] = {"verified": "verified", "prevented": "verified", "handed_off": "handed_off"}
    end: End = ends.get(str(case.outcome), "stuck")
    lines = [
        f"{one.step}: {one.state} {one.summary or one.error or ''}" for run in runs for one in tx.receipts_of(run.id)
    ]
    decisions = tx.decisions.by(case=case.id)
    lines += [decisions[-1].summary] if decisions else []
    if end == "verified" and runs and not any(one.changed for run in runs for one in tx.receipts_of(run.id)):
        end = "nothing"
    return Played(end, (*lines, f"case {case.number} ended {case.outcome}"), (("people", "told"),))
