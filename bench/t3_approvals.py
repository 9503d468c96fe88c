"""T3: histories of approvals, generated, over every door and path, in a real house."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

from bench.approval_form import Door, Event, History, Wanted, Who, read_histories
from bench.approval_oracle import Wrong
from bench.approval_play import Play, Played, open_hall
from bench.report import Bench, CannotRun, Outcome, Task

HISTORIES = 10_000
SEED = 20_260_302
EVERYBODY: tuple[Who, ...] = get_args(Who)
DOORS: tuple[Door, ...] = get_args(Door)
WANTED: tuple[Wanted, ...] = get_args(Wanted)
RIGHT: dict[Wanted, tuple[Who, ...]] = {
    "manager": ("mia",), "app_owner": ("olga",), "manager_and_owner": ("mia", "olga"), "two_of_group": ("gus", "gia"),
    "two_approvers": ("gus", "otto"), "halfway_manager": ("mia",), "halfway_two": ("gus", "gia"),
}  # fmt: skip
"""Whose yes is enough when Ana or Bob asks for herself."""


def generated(count: int, *, seed: int = SEED) -> Iterator[History]:
    """The same histories for the same seed: one in five honest, the others whatever may happen, most of it to no good."""
    chance = random.Random(seed)
    for index in range(count):
        yield _honest(chance, index) if index % 5 == 0 else _crooked(chance, index)


def _honest(chance: random.Random, index: int) -> History:
    wants = chance.choice(WANTED)
    events = [Event(decide=True)]
    for who in RIGHT[wants]:
        if chance.random() < 0.2:
            events.append(Event(wait=chance.uniform(0.1, 10.0)))
        stands_in = chance.random() < 0.15
        if stands_in:
            events.append(Event(who=who, delegate="dan"))
        by = "dan" if stands_in and wants != "manager_and_owner" and len(RIGHT[wants]) == 1 else who
        door: Door = chance.choice(("api", "console", "chat", "letter"))
        events += [Event(answer=by, door=door, of=one) for one in _of(wants, who)]
    events.append(Event(decide=True))
    return History(id=f"honest-{index}", requester=chance.choice(("ana", "bob")), wants=wants, honest=True,
                   events=tuple(events))  # fmt: skip


def _of(wants: Wanted, who: str) -> tuple[int, ...]:
    """Which request is this one's: of two that are asked at once, the manager's comes first."""
    return (0 if who == "mia" else 1,) if wants == "manager_and_owner" else (-1,)


def _crooked(chance: random.Random, index: int) -> History:
    requester: Who = chance.choice(("ana", "ana", "ana-admin", "bob", "mia", "gil", "olga", "gus", "max"))
    beneficiary: Who | None = chance.choice((None, None, "ana", "bob", "gil", "mia"))
    typed: Who | None = chance.choice((None, None, None, "desk", "mia", "olga"))
    wants = chance.choice(WANTED)
    events = [Event(decide=True)]
    for _ in range(chance.randint(3, 8)):
        events.append(_any(chance, requester, wants))
        if chance.random() < 0.25:
            events.append(Event(decide=True))
    events.append(Event(decide=True))
    return History(id=f"crooked-{index}", requester=requester, beneficiary=beneficiary, typed_by=typed, wants=wants,
                   events=tuple(events))  # fmt: skip


def _any(chance: random.Random, requester: Who, wants: Wanted) -> Event:
    """Mostly answers, and mostly by people near the case."""
    near: tuple[Who, ...] = (*RIGHT[wants], *RIGHT[wants], requester, "ana-admin", "gil-alt", "mia-admin", "dan")
    who = chance.choice(near) if chance.random() < 0.8 else chance.choice(EVERYBODY)
    kind = chance.choices(
        ("answer", "wait", "change", "become", "delegate", "key", "leaves", "back", "reopen"),
        (55, 8, 8, 8, 9, 7, 2, 1, 2),
    )[0]
    said: dict[str, dict[str, Any]] = {
        "answer": {"answer": who, "door": chance.choice(DOORS), "approve": chance.random() < 0.95,
                   "of": chance.choice((-1, -1, -1, 0, -2)), "again": chance.random() < 0.3},
        "wait": {"wait": chance.choice((1.0, 20.0, 37.0, 70.0, 73.0))},
        "change": {"change": chance.choice(("inputs", "revision"))},
        "become": {"become": chance.choice(("requester", "speaker", "beneficiary")), "who": who},
        "delegate": {"who": chance.choice(near), "delegate": chance.choice(("dan", "eve", requester, "ana-admin")),
                     "by": chance.choice(("root", requester, "ana", who))},
        "key": {"key": chance.choice(("token", "password", "link")), "who": chance.choice(RIGHT[wants]),
                "by": chance.choice((requester, "root", "ana"))},
        "leaves": {"leaves": who}, "back": {"back": who}, "reopen": {"reopen": True},
    }  # fmt: skip
    return Event(**said[kind])


def run(task: Task) -> Outcome:
    """Play all; ours, or those that came by `--data`."""
    histories = read_histories(task.data) if task.data is not None else tuple(generated(HISTORIES))
    if task.only:
        histories = tuple(one for one in histories if one.id.startswith(tuple(task.only)))
    if not histories:
        raise CannotRun("there is no history of approvals in that folder: a YAML list of entries with `events`")
    played: list[tuple[History, Played]] = []
    with open_hall() as hall:
        for index, history in enumerate(histories):
            played.append((history, Play(hall, history).run()))
            if task.verbose or (index and index % 500 == 0):
                task.say(f"{index + 1} of {len(histories)}: {history.id}: {played[-1][1]}")
    return _outcome(task, played)


def _outcome(task: Task, played: list[tuple[History, Played]]) -> Outcome:
    wrong: Counter[Wrong] = Counter()
    for _, one in played:
        wrong.update(one.wrong)
    honest = [one for history, one in played if history.honest]
    figures: dict[str, float] = {kind: float(wrong[kind]) for kind in get_args(Wrong)}
    figures |= {
        "histories": float(len(played)),
        "honest_done_share": sum(one.effects > 0 for one in honest) / len(honest) if honest else 1.0,
        "answers": float(sum(one.answers for _, one in played)),
        "effects": float(sum(one.effects for _, one in played)),
    }
    failed = {one.id: dict(one.wrong) for _, one in played if one.wrong}
    left = [one.id for history, one in played if history.honest and not one.effects]
    came = "came by --data" if task.data is not None else f"generated by one rule with the seed {SEED}"
    return Outcome(
        figures, exposure=f"{came}; the oracle was written beside the product and uses none of its rules",
        data={"histories": len(played), "honest": len(honest)}, details={"wrong": failed, "honest_not_done": left[:100]},
    )  # fmt: skip


BENCH = Bench(
    id="T3",
    title="approvals: histories over every door and path",
    bar={
        "self_approval_max": 0, "expired_max": 0, "replayed_max": 0, "changed_plan_max": 0, "not_asked_max": 0,
        "too_few_max": 0, "honest_done_share_min": 1.0,
    },
    run=run,
    takes_data=True,
    about=(
        "Each history is a request in a real house, and what people do with it over the console, the API, chat, a letter's "
        "link and the service desk: second and service accounts, delegations and chains of them, keys made for others, "
        "plans that change, people who become requesters after they said yes, time, reopening, one link twice; some of the "
        "procedures ask on their way. Counted are answers taken and effects that began without what they take. "
        "`honest_done_share`: honest requests that were done all the same, so that a house that refuses everything would fail."
    ),
)  # fmt: skip
