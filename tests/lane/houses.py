"""A house over real servers, for the stories of this lane."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tickless.app.build import House, build
from tickless.app.sample_house import QUICK
from tickless.app.settings import ConnectorUse, PaceSettings, Settings
from tickless.domain.case import Case
from tickless.domain.signal import Sender
from tickless.domain.world import World
from tickless.journal.world import write_world

PATIENCE = 60.0


@contextmanager
def house_over(
    folder: Path,
    *,
    connectors: dict[str, ConnectorUse],
    bindings: dict[str, str],
    secrets: dict[str, str],
    world: World,
    pace: PaceSettings = QUICK,
    runbooks: tuple[Path, ...] = (),
) -> Iterator[House]:
    """A started house with these connectors and records; stopped at the end."""
    settings = Settings(
        data=folder, connectors=connectors, bindings=bindings, default_rung="auto", pace=pace, runbooks=runbooks
    )
    house = build(settings, secret_values=secrets)
    with house.journal.write() as tx:
        write_world(tx, world)
    house.world.renew()
    house.start()
    try:
        yield house
    finally:
        house.stop()


def say(house: House, text: str, *, conversation: str, **sender: Any) -> None:
    """Say something as a person does."""
    who = Sender(channel="web", account="test", conversation=conversation, **sender)
    asyncio.run(house.desk.say(who, text))


def wait_for_case(house: House, what: str, condition: Callable[[Case], bool]) -> Case:
    """The first case for which the condition holds."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with house.journal.read() as tx:
            cases = tx.cases.where()
        found = next((case for case in cases if condition(case)), None)
        if found is not None:
            return found
        time.sleep(0.05)
    raise AssertionError(f"no case came to: {what}; there are {[(c.need, c.state, c.outcome) for c in cases]}")


def questions(house: House, case: str, *, at_least: int) -> list[str]:
    """What was asked in a case, when it has been asked so often."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with house.journal.read() as tx:
            asked = [question.about for question in tx.questions.by(case=case)]
        if len(asked) >= at_least:
            return asked
        time.sleep(0.05)
    raise AssertionError(f"asked only {asked}")
