"""What a person who runs Alertmanager relies on."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.alertmanager.settings import Settings
from tickless.connectors.alertmanager.signals import RECEIVER, label_hash
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


def arrive(body: Any) -> list[Item]:
    payload = Payload(source="am", received_at=NOW, body=json.dumps(body).encode())
    return [RECEIVER.read(raw, payload, Settings()) for raw in RECEIVER.split(payload, Settings())]


def v2(**fields: Any) -> Item:
    return arrive([{"labels": {"alertname": "X"}, **fields}])[0]


@given(st.timedeltas(dt.timedelta(days=-30), dt.timedelta(days=30)))
def test_in_api_v2_an_alert_is_resolved_when_its_end_is_past(from_now: dt.timedelta) -> None:
    item = v2(endsAt=(NOW + from_now).isoformat())
    assert item.state == ("resolved" if from_now <= dt.timedelta(0) else "firing")


def test_the_year_one_means_still_open() -> None:
    assert v2(endsAt="0001-01-01T00:00:00Z").state == "firing"
    assert v2().state == "firing"


def test_a_resent_alert_keeps_its_identity_although_its_end_moves() -> None:
    first = v2(startsAt="2026-03-02T09:00:00Z", endsAt="2026-03-02T09:33:00Z")
    again = v2(startsAt="2026-03-02T09:00:00Z", endsAt="2026-03-02T09:34:00Z")
    assert first == again


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), min_size=1, max_size=4), st.randoms())
def test_the_hash_of_a_label_set_does_not_depend_on_order(labels: dict[str, str], random: Any) -> None:
    pairs = list(labels.items())
    random.shuffle(pairs)
    assert label_hash(dict(pairs)) == label_hash(labels)
    assert label_hash({**labels, "one more": "x"}) != label_hash(labels)


def test_cut_short_groups_are_noted() -> None:
    items = arrive({"version": "4", "groupKey": "g", "truncatedAlerts": 12, "alerts": []})
    assert [item.title for item in items] == ["Alertmanager left 12 alerts out of a group"]


def test_hostile_labels_stay_plain_data() -> None:
    text = "'; DROP TABLE cases; -- \u202e ${{ secrets }} <script>"
    item = v2(annotations={"summary": text}, labels={"alertname": text})
    assert item.title == text
    assert item.labels == {"alertname": text}


@pytest.mark.parametrize("body", [{}, [1], {"alerts": "no"}, "text", None, [{"labels": {}}], {"alerts": [{}]}])
def test_what_cannot_be_read_is_refused_with_a_mend(body: Any) -> None:
    with pytest.raises(PayloadRejected) as refused:
        arrive(body)
    assert refused.value.mend
