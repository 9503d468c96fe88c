"""A real house in the sample company that dies by its own hand: `python server.py PLAN.json`; without one, plans are named line
by line on its input, and it says the exit code of each.

The process that is started forks one child a *life*. A life opens the house over the databases of the lives before it, plays
the people, and ends itself with SIGKILL at the first *point* that no life has died at yet:

- `inside`: the work of a step is done, its result is not remembered yet;
- `before`: the receipt says that an effect begins, nobody was asked for it yet;
- `effect`: an outside system did what was asked, no receipt says so yet;
- `after`: the step is remembered, the next one has not begun;
- `sent`: a message was delivered to a waiting run and still stands in the outbox;
- `stored`: signals are durable, nobody was told;
- `posted`: a channel took a message, and the house has not noted it.

A life in which nothing is left to die at and every case is over examines the house, writes what it found and ends well.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matrix_house  # beside this file: it is run as a program
import reading_model  # beside this file: it is run as a program

import tickless.app.build as composition
from tickless.app import configured, language, policies, rooms
from tickless.app.sample_house import MONITOR, sample_settings, world_of
from tickless.app.settings import BrainSettings, ConnectorUse, PaceSettings, Settings
from tickless.app.shipped import shipped
from tickless.domain.signal import Payload, Sender
from tickless.flow.dbos_engine import DbosEngine
from tickless.flow.posting import postman
from tickless.flow.schedules import Schedules
from tickless.journal.access import User
from tickless.journal.signal_log import SignalLog
from tickless.journal.world import write_world
from tickless.kit.log import configure_logging
from tickless.sample.company import make_company
from tickless.sample.estate.control import Estate
from tickless.stages.act import service as act
from tickless.stages.act import undoing
from tickless.stages.act.house import house_operations
from tickless.stages.sense.forecast.limits import shipped_rules

PACE = PaceSettings(answer=600.0, approval=600.0, first_look=600.0, gather=1.0)
LIFE_SECONDS = 240.0
STUCK, DIED = 3, 9
"""Exit codes: not over in time; every life that was granted has ended."""


class Points:
    """The points at which lives ended, kept in a file; `reached` ends (or stops) this life if the point is new.

    `kinds`: the kinds of points that count, `about`: what they speak of; `deaths`: how many may be died, `number`: the signal.
    """

    def __init__(self, plan: dict[str, Any]) -> None:
        self.file = Path(plan["folder"], "points")
        self.kinds: list[str] = plan["kinds"]
        self.about: str = plan.get("about", "")
        self.deaths: int = plan["deaths"]
        self.number = signal.Signals[plan["signal"]]
        self.lock = threading.Lock()

    def reached(self, kind: str, *where: Any) -> None:
        if kind not in self.kinds or self.about not in str(where):
            return
        point = json.dumps([kind, *where])
        with self.lock:
            known = self.file.read_text().splitlines() if self.file.exists() else []
            if len(known) >= self.deaths or point in known:
                return
            with self.file.open("a") as file:
                file.write(point + "\n")
            os.kill(os.getpid(), self.number)


def arm(points: Points) -> None:
    """Put the points into the house, from outside."""
    step, send, append, invoke = DbosEngine.step, DbosEngine.send, SignalLog.append_rows, act.invoke
    post = postman.invoke

    async def deadly_step(self: DbosEngine, name: str, function: Callable[..., Any], *args: Any) -> Any:
        where = [name, *[arg for arg in args if isinstance(arg, str | int) or arg is None][:3]]

        def work(*given: Any) -> Any:
            result = function(*given)
            points.reached("inside", *where)
            return result

        result = await step(self, name, work, *args)
        points.reached("after", *where)
        return result

    def deadly_send(self: DbosEngine, workflow: str, message: Any, *, key: str) -> None:
        send(self, workflow, message, key=key)
        points.reached("sent", key)

    def deadly_append(self: SignalLog, rows: Any, payloads: Any = ()) -> None:
        append(self, rows, payloads)
        points.reached("stored", rows[0].source)

    def deadly_invoke(bound: Any, params: Any, call: Any) -> Any:
        if bound.promise.effect != "read":
            points.reached("before", call.key)
        result = invoke(bound, params, call)
        if bound.promise.effect != "read":
            points.reached("effect", call.key)
        return result

    def deadly_post(bound: Any, params: Any, call: Any) -> Any:
        result = post(bound, params, call)
        points.reached("posted", call.key)
        return result

    postman.invoke = deadly_post  # type: ignore[attr-defined]
    DbosEngine.step = deadly_step  # type: ignore[method-assign]
    DbosEngine.send = deadly_send  # type: ignore[method-assign]
    SignalLog.append_rows = deadly_append  # type: ignore[method-assign]
    act.invoke = undoing.invoke = deadly_invoke


class People:
    """What happens around the house, the same in every life: what was said is said once, by its key."""

    def __init__(self, house: composition.House, estate: Estate, plan: dict[str, Any]) -> None:
        self.house = house
        self.estate = estate
        self.plan = plan

    async def live(self) -> None:
        await self._run(self.plan.get("run"), as_number=1)
        for number, said in enumerate(self.plan["says"]):
            if self.plan.get("matrix"):
                person = self.house.rooms.world().people[said["person"]]
                await self.house.desk.receive(matrix_house.written(person, said["text"], key=f"said-{number}"))
                continue
            sender = self._sender(said["person"], f"talk:{said.get('talk', number)}")
            await self.house.desk.say(sender, said["text"], key=f"said:{number}")
        while True:
            await self._monitor()
            await self._codes()
            await self._approvals()
            await self._manual()
            await self._afterwards()
            await asyncio.sleep(0.1)

    async def _run(self, wanted: Sequence[Any] | None, *, as_number: int) -> None:
        """Somebody runs a runbook, unless an earlier life did: as the case of this number."""
        with self.house.journal.read() as tx:
            opened = tx.cases.count()
        if wanted and opened < as_number:
            runbook, inputs, by = wanted
            await self.house.desk.run(runbook, inputs, by=by, reason="a test")

    async def _afterwards(self) -> None:
        """What is said once so many cases are over, in the conversation of the first."""
        with self.house.journal.read() as tx:
            ended = tx.cases.count() - tx.cases.count_live()
        if ended:
            await self._run(self.plan.get("run_again"), as_number=2)
        for number, said in enumerate(self.plan.get("then", [])):
            if ended >= said["cases"]:
                await self.house.desk.say(self._sender(said["person"], "talk:0"), said["text"], key=f"then:{number}")

    def _sender(self, person: str, conversation: str) -> Sender:
        return Sender(channel="web", account=person, conversation=conversation, person=person, assurance="signed_in")

    async def _monitor(self) -> None:
        alerts = await asyncio.to_thread(self.estate.alerts) if self.plan["alerts"] else self.plan.get("fires", [])
        if alerts:
            body = json.dumps({"version": "4", "alerts": alerts}).encode()
            await self.house.desk.receive(Payload(source=MONITOR, received_at=dt.datetime.now(dt.UTC), body=body))

    async def _codes(self) -> None:
        with self.house.journal.read() as tx:
            asked = [one for one in tx.questions.by(state="open") if one.about.startswith("step_up")]
            cases = {one.id: tx.cases.need(one.case) for one in asked}
        for one in asked:
            person = self.house.rooms.world().people[cases[one.id].requester or ""]
            code = self.estate.sms(person.phone or "")[-1].split("code is ")[1][:6]
            if self.plan.get("matrix"):
                await self.house.desk.receive(matrix_house.written(person, code, key=one.id))
                continue
            await self.house.desk.say(self._sender(person.id, one.conversation or ""), code, key=one.id)

    async def _manual(self) -> None:
        """Whoever is asked to do something by hand says that it is done."""
        with self.house.journal.read() as tx:
            asked = [one for one in tx.questions.by(state="open") if one.about.startswith("step:")]
            cases = {one.id: tx.cases.need(one.case) for one in asked}
        for one in asked:
            sender = self._sender(cases[one.id].requester or "", one.conversation)
            await self.house.desk.say(sender, "Done", key=one.id)

    async def _approvals(self) -> None:
        with self.house.journal.read() as tx:
            asked = tx.approvals.by(state="pending")
        for one in asked:
            approver = self.house.rooms.world().people[one.approvers[0]]
            await self.house.desk.answer_approval(one.id, by=approver, user="u", approve=True, reason="fine")


def over(house: composition.House, cases: int) -> bool:
    with house.journal.read() as tx:
        unsent = tx.deliveries.where(tx.deliveries.table.c.state == "pending", limit=1)
        waiting = tx.coordination.posted() or tx.held.count() or unsent
        return tx.cases.count() >= cases and not tx.cases.count_live() and not waiting


def findings(house: composition.House) -> dict[str, Any]:
    """What the house says of itself at the end."""
    end = time.monotonic() + 10
    while house.engine.pending() and time.monotonic() < end:  # a workflow's end is written a moment after its last step
        time.sleep(0.1)
    with house.journal.read() as tx:
        return {
            "cases": [(one.need, one.state, one.outcome) for one in tx.cases.where()],
            "runs": [(one.plan.runbook, one.state) for one in tx.runs.where()],
            "receipts": [(one.step, one.state, one.changed) for one in tx.receipts.where()],
            "messages": [(one.conversation, one.author, one.text.raw) for one in tx.messages.where()],
            "resolutions": [(one.outcome, one.minutes_saved) for one in tx.resolutions.where()],
            "audit": [one.action for one in tx.audit.rows(limit=10_000)],
            "pending": [one.id for one in house.engine.pending()],
            "doctor": [(one.check, one.detail) for one in house.desk.doctor() if not one.ok],
        }


def open_house(plan: dict[str, Any]) -> tuple[composition.House, Estate]:
    estate = Estate.attach(Path(plan["estate"]))
    _, secret_values = estate.connector_settings()
    given: dict[str, Any] = {"brain": BrainSettings(encoder="off")}
    if plan.get("model"):
        given["model"] = reading_model.SETTINGS
    if plan.get("matrix"):
        own = sample_settings(estate, Path(plan["data"])).connectors
        given["connectors"] = {**own, "matrix": matrix_house.connector(plan["matrix"], Path(plan["folder"]))}
    if plan.get("connector"):
        given |= with_connector(sample_settings(estate, Path(plan["data"])), *plan["connector"])
        secret_values = {**secret_values, **plan["secrets"]}
    if plan.get("runbooks"):
        given["runbooks"] = (Path(plan["runbooks"]),)
    settings = sample_settings(estate, Path(plan["data"]), database=plan["database"], pace=PACE, **given)
    house = composition.build(settings, role=plan["role"], secret_values=secret_values)
    if plan.get("model"):
        reading_model.put_in_place(house.rooms.models, plan, Points(plan).reached)
    with house.journal.write() as tx:
        if not tx.people.count():
            write_world(tx, world_of(make_company()))
            for name in ("operator", "colleague"):
                if plan.get(name):
                    user = User(id=f"usr_{name}", login=name, person=plan[name], roles=("operator",))
                    tx.access.users.put(user)
    house.world.renew()
    return house, estate


def with_connector(own: Settings, use: str, settings: dict[str, Any], capability: str) -> dict[str, Any]:
    """One more connector than the sample company's, behind that capability."""
    connectors = {**own.connectors, "there": ConnectorUse(use=use, settings=settings)}
    return {"connectors": connectors, "bindings": {**own.bindings, capability: "there"}}


