"""A house over real servers, for the stories of this lane."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.waiting import until

from tickless.app.build import House, build
from tickless.app.sample_house import QUICK
from tickless.app.settings import ConnectorUse, PaceSettings, Settings
from tickless.domain.case import Case
from tickless.domain.signal import Sender
from tickless.domain.world import World
from tickless.journal.world import write_world


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

    def cases() -> list[Case]:
        with house.journal.read() as tx:
            return tx.cases.where()

    def told() -> str:
        return f"no case came to: {what}; there are {[(one.need, one.state, one.outcome) for one in cases()]}"

    found = until(lambda: next((case for case in cases() if condition(case)), None), told)
    assert found is not None
    return found


def questions(house: House, case: str, *, at_least: int) -> list[str]:
    """What was asked in a case, when it has been asked so often."""

    def asked() -> list[str]:
        with house.journal.read() as tx:
            return [question.about for question in tx.questions.by(case=case)]

    until(lambda: len(asked()) >= at_least, lambda: f"asked only {asked()}")
    return asked()
