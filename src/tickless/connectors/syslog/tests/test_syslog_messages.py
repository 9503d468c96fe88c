"""Messages out of streams, and what they mean."""

import datetime as dt
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickless.connectors.syslog.framing import Framer
from tickless.connectors.syslog.message import read_message
from tickless.connectors.syslog.settings import Settings
from tickless.connectors.syslog.signals import RECEIVER
from tickless.domain.signal import Payload
from tickless.sdk import Item

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
NEW_YEAR = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
TEXTS = st.lists(
    st.binary(min_size=1, max_size=30).map(lambda raw: b"<13>1 " + raw.replace(b"\n", b"_").strip(b"\r\n\0 ")),
    max_size=6,
)


def items(*lines: str, **settings: object) -> list[Item]:
    payload = Payload(source="syslog", received_at=NOW, content_type="text/plain", body="\n".join(lines).encode())
    checked = Settings.model_validate(settings)
    return [RECEIVER.read(raw, payload, checked) for raw in RECEIVER.split(payload, checked)]


@given(TEXTS, st.lists(st.integers(1, 40)), st.booleans())
def test_however_a_stream_is_cut_the_same_messages_come_out(texts: list[bytes], cuts: list[int], counted: bool) -> None:
    texts = [one.strip(b"\r\n\0 ") for one in texts]
    stream = b"".join(b"%d %s" % (len(one), one) if counted else one + b"\n" for one in texts)
    framer, found, at = Framer(8_192), [], 0
    for cut in [*cuts, len(stream)]:
        found += framer.feed(stream[at : at + cut])
        at += cut
    assert found + framer.rest() == texts


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_a_stream_of_anything_holds_one_bounded_message(pieces: list[bytes]) -> None:
    framer = Framer(480)
    for piece in pieces:
        for message in framer.feed(piece):
            assert 0 < len(message) <= 480
    assert len(framer.rest()) <= 1


def test_an_overlong_message_is_cut_and_the_next_one_is_whole() -> None:
    framer = Framer(500)
    assert [len(one) for one in framer.feed(b"<13>" + b"x" * 2_000 + b"\n<14>next\n")] == [500, 8]
    assert [len(one) for one in framer.feed(b"2000 " + b"y" * 2_000 + b"8 <14>next")] == [500, 8]


@given(st.binary(max_size=300))
def test_anything_is_a_message(raw: bytes) -> None:
    message = read_message(raw, received_at=NOW, zone="Europe/Berlin")
    assert 0 <= message.level <= 7
    assert message.at is None or message.at.tzinfo is not None


def test_structured_data_is_read_with_its_escapes() -> None:
    text = r'<165>1 2026-03-02T09:28:41Z h a 1 ID [x@1 a="1\"2\]3\\" b=""][y] said'
    message = read_message(text.encode(), received_at=NOW, zone="UTC")
    assert (message.data, message.text, message.kind) == ({"x@1.a": '1"2]3\\', "x@1.b": ""}, "said", "ID")


@pytest.mark.parametrize(
    ("stamp", "received", "year"),
    [
        ("Dec 31 23:59:59", NEW_YEAR, 2025),
        ("Jan  1 00:00:01", NEW_YEAR - dt.timedelta(minutes=1), 2026),
        ("Mar  2 09:00:00", NOW, 2026),
        ("Feb 29 09:00:00", NOW, None),
        ("Foo  2 09:00:00", NOW, None),
    ],
)
def test_a_time_without_a_year_is_the_nearest(stamp: str, received: dt.datetime, year: int | None) -> None:
    at = read_message(f"<13>{stamp} h a: x".encode(), received_at=received, zone="UTC").at
    assert (at.year if at else None) == year


@pytest.mark.parametrize(
    ("level", "state"), [(0, "firing"), (2, "firing"), (3, "info"), (4, "info"), (5, None), (7, None)]
)
def test_what_is_grave_fires_and_what_is_not_is_left_out(level: int, state: str | None) -> None:
    found = items(f"<{8 + level}>Mar  2 09:00:00 h a: x")
    assert [one.state for one in found] == ([state] if state else [])


def test_an_interface_that_comes_back_resolves_its_trouble_whatever_its_level() -> None:
    say = "<189>4{}: Mar  2 09:28:4{}: %LINK-3-UPDOWN: Interface Gi0/{}, changed state to {}"
    down, other, up = items(say.format(1, 1, 1, "down"), say.format(2, 2, 2, "down"), say.format(3, 3, 1, "up"))
    assert [one.state for one in (down, other, up)] == ["firing", "firing", "resolved"]
    assert down.fingerprint == up.fingerprint != other.fingerprint
    assert (down.labels or {})["alertname"] == "LINK-3-UPDOWN"


def test_messages_that_differ_in_numbers_only_are_one_trouble_and_each_is_an_event() -> None:
    first, second = items(
        "<10>Mar  2 09:28:41 h kernel: sda1: error at block 4711",
        "<10>Mar  2 09:28:41 h kernel: sda1: error at block 4712",
    )
    assert first.fingerprint == second.fingerprint
    assert first.event_key != second.event_key


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": str(IPv4Address(0))},
        {"host": str(IPv6Address(0))},
        {"host": "somewhere"},
        {"tls_port": 6514},
        {"senders": ["everybody"]},
        {"pairs": [{"name": "x", "fires": "(", "resolves": "y"}]},
        {"zone": "Mars"},
        {"udp_port": 70_000},
    ],
)
def test_wrong_settings_are_told_at_once(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


def test_nothing_listens_unless_it_is_asked_for() -> None:
    assert not Settings().listens
    assert Settings(udp_port=0).listens
