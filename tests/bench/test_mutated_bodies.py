"""The bench of mutated bodies in small: the account balances, and each of its numbers can tell a failure."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from bench.api_calls import call_everything
from bench.receiver_bodies import RAW, STEPS, STRUCTURE, WRAPPING, Body, _make
from bench.receiver_house import ReceiverHouse, receiver_house
from bench.receiver_replay import replay
from bench.receiver_storm import Storm, mutated
from bench.receiver_targets import Target, targets

from tickless.domain.signal import Payload
from tickless.flow.desk.promise import Accepted


@pytest.fixture(scope="module")
def receivers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReceiverHouse]:
    with receiver_house(tmp_path_factory.mktemp("receivers")) as house:
        yield house


def test_every_real_payload_is_answered_and_every_changed_one_too(receivers: ReceiverHouse) -> None:
    storm, ways_in = Storm(receivers), targets()
    storm.send([(target, target.original) for target in ways_in])
    assert storm.account.answers["401"] == 0, "the senders are known"
    for chunk in mutated(ways_in, chunks=range(7_000, 7_002), size=400):
        storm.send(chunk)
    account = storm.account
    assert account.failures == []
    assert (account.server_errors, account.broken, account.hangs, account.not_kept, account.lost) == (0, 0, 0, 0, 0)
    assert account.not_taken_in == 0
    assert account.signals > 100
    assert account.kept > 100
    assert account.answers["413"] + account.answers["415"] > 0
    replayed = replay(receivers, most=150)
    assert replayed.in_vain > 100
    assert (replayed.doubled, replayed.not_replayed) == (0, 0)


def test_what_gets_lost_on_the_way_does_not_go_unseen(receivers: ReceiverHouse) -> None:
    target = next(one for one in targets() if one.name == "alertmanager/webhook-mixed")
    said = [Accepted(3, 3, None, None, None), Accepted(1, 0, "qua_nothing", "why", "mend")]

    async def forgets(payload: Payload) -> Accepted:
        return said[0]

    receive = receivers.house.desk.receive
    receivers.house.desk.receive = forgets  # type: ignore[method-assign]
    storm = Storm(receivers)
    storm.send([(target, target.original)], take_in=False)
    receivers.house.desk.receive = receive  # type: ignore[method-assign]
    assert storm.account.lost == 3


def test_a_body_that_breaks_the_site_is_seen(receivers: ReceiverHouse) -> None:
    target = Target("nobody", "alertmanager", Body(b"{}", "application/json", {}), "/hooks/alertmanager")

    async def breaks(payload: Payload) -> Accepted:
        raise RuntimeError("broken")

    receive = receivers.house.desk.receive
    receivers.house.desk.receive = breaks  # type: ignore[method-assign]
    storm = Storm(receivers)
    storm.send([(target, target.original)], take_in=False)
    receivers.house.desk.receive = receive  # type: ignore[method-assign]
    assert storm.account.server_errors + storm.account.broken == 1
    assert storm.account.failures


@pytest.mark.parametrize("step", sorted({*STEPS}))
def test_every_change_changes_something(step: str) -> None:
    original = Body(
        b'{"alerts": [{"labels": {"a": "b"}, "status": "firing"}], "n": 4,\n "t": "x"}',
        "application/json",
        {"ce-id": "1"},
    )
    made = [_make(original, [step], random.Random(number)) for number in range(20)]
    assert any(
        (one.body, one.content_type, one.headers) != (original.body, original.content_type, original.headers)
        for one in made
    )
    assert step in STRUCTURE or step in RAW or step in WRAPPING


def test_the_api_answers_as_it_is_described(receivers: ReceiverHouse) -> None:
    called = call_everything(receivers, each=2)
    assert called.operations > 80
    assert called.failures == []
    assert called.answers[200] > 50