def live(plan: dict[str, Any]) -> None:
    """One life."""
    arm(Points(plan))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    house, estate = open_house(plan)
    house.start()
    folder = Path(plan["folder"])
    (folder / "pid").write_text(str(os.getpid()))
    if plan["role"] == "worker":
        stop.wait()
        house.stop()
        os._exit(0)
    threading.Thread(target=lambda: asyncio.run(People(house, estate, plan).live()), daemon=True).start()
    end = time.monotonic() + LIFE_SECONDS
    while not over(house, plan["cases"]) and time.monotonic() < end:
        time.sleep(0.05)
    (folder / "result").write_text(json.dumps(findings(house)))
    os._exit(0 if time.monotonic() < end else STUCK)


def prepare(plan: dict[str, Any]) -> None:
    """What never changes is made once, before the lives: the brain, the compiled runbooks, the parsed policies."""
    once_each = (
        (language, "build_brain"), (configured, "compile_folder"), (policies, "read_folder"), (rooms, "take_back_runbook"),
    )  # fmt: skip
    for room, name in once_each:
        made: dict[str, Any] = {}
        original = getattr(room, name)

        def once(*args: Any, made: dict[str, Any] = made, original: Any = original, **given: Any) -> Any:
            if "it" not in made:
                made["it"] = original(*args, **given)
            return made["it"]

        setattr(room, name, once)
    composition.Schedules = functools.partial(Schedules, dead_after=dt.timedelta(seconds=plan["dead_after"]))  # type: ignore[misc]


