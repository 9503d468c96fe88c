"""Services that do not answer because of one thing that they need are one case, whatever is told first."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.still_house import NOW

from tickless.app.build import House, build
from tickless.app.settings import ConnectorUse, Settings
from tickless.domain.case import Case
from tickless.domain.service import Dependency, Service
from tickless.domain.signal import Payload
from tickless.domain.world import World
from tickless.journal.world import write_world
from tickless.kit.clock import ManualClock

TOLD = {"shop": "BlackboxProbeFailed", "checkout": "BlackboxProbeFailed", "edge": "TargetDown"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = Settings(data=tmp_path / "data", connectors={"prom": ConnectorUse(use="alertmanager")})
    made = build(settings, role="door", clock=ManualClock(NOW), secret_values={})
    made.engine.prepare()
    needs = [("shop", "edge"), ("checkout", "edge"), ("mail", "disk")]
    names = {name for pair in needs for name in pair}
    with made.journal.write() as tx:
        write_world(
            tx,
            World.of(
                services=[Service(id=name, name=name.title()) for name in sorted(names)],
                dependencies=[Dependency(service=a, needs=b, source="drawn", last_seen=NOW) for a, b in needs],
            ),
        )
    made.world.renew()
    yield made
    made.stop()


def tell(house: House, *services: str) -> None:
    """These do not answer, as a monitor posts it; taken in at once."""
    alerts = [
        {
            "status": "firing",
            "labels": {"alertname": TOLD.get(one, "BlackboxProbeFailed"), "service": one, "severity": "critical"},
            "annotations": {"summary": f"{one} does not answer"}, "startsAt": NOW.isoformat(),
            "endsAt": "0001-01-01T00:00:00Z", "fingerprint": f"fp-{one}",
        }
        for one in services
    ]  # fmt: skip
    body = {
        "version": "4", "status": "firing", "receiver": "t", "groupKey": "{}", "groupLabels": {}, "commonLabels": {},
        "commonAnnotations": {}, "externalURL": "http://127.0.0.1", "alerts": alerts,
    }  # fmt: skip
    payload = Payload(source="prom", received_at=NOW + dt.timedelta(seconds=1), body=json.dumps(body).encode())
    asyncio.run(house.desk.receive(payload))
    while house.intake.run_once():
        pass


def live(house: House) -> list[Case]:
    with house.journal.read() as tx:
        return [one for one in tx.cases.where() if one.state != "merged"]


@pytest.mark.parametrize("order", list(itertools.permutations(TOLD)), ids="-".join)
@pytest.mark.parametrize("together", [True, False], ids=["at-once", "one-by-one"])
def test_one_case_about_the_cause(house: House, order: tuple[str, ...], together: bool) -> None:
    for some in [order] if together else [(one,) for one in order]:
        tell(house, *some)
    (case,) = live(house)
    assert (case.service, case.need) == ("edge", "service_down")
    with house.journal.read() as tx:
        inside = {one.service for one in tx.alerts.of_case(case.id)}
        held = {one.service for one in tx.holds.opened_by(case.id)}
        assert inside | held == set(TOLD), "in the case, or held back because of it"
        assert not inside & held
        assert tx.grouping_lessons.where() == [], "only people teach"
    assert all(one.text for one in case.evidence)


def test_what_has_nothing_to_do_with_it_stays_apart(house: House) -> None:
    tell(house, "mail", "shop", "checkout", "edge")
    assert sorted(one.service or "" for one in live(house)) == ["edge", "mail"]


def test_nothing_is_taken_from_a_case_that_is_worked_on(house: House) -> None:
    tell(house, "shop", "checkout")
    with house.journal.write() as tx:
        for case in tx.cases.where():
            tx.cases.put(case.model_copy(update={"state": "acting"}))
    tell(house, "edge")
    assert len(live(house)) == 3
