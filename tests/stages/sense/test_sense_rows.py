"""The quick way to a stored signal says what the careful way says, whatever a receiver reads."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.signal import Signal
from tickless.journal.signal_log import row_of
from tickless.journal.tables import storable
from tickless.sdk.receiving import Item
from tickless.stages.sense.reading import make_signal
from tickless.stages.sense.rows import Arrival, make_row

AT = dt.datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=dt.UTC)
ARRIVAL = Arrival("prometheus", AT, "pay_1")

nasty = st.sampled_from(
    ["", "a\0b", "\ud800", "x" * 200, "x" * 201, "y" * 2_001, "z" * 4_001, "w" * 20_001, "é" * 1_500, "\\u0000"]
)
texts = st.text(max_size=30) | nasty
zones = st.timezones() | st.just(dt.UTC)
first, last = AT.replace(year=1990, tzinfo=None), AT.replace(year=2040, tzinfo=None)
moments = st.none() | st.datetimes(first, last, timezones=zones)
items = st.builds(
    Item,
    fingerprint=texts,
    title=texts,
    kind=st.sampled_from(["alert", "message", "change"]),
    state=st.sampled_from(["firing", "resolved", "info"]),
    event_key=texts,
    severity=st.sampled_from([None, "critical", "info"]),
    body=texts,
    labels=st.none() | st.dictionaries(texts, texts, max_size=5),
    link=st.none() | texts,
    occurred_at=moments,
)


@given(items)
def test_both_ways_to_the_log_say_the_same(item: Item) -> None:
    quick = make_row(item, identity="sig_1", arrival=ARRIVAL)
    careful = row_of(make_signal(item, identity="sig_1", source="prometheus", received_at=AT, payload="pay_1"))
    assert quick[:-1] == careful[:-1]
    assert Signal.model_validate_json(quick.body) == Signal.model_validate_json(careful.body)


@given(items)
def test_every_row_fits_its_columns(item: Item) -> None:
    row = make_row(item, identity="sig_1", arrival=ARRIVAL)
    assert row.event_key == storable(row.event_key, 300)
    assert row.fingerprint == storable(row.fingerprint, 200)
    assert "\\u0000" not in row.body.replace("\\\\", "")
    assert row.body.encode()
