"""`tickless demo`: the sample company, a house that looks after it, and a working day in about a minute."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

from rich.console import Console

from tickless.app.demo_brain import prepare_brain
from tickless.app.demo_check import Judged, judge
from tickless.app.demo_faults import break_again
from tickless.app.demo_player import Player
from tickless.app.demo_state import DayState
from tickless.app.demo_storm import HOOK, post_alerts
from tickless.app.demo_table import Screen, summary
from tickless.app.sample_house import MONITOR, SampleHouse, open_sample_house
from tickless.app.sample_practices import fill
from tickless.app.serving import alone, announced, local_user, serving
from tickless.app.settings import PaceSettings
from tickless.domain.errors import Conflict, TicklessError
from tickless.domain.person import Person
from tickless.doors.entrance.entrance import link_path
from tickless.flow.desk.promise import Numbers
from tickless.journal.access import Role, User
from tickless.sample.company import make_company
from tickless.sample.day import make_day
from tickless.sample.day_events import Day
from tickless.sample.estate.control import Estate

SEED = 7
HOST = "127.0.0.1"
PACE = PaceSettings(answer=25.0, approval=60.0, first_look=20.0, gather=3.0)
"""People of the sample company answer at once, or not at all."""


@dataclass(frozen=True)
class _Stage:
    """Everything that stands ready when the day begins."""

    day: Day
    sample: SampleHouse
    state: DayState
    url: str
    monitor_token: str
    admin: User
    employee: User
    manager: User


def play_demo(
    *, once: bool, report: Path | None, port: int, folder: Path = Path("build/demo"), console: Console
) -> int:
    """Play the day; returns the exit status: 0 only if everything came about as scripted and nothing else was touched.

    `once`, or standard input that is no terminal: end after the summary; else go on serving until Ctrl-C. `report`: also
    write the numbers there, as JSON. A day that was cut off in `folder` goes on where it was; after a finished one a new
    one begins.
    """
    try:
        with stopped_by_terminate(), ExitStack() as stack:
            if not folder.exists():
                need_port(port)  # nothing is made where nothing can be served
            stack.enter_context(alone(folder))
            need_port(port)
            prepare_brain(console)
            stage = _set_up(stack, folder, port, console)
            _say_where(stage, console)
            status = _play(stage, report, console)
            if not once and sys.stdin.isatty():
                _go_on(stage, console)
    except KeyboardInterrupt:
        console.print("stopped; `tickless demo` goes on with this day")
        return 130
    except TicklessError as error:
        console.print(f"[red]{error.public}[/]" + (f": {error.mend}" if error.mend else ""), soft_wrap=True)
        return 1
    return status


@contextmanager
def stopped_by_terminate() -> Iterator[None]:
    """A polite SIGTERM ends the demo as Ctrl-C does: every process of the company is closed with it."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def need_port(port: int) -> None:
    """Say that the port is taken before anything is started. Raises `Conflict`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            mend = "end what uses it, or give another one: tickless demo --port 8481"
            raise Conflict(f"port {port} on {HOST} is in use", mend=mend) from error


def _set_up(stack: ExitStack, folder: Path, port: int, console: Console) -> _Stage:
    state = DayState.open(folder, seed=SEED)
    company = make_company(SEED)
    day = make_day(company, SEED)
    if state.resumed:
        console.print(f"a day was cut off here: going on, {len(state.done)} of {len(day.events)} events are done")
    with console.status("the company opens …"):
        estate = stack.enter_context(Estate.start(company, folder / "estate", resume=state.resumed))
    with console.status("the house is put together …"):
        sample = open_sample_house(estate, company, folder / "data", pace=PACE, port=port)
        if state.resumed:
            break_again(day, sample, state)
        else:
            fill(sample.house)
        sample.house.start()
        stack.callback(sample.house.stop)
        url = stack.enter_context(serving(sample.house, host=HOST, port=port))
        stack.enter_context(announced(sample.house, url))
    admin = local_user(sample.house)
    token = sample.house.entrance.create_token(MONITOR, user=admin, scopes=["signals:write"], source=MONITOR).token
    estate.point_monitor(url + HOOK, token, telemetry="/v1/metrics")
    spare = company.person(day.spare[0])
    employee = _account(sample, spare, ["employee"])
    manager = _account(sample, company.person(spare.manager or ""), ["employee", "approver"])
    _account(sample, company.person(day.spare[1]), ["employee"])
    _account(sample, company.person(day.spare[2]), ["operator"])
    return _Stage(day, sample, state, url, token, admin, employee, manager)


def _account(sample: SampleHouse, person: Person, roles: list[Role]) -> User:
    """The account of a person; made when it isn't there."""
    with sample.house.journal.read() as tx:
        known = tx.access.user_by_login(person.username)
    return known or sample.house.entrance.create_user(person.username, roles=roles, person=person.id)


def _say_where(stage: _Stage, console: Console) -> None:
    entrance = stage.sample.house.entrance
    for whom, user in (("the console", stage.admin), ("the chat, as an employee", stage.employee),
                       ("approvals, as their manager", stage.manager)):  # fmt: skip
        console.print(f"{whom + ' (' + user.login + ')':<52} {stage.url}{link_path(entrance.make_link(user))}",
                      soft_wrap=True, highlight=False)  # fmt: skip
    console.print("Each link signs in once.", style="dim")


def _play(stage: _Stage, report: Path | None, console: Console) -> int:
    screen = Screen(console, len(stage.day.events) - len(stage.state.done))
    screen.header = f"A day at {stage.sample.company.name} · {stage.url}"
    post = partial(post_alerts, stage.url, stage.monitor_token)
    with screen.showing():
        asyncio.run(Player(stage.day, stage.sample, stage.state, screen, post=post).play())
    judged = judge(stage.day, stage.sample.house.journal, stage.sample.estate, stage.state)
    numbers = stage.sample.house.desk.numbers()
    stage.state.finished = True
    stage.state.save()
    console.print(summary(numbers, expected=judged.expected, met=judged.met, wrong_target=judged.wrong_target))
    for problem in (*judged.unmet, *(f"wrong target: {one}" for one in judged.wrong)):
        console.print(f"[red]not as scripted[/] {problem}", soft_wrap=True)
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(json.dumps(_report(numbers, judged), indent=2) + "\n", encoding="utf-8")
    return 0 if judged.met == judged.expected and judged.wrong_target == 0 else 1


def _report(numbers: Numbers, judged: Judged) -> dict[str, object]:
    return {
        "cases": numbers.cases,
        "doors": numbers.doors,
        "outcomes": numbers.outcomes,
        "expected": judged.expected,
        "met": judged.met,
        "wrong_target": judged.wrong_target,
        "seconds_to_verified": numbers.seconds_to_verified,
        "minutes_saved": numbers.minutes_saved,
        "unmet": list(judged.unmet),
    }


def _go_on(stage: _Stage, console: Console) -> None:
    """The company stays open, with its monitor, until Ctrl-C; the employee finds something to ask for."""
    stage.sample.estate.fault("lock", stage.employee.login)
    folder = stage.sample.estate.blueprint.folder
    console.print(
        f"\nThe company stays open at {stage.url}. {stage.employee.login} is locked out: tell it to the chat."
    )
    python = os.path.relpath(sys.executable)
    console.print(f"Break something:  {python} -m tickless.sample --dir {folder} fault kill till-hub", soft_wrap=True)
    console.print("Ctrl-C ends it.")
    _say_where(stage, console)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print("closed")