def rehearse(plan: dict[str, Any]) -> None:
    """Fill what `prepare` keeps, without touching a database or starting a thread."""
    estate = Estate.attach(Path(plan["estate"]))
    own = {"runbooks": (Path(plan["runbooks"]),)} if plan.get("runbooks") else {}
    settings = sample_settings(estate, Path(plan["data"]), **own)
    _, values = estate.connector_settings()
    registry = configured.registry_of(settings, configured.secrets_of(settings, values))
    for operation in house_operations(vault=None, notify=None, back=None):  # type: ignore[arg-type]
        registry.add(operation)
    language.build_brain(configured.runbooks_of(settings, registry).values())
    policies.read_folder(
        shipped("policies"), profile=settings.policy.profile, review=settings.policy.review, in_git=False
    )
    rooms.take_back_runbook()
    shipped_rules()


def lives(plan: dict[str, Any], *, log: Path | None = None) -> int:
    """One after the other, until one comes through; its exit code. `log`: where what they write goes."""
    for life in range(1, plan["lives"] + 1):
        child = os.fork()
        if child == 0:
            try:
                if log is not None:
                    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
                    os.dup2(file, 1)
                    os.dup2(file, 2)
                live(plan)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        Path(plan["folder"], "lives").write_text(str(life))
        if os.WIFEXITED(status):
            return os.WEXITSTATUS(status)
    return DIED


def ready(plan: dict[str, Any]) -> None:
    configure_logging(level="ERROR")
    prepare(plan)
    rehearse(plan)


def main() -> int:
    if len(sys.argv) > 1:
        plan: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())
        ready(plan)
        return lives(plan)
    for number, line in enumerate(sys.stdin):
        plan = json.loads(Path(line.strip()).read_text())
        if not number:
            ready(plan)
        print(lives(plan, log=Path(plan["folder"], "log")), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
