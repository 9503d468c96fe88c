"""`tickless demo --year` and `--days N`: the sample company in accelerated time, and a look around in the house afterwards."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from tickless.app.accelerated.chronicle import Chronicle
from tickless.app.accelerated.own_runbooks import with_own
from tickless.app.accelerated.player import Player
from tickless.app.accelerated.scene import DATA, ESTATE, QUIET_MONITOR, RUNBOOKS, Scene, open_scene
from tickless.app.build import build
from tickless.app.demo import HOST, SEED, need_port, stopped_by_terminate
from tickless.app.demo_brain import prepare_brain
from tickless.app.runbook_tests import put_in
from tickless.app.serving import alone, announced, local_user, serving
from tickless.app.settings import Settings
from tickless.app.year_check import year_checks
from tickless.app.year_practices import YearPractices
from tickless.domain.errors import TicklessError
from tickless.doors.entrance.entrance import link_path
from tickless.flow.desk.promise import Check
from tickless.kit.clock import Clock, ContinuedClock
from tickless.sample.company import make_company
from tickless.sample.estate.control import Estate
from tickless.sample.year import make_year
from tickless.sample.year_events import Year

YEAR_DAYS = 365
PARTS = (DATA, RUNBOOKS, ESTATE)
WORTH_A_LOOK = ("/", "/autonomy", "/maturity", "/value", "/guard", "/opportunities", "/changes", "/major")


@dataclass(frozen=True)
class Ended:
    """What stands when the last day is over."""

    chronicle: Chronicle
    checks: list[Check]
    """What the house says of itself."""
    held: list[Check]
    """What must have come of so many days."""
    failed: list[tuple[str, str]]
    clock: Clock


def play_year(
    *, days: int, runbooks: Sequence[Path], once: bool, report: Path | None, port: int, folder: Path, console: Console
) -> int:
    """Play so many days in `folder`, which is emptied first; returns the exit status: 0 only if the house is well at the end.

    `runbooks`: files that take part from the first day. `once`, or standard input that is no terminal: end after the table;
    else serve that house until Ctrl-C. `report`: also write the months there, as JSON.
    """
    try:
        with stopped_by_terminate(), ExitStack() as stack:
            need_port(port)
            stack.enter_context(alone(folder))
            prepare_brain(console)
            return _play(stack, days, runbooks, once=once, report=report, port=port, folder=folder, console=console)
    except KeyboardInterrupt:
        console.print("stopped")
        return 130
    except TicklessError as error:
        console.print(f"[red]{error.public}[/]" + (f": {error.mend}" if error.mend else ""), soft_wrap=True)
        return 1


def _play(
    stack: ExitStack, days: int, runbooks: Sequence[Path], *, once: bool, report: Path | None, port: int, folder: Path,
    console: Console,
) -> int:  # fmt: skip
    names = _empty(folder, runbooks)
    company = make_company(SEED)
    with console.status("the company opens …"):
        estate = stack.enter_context(Estate.start(company, folder / ESTATE, interval=QUIET_MONITOR))
    year = make_year(company, SEED, days=days)
    with open_scene(estate, company, folder, begins=year.begins) as scene:
        own = [scene.house.rooms.runbooks[name] for name in names]
        console.print(f"{days} days at {company.name}, as quick as they come: a line for each month follows.")
        ended = live(scene, with_own(year, own, company, estate.blueprint), folder, console)
        console.print(ended.chronicle.table())
        wrong = _tell(ended, console)
        if report is not None:
            _write(report, days, ended)
        settings = scene.house.settings
    if not once and sys.stdin.isatty():
        _serve(stack, estate, settings, clock=ended.clock, port=port, console=console)
    return 1 if wrong else 0


def _write(report: Path, days: int, ended: Ended) -> None:
    told = {
        "days": days,
        "months": ended.chronicle.as_json(),
        "checks": [asdict(one) for one in ended.checks],
        "held": [asdict(one) for one in ended.held],
        "not_done": [list(one) for one in ended.failed],
    }
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _serve(stack: ExitStack, estate: Estate, settings: Settings, *, clock: Clock, port: int, console: Console) -> None:
    """The same house on the durable engine, until Ctrl-C; its time goes on from where the year ended."""
    _, secret_values = estate.connector_settings()
    house = build(settings, clock=ContinuedClock(clock.now()), secret_values=secret_values)
    house.start()
    stack.callback(house.stop)
    url = stack.enter_context(serving(house, host=HOST, port=port))
    stack.enter_context(announced(house, url))
    link = link_path(house.entrance.make_link(local_user(house)))
    console.print(f"\nThe house stays open. Sign in once: {url}{link}", soft_wrap=True, highlight=False)
    console.print(f"Look at {' '.join(WORTH_A_LOOK)}. Ctrl-C ends it.", highlight=False)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print("closed")


def live(scene: Scene, year: Year, folder: Path, console: Console, *, quiet: bool = False) -> Ended:
    """Play the year in that scene, with everything that people do in the console beside."""
    practices = YearPractices(scene.house, scene.company, year, folder / RUNBOOKS)
    with console.status("the first day …") as status:
        chronicle = Chronicle(scene, console, quiet=quiet, progress=status.update)
        Player(scene, year, deeds=lambda deed: scene.do(practices.do(deed)), day_over=chronicle.day_over).play()
    return Ended(chronicle, scene.house.desk.doctor(), year_checks(scene.house, year), practices.failed, scene.clock)


def _empty(folder: Path, runbooks: Sequence[Path]) -> list[str]:
    """Room for a new year, with these runbooks in it; their ids. Raises `BadInput`."""
    for part in PARTS:
        shutil.rmtree(folder / part, ignore_errors=True)
    names = put_in(folder / RUNBOOKS, runbooks)
    (folder / RUNBOOKS).mkdir(parents=True, exist_ok=True)
    return names


def _tell(ended: Ended, console: Console) -> int:
    """Say what is not well; returns how much."""
    wrong = [one for one in ended.checks if not one.ok]
    for one in wrong:
        console.print(f"[red]not well[/] {one.check}: {escape(one.detail)}", soft_wrap=True)
    for one in ended.held:
        mark = "[green]held[/]    " if one.ok else "[red]not held[/]"
        console.print(f"{mark} {one.check}: {escape(one.detail)}", soft_wrap=True, highlight=False)
    for deed, why in ended.failed:
        console.print(f"[red]not done[/] {deed}: {escape(why)}", soft_wrap=True)
    return len(wrong) + sum(not one.ok for one in ended.held) + len(ended.failed)
