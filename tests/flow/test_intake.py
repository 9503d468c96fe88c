"""The intake takes in whatever was stored: no words of a sender stop it, put it to sleep, or get lost in it."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.journal.databases import BOTH, empty

from tickless.app.build import House, build
from tickless.app.settings import ConnectorUse, Settings
from tickless.domain.signal import Payload, Sender
from tickless.flow.intake import CONSUMER

HOSTILE = st.text(max_size=20) | st.sampled_from([
    "a\x00b", "x" * 5_000, "'; DROP TABLE cases; --", "${{ inputs }}", "{{ 7*7 }}", "<script>", "\u202e\ufeff", "service:shop",
    "label:x", "../../etc/passwd", "%s %d {0}", "ServiceDown", "NodeFilesystemSpaceFillingUp",
])  # fmt: skip
LABELS = st.dictionaries(
    st.sampled_from(["alertname", "service", "host", "instance", "path", "certificate", "person", "severity", "job"])
    | HOSTILE.map(lambda text: text[:40] or "x"),
    HOSTILE, min_size=1, max_size=6,
)  # fmt: skip


@pytest.fixture(scope="module", params=BOTH)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A door with an intake that is turned by hand, no runbooks, and a monitor."""
    folder: Path = tmp_path_factory.mktemp("intake")
    (folder / "runbooks").mkdir()
    with empty(request.param, folder / "db", request) as urls:
        database = urls.main if request.param == "postgres" else None
        made = build(
            Settings(data=folder / "data", database=database, runbooks=(folder / "runbooks",),
                     connectors={"monitor": ConnectorUse(use="alertmanager")}),
            role="door",
        )  # fmt: skip
        made.engine.prepare()
        yield made
        made.engine.stop()
        made.journal.close()


def turn(house: House) -> None:
    """Take in all that stands in the log."""
    while house.intake.run_once():
        pass
    with house.journal.read() as tx:
        assert tx.coordination.cursor(CONSUMER) == house.journal.signals.head()


def alert(labels: dict[str, str], **given: Any) -> Payload:
    body = json.dumps({"version": "4", "alerts": [{"labels": labels, "status": "firing", **given}]}).encode()
    return Payload(source="monitor", received_at=dt.datetime.now(dt.UTC), body=body)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(labels=LABELS, words=HOSTILE, fingerprint=HOSTILE)
def test_hostile_alerts_become_cases(house: House, labels: dict[str, str], words: str, fingerprint: str) -> None:
    got = asyncio.run(
        house.desk.receive(alert(labels, annotations={"summary": words, "description": words}, fingerprint=fingerprint))
    )
    assert got.received == 1
    turn(house)
    if got.new:
        (newest,) = house.journal.signals.newest(limit=1)
        with house.journal.read() as tx:
            known = tx.alerts.get(newest.signal.fingerprint, "monitor")
            assert known is not None
            assert known.case is not None
            assert newest.signal.id in {one.signal for one in tx.alerts.joined(known.case)}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    words=(HOSTILE | st.just("half a sign \ud83d")).filter(lambda text: text.strip("\0 ").strip()),
    conversation=HOSTILE,
    account=HOSTILE,
)
def test_hostile_messages_get_an_answer_or_a_case(house: House, words: str, conversation: str, account: str) -> None:
    sender = Sender(channel="web", account=account, conversation=conversation)
    before = _lines(house, conversation)
    asyncio.run(house.desk.say(sender, words))
    turn(house)
    assert _lines(house, conversation) > before


def _lines(house: House, conversation: str) -> int:
    with house.journal.read() as tx:
        return len(tx.conversation(conversation, limit=10_000))


def test_nothing_of_all_this_was_put_aside_or_stuck(house: House) -> None:
    turn(house)
    assert [one.reason for one in house.journal.signals.quarantined() if "taken in" in one.reason] == []
    failing = [(one.check, one.detail) for one in house.desk.doctor() if not one.ok and one.check != "runbooks"]
    assert failing == []


def test_a_late_repeat_does_not_turn_back_the_time_of_an_alert(house: House) -> None:
    """Fired at 10, an older firing of 5 arrives late, then a resolve of 7: the alert still fires."""
    labels = {"alertname": "LateNews", "service": "somewhere"}
    base = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)

    def at(minute: int) -> str:
        return (base + dt.timedelta(minutes=minute)).isoformat()

    for given_ in (
        {"startsAt": at(10)},
        {"startsAt": at(5)},
        {"startsAt": at(5), "endsAt": at(7), "status": "resolved"},
    ):
        asyncio.run(house.desk.receive(alert(labels, fingerprint="late-news", **given_)))
        turn(house)
    with house.journal.read() as tx:
        known = tx.alerts.get("late-news", "monitor")
    assert known is not None
    assert known.state == "firing"
    assert known.occurred_at == base + dt.timedelta(minutes=10)
