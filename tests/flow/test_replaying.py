"""A person's message that could not be taken in is heard after an upgrade; what came from outside is never taken for one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.still_house import HERE, NOW, StillHouse

from tickless.app.build import build
from tickless.app.settings import ConnectorUse, Settings
from tickless.domain.errors import NotFound
from tickless.domain.record import Untrusted
from tickless.domain.signal import Payload, Sender, Signal
from tickless.journal.signal_log import OUR_DEFECT
from tickless.kit.clock import ManualClock

SAID = Signal(id="sig_1", source="web", kind="message", event_key="said-1", fingerprint="f", occurred_at=NOW, received_at=NOW,
              title=Untrusted("my screen is black"), body=Untrusted("my screen is black"),
              sender=Sender(channel="web", account="ada", conversation=HERE, person="p1", assurance="signed_in"))  # fmt: skip


@pytest.fixture
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StillHouse]:
    made = StillHouse.open(tmp_path_factory.mktemp("still"))
    asyncio.run(made.rooms.sense.store([SAID], None))
    yield made
    made.house.journal.close()


def put_aside(still: StillHouse, *, mend: str) -> str:
    payload = Payload(source=SAID.source, received_at=NOW, body=SAID.model_dump_json().encode())
    return still.house.journal.signals.put_aside(payload, reason="it could not be taken in (KeyError)", mend=mend)


def heard(still: StillHouse) -> list[Signal]:
    return [one.signal for one in still.house.journal.signals.after(0, 10)]


def test_it_goes_into_the_log_again_once_under_a_key_of_its_own(still: StillHouse) -> None:
    aside = put_aside(still, mend=OUR_DEFECT)
    for _ in range(2):
        got = asyncio.run(still.house.desk.replay(aside, by="op"))
        assert (got.received, got.quarantined) == (1, None)
    first, again = heard(still)
    assert again.id != first.id
    assert (again.body, again.sender) == (SAID.body, SAID.sender)
    assert [one.replayed_at is not None for one in still.house.journal.signals.quarantined()] == [True]


def test_what_could_not_be_read_is_read_by_its_connector_whatever_it_looks_like(still: StillHouse) -> None:
    with pytest.raises(NotFound):
        asyncio.run(still.house.desk.replay(put_aside(still, mend="compare it with the README"), by="op"))
    assert heard(still) == [SAID]


def test_what_still_cannot_be_read_waits_on_once_with_todays_reason(tmp_path: Path) -> None:
    (tmp_path / "runbooks").mkdir()
    told = Settings(
        data=tmp_path / "data",
        runbooks=(tmp_path / "runbooks",),
        connectors={"monitor": ConnectorUse(use="alertmanager")},
    )
    house = build(told, role="door", clock=ManualClock(NOW), secret_values={})
    try:
        payload = Payload(source="monitor", received_at=NOW, content_type="application/json", body=b'{"alerts": 1}')
        aside = house.journal.signals.put_aside(payload, reason="as it was", mend="as it was")
        for _ in range(3):
            assert asyncio.run(house.desk.replay(aside, by="op")).quarantined == aside
        (only,) = house.journal.signals.quarantined()
        assert (only.id, only.replayed_at) == (aside, None)
        assert only.reason != "as it was"
    finally:
        house.stop()
