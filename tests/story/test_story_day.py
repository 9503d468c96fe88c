"""The day that the demo plays: what stands in its script, and that playing it is held against script and estate."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any, get_args

import pytest
from rich.console import Console
from tests.story.stage import Stage

from tickless.app.demo import PACE, play_demo
from tickless.app.demo_check import judge
from tickless.app.demo_player import Player
from tickless.app.demo_state import DayState, wall
from tickless.app.demo_storm import post_alerts
from tickless.app.demo_table import Screen
from tickless.sample.company import Company
from tickless.sample.day import make_day
from tickless.sample.day_events import Day, Event, Expect
from tickless.sample.estate.control import GroundFault, OfficeFault

SHORT = ("unlock-1", "password-1", "access-8", "colleague", "chat-1", "kill-till-hub", "withdrawn", "not-solved")


def test_the_same_seed_is_the_same_day(company: Company) -> None:
    assert make_day(company, 7) == make_day(company, 7)
    assert make_day(company, 7) != make_day(company, 8)


@pytest.mark.parametrize("seed", range(1, 6))
def test_every_day_is_whole_whatever_its_seed(company: Company, seed: int) -> None:
    day = make_day(company, seed)
    assert len({event.id for event in day.events}) == len(day.events) >= 70
    cases = [expect for event in day.events for expect in event.expects if expect.need and not expect.joins]
    assert len(cases) >= 60
    assert all(event.expects for event in day.events)
    doors = Counter(event.door for event in day.events)
    assert doors["human"] >= 50
    assert doors["machine"] >= 15
    known = {*get_args(GroundFault), *get_args(OfficeFault)}
    assert all(fault.kind in known for event in day.events for fault in event.faults)
    assert all(day.event(event.after).at < event.at for event in day.events if event.after)
    assert list(day.events) == sorted(day.events, key=lambda event: (event.at, event.id))


def test_nobody_plays_two_parts_and_spare_people_none(company: Company) -> None:
    day = make_day(company)
    writers = [event.who for event in day.events if event.door == "human"]
    assert len(set(writers)) == len(writers)
    assert not set(day.spare) & set(writers)
    approvers = {reply.by for event in day.events for reply in event.replies if reply.kind in {"approve", "deny"}}
    assert all(approvers)
    assert not approvers & set(writers)


def test_a_day_that_was_cut_off_goes_on_and_a_finished_one_begins_anew(tmp_path: Path) -> None:
    state = DayState.open(tmp_path, seed=7)
    assert not state.resumed
    (tmp_path / "estate").mkdir()
    (tmp_path / "estate" / "blueprint.json").touch()
    state.start("unlock-1", offset=3.5)
    state.end("unlock-1")
    again = DayState.open(tmp_path, seed=7)
    assert (again.resumed, again.done, again.offset) == (True, ["unlock-1"], 3.5)
    again.finished = True
    again.save()
    fresh = DayState.open(tmp_path, seed=7)
    assert (fresh.resumed, fresh.done, fresh.offset) == (False, [], 0.0)
    assert not (tmp_path / "estate").exists()


@pytest.mark.parametrize("spoilt", ["", "{", '{"seed": "x"}', '{"surprise": 1}', "[]"])
def test_a_spoilt_memory_is_a_new_day(tmp_path: Path, spoilt: str) -> None:
    (tmp_path / "day.json").write_text(spoilt)
    assert not DayState.open(tmp_path, seed=7).resumed


def test_the_clock_on_the_wall_runs_from_eight_to_six() -> None:
    assert [wall(second, 60.0) for second in (-1.0, 0.0, 30.0, 60.0, 99.0)] == [
        "08:00",
        "08:00",
        "13:00",
        "18:00",
        "18:00",
    ]


def test_a_port_in_use_is_one_clear_line_and_nothing_is_started(tmp_path: Path) -> None:
    shown = StringIO()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status = play_demo(once=True, report=None, port=port, folder=tmp_path / "demo", console=Console(file=shown))
    assert status == 1
    assert len(shown.getvalue().splitlines()) == 1
    assert f"port {port} on 127.0.0.1 is in use" in shown.getvalue()
    assert not (tmp_path / "demo").exists()


@pytest.fixture(scope="module")
def played(make_stage: Callable[..., Any], company: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A few events of the day, played at once in a real house."""
    whole = make_day(company)
    day = replace(whole, events=tuple(replace(event, at=0.0) for event in whole.events if event.id in SHORT))
    state = DayState.open(tmp_path_factory.mktemp("day"), seed=7)
    with make_stage(pace=PACE) as stage:
        shown = StringIO()
        screen = Screen(Console(file=shown, width=120), len(day.events))
        player = Player(day, stage.sample, state, screen, post=partial(post_alerts, stage.url, stage.token))
        asyncio.run(player.play())
        yield stage, day, state, shown.getvalue().splitlines()


def _judge(played: Any, day: Day) -> Any:
    stage, _, state, _ = played
    return judge(day, stage.house.journal, stage.estate, state)


def test_a_day_that_went_as_scripted_is_met_to_the_last_expectation(
    played: tuple[Stage, Day, DayState, list[str]],
) -> None:
    _, day, state, lines = played
    judged = _judge(played, day)
    assert judged.unmet == ()
    assert (judged.expected, judged.met, judged.wrong) == (len(SHORT), len(SHORT), ())
    assert set(state.done) == set(SHORT)
    assert len(lines) == len(SHORT)


def _spoilt(day: Day, identity: str, change: Callable[[Expect], Expect]) -> Day:
    def spoil(event: Event) -> Event:
        return replace(event, expects=(change(event.expects[0]),)) if event.id == identity else event

    return replace(day, events=tuple(spoil(event) for event in day.events))


@pytest.mark.parametrize(
    ("identity", "change", "said"),
    [
        ("unlock-1", lambda e: replace(e, outcomes=("handed_off",)), "is verified, not handed_off"),
        ("unlock-1", lambda e: replace(e, need="vpn_trouble"), "no case with the need vpn_trouble"),
        ("unlock-1", lambda e: replace(e, regressions=1), "came back 0 times, not 1"),
        ("unlock-1", lambda e: replace(e, facts=(replace(e.facts[0], value=True),)), "locked is False"),
        (
            "unlock-1",
            lambda e: replace(e, effects=(replace(e.effects[0], target="nobody"),)),
            "not in the estate's record",
        ),
        ("unlock-1", lambda e: replace(e, signs_in=True), "nobody signed in"),
        ("access-8", lambda e: replace(e, need=None), "opened 1 cases, not 0"),
        ("kill-till-hub", lambda e: replace(e, facts=(replace(e.facts[0], value=503),)), "status is 200"),
    ],
)
def test_what_is_not_as_scripted_is_said(
    played: Any, identity: str, change: Callable[[Expect], Expect], said: str
) -> None:
    judged = _judge(played, _spoilt(played[1], identity, change))
    assert judged.met == judged.expected - 1
    assert judged.unmet[0].startswith(f"{identity}: ")
    assert said in judged.unmet[0]


def test_an_effect_that_nobody_expected_is_a_wrong_target(played: Any) -> None:
    stage, day, _, _ = played
    fewer = replace(day, events=tuple(event for event in day.events if event.id != "kill-till-hub"))
    judged = _judge(played, fewer)
    assert (judged.met, judged.wrong_target) == (judged.expected, 1)
    assert "process.start on till-hub" in judged.wrong[0]
    assert stage.effects("process.start") == ["till-hub"]
