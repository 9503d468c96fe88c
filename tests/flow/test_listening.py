"""Listeners are kept going: one holder each, started again after errors, durable before they hear back, seen by the doctor."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.waiting import until

from tickless.app.build import House, build
from tickless.app.listening import Listening
from tickless.app.settings import Settings
from tickless.domain.errors import PayloadRejected, Unreachable
from tickless.flow.desk.channel_health import channel_checks
from tickless.sdk import Item, Spoken, receiver
from tickless.sdk.connector import Connector, Instance
from tickless.sdk.listening import Ear, listener
from tickless.sdk.manifest import Manifest
from tickless.sdk.registry import NoSettings
from tickless.sdk.secrets import Secrets

NAME = "tin"


@dataclass
class TinCan:
    """A channel of two tin cans and a string: whatever is put into `words` is heard; an exception breaks the string."""

    words: list[str | Exception] = field(default_factory=list)
    taken: list[tuple[bool, bool]] = field(default_factory=list)
    """(durable when it came back, read or put aside) for each word."""
    listening: list[str] = field(default_factory=list)
    stored: Callable[[str], bool] = lambda word: False

    def instance(self, holder: str) -> Instance:
        async def listen(ear: Ear) -> None:
            self.listening.append(holder)
            try:
                before = int(await ear.mark() or "0")
                while True:
                    if self.words:
                        word = self.words.pop(0)
                        if isinstance(word, Exception):
                            raise word
                        read = await ear.hand_in(word.encode())
                        self.taken.append((self.stored(word), read))
                        await ear.note(str(before := before + 1))
                    await asyncio.sleep(0.01)
            finally:
                self.listening.remove(holder)

        manifest = Manifest(id="tin", name="Tin", version="1", tier="bronze", owner="t", summary="s", gives=("signals",),
                            kinds=("message",))  # fmt: skip
        connector = Connector(manifest, Path(), NoSettings, {}, receiver(split=_split, read=_read), listener(listen))
        return Instance(NAME, connector, NoSettings(), Secrets())


def _split(payload: Any, settings: Any) -> list[bytes]:
    return [payload.body]


def _read(raw: bytes, payload: Any, settings: Any) -> Item:
    word = raw.decode()
    if word == "noise":
        raise PayloadRejected("that is noise", mend="speak clearly")
    said = Spoken(account="ada", conversation="c", address={"to": "ada"})
    return Item(fingerprint="message:c", title=word, kind="message", event_key=word, body=word, said=said)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("listening")
    (folder / "runbooks").mkdir()
    made = build(Settings(data=folder / "data", runbooks=(folder / "runbooks",)), role="door")
    yield made
    made.journal.close()


@contextmanager
def listening(house: House, can: TinCan, holder: str) -> Iterator[Listening]:
    registry = house.rooms.registry
    registry.instances[NAME] = can.instance(holder)
    can.stored = lambda word: any(one.signal.title.raw == word for one in house.journal.signals.newest(limit=50))
    running = Listening(desk=house.desk, registry=registry, node=holder)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def told(house: House) -> tuple[bool, str]:
    with house.journal.read() as tx:
        (check,) = channel_checks(tx, house.rooms)
    return check.ok, check.detail


def test_what_is_heard_is_durable_before_the_listener_goes_on(house: House) -> None:
    can = TinCan(["one", "noise", "two"])
    with listening(house, can, "a"):
        until(lambda: len(can.taken) == 3)
    assert can.taken == [(True, True), (False, False), (True, True)]
    assert can.listening == []
    with house.journal.read() as tx:
        assert tx.coordination.mark(f"ear:{NAME}") == "3"
    assert [one.reason for one in house.journal.signals.quarantined(limit=5)] == ["that is noise"]


def test_one_listens_and_another_takes_over(house: House) -> None:
    can = TinCan()
    with listening(house, can, "first") as first:
        until(lambda: can.listening == ["first"])
        with listening(house, can, "second"):
            can.words.append("three")
            until(lambda: can.taken)
            assert can.listening == ["first"]
            first.stop()
            until(lambda: can.listening == ["second"])
    assert can.listening == []


@pytest.mark.parametrize("error", [Unreachable("the string is torn"), ValueError("a knot")], ids=["outside", "defect"])
def test_after_an_error_it_listens_again_and_the_doctor_knows(house: House, error: Exception) -> None:
    can = TinCan()
    with listening(house, can, "a"):
        until(lambda: told(house)[1].startswith("listening since"))
        can.words.append(error)
        reason = "the string is torn" if isinstance(error, Unreachable) else "the connector broke: ValueError"
        until(lambda: reason in told(house)[1])
        assert told(house)[0] is False
        can.words.append("after it")
        until(lambda: can.taken)
        until(lambda: told(house)[0])
    until(lambda: "nobody listens" in told(house)[1])
    assert not [thread for thread in threading.enumerate() if thread.name == "listening"]
