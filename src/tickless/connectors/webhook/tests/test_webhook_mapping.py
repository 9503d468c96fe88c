"""Mappings: what an operator writes, and what they are told when it does not fit."""

import datetime as dt
import json
from typing import Any

import pytest
from pydantic import ValidationError

from tickless.connectors.webhook.settings import Mapping, Settings
from tickless.connectors.webhook.signals import RECEIVER
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item
from tickless.sdk.receiving import Fault

SIMPLE = {"fingerprint": "body.id", "title": "body.text"}
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def mapping(**fields: object) -> Mapping:
    return Mapping.model_validate({**SIMPLE, **fields})


def payload(sample: Any) -> Payload:
    return Payload(source="w", received_at=NOW, body=json.dumps(sample).encode())


def arrive(sample: Any, **fields: object) -> list[Item]:
    settings, came = Settings(mapping=mapping(**fields)), payload(sample)
    return [RECEIVER.read(raw, came, settings) for raw in RECEIVER.split(came, settings)]


def faults(sample: Any, **fields: object) -> list[Fault]:
    assert RECEIVER.explain is not None
    return list(RECEIVER.explain(payload(sample), Settings(mapping=mapping(**fields))))


def test_every_problem_is_told_at_once_with_where_and_mend() -> None:
    found = faults(
        {"list": [{"id": "a", "text": "fine"}, {"text": "no id"}, {"id": "c", "at": "soon"}]},
        items="body.list", fingerprint="item.id", title="item.text", occurred_at="has(item.at) ? item.at : ''",
    )  # fmt: skip
    assert [(one.entry, one.field, one.expression) for one in found] == [
        (2, "fingerprint", "item.id"),
        (3, "occurred_at", "has(item.at) ? item.at : ''"),
        (3, "title", "item.text"),
    ]
    assert all(one.mend and one.serious for one in found)


def test_what_fits_has_no_problem_and_what_is_odd_is_only_noted() -> None:
    sample = {"id": "1", "text": "t", "prio": "sev9"}
    assert faults(sample) == []
    noted = faults(sample, severity="body.prio")
    assert [(one.field, one.serious) for one in noted] == [("severity", False)]
    assert arrive(sample, severity="body.prio")[0].severity is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"items": "body.no"}, "items"), ({"items": "body.id"}, "items"), ({"when": "item.id"}, "when")],
)
def test_a_problem_of_the_whole_is_told_once(fields: dict[str, str], field: str) -> None:
    found = faults({"id": "1", "text": "t"}, **fields)
    assert [(one.entry, one.field) for one in found] == [(0, field)]


def test_entries_that_are_not_wanted_become_nothing() -> None:
    sample = [{"id": "a", "up": True}, {"id": "b", "up": False}]
    items = arrive(sample, items="body", fingerprint="item.id", title="item.id", when="!item.up")
    assert [item.fingerprint for item in items] == ["b"]


def test_an_object_of_labels_is_taken_whole_and_named_ones_go_before() -> None:
    sample = {"id": "1", "text": "t", "tags": {"host": "a", "load": 7, "team": "x"}}
    assert arrive(sample, labels_from="body.tags", labels={"team": "'web'"})[0].labels == {
        "host": "a",
        "load": "7",
        "team": "web",
    }
    with pytest.raises(PayloadRejected, match="labels_from"):
        arrive(sample, labels_from="body.text")


def test_times_may_be_text_seconds_or_milliseconds() -> None:
    moment = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
    sample = {"id": "1", "text": "t", "at": 0}
    for written in ("2026-03-02T10:30:00+01:00", moment.timestamp(), int(moment.timestamp() * 1_000)):
        assert [item.occurred_at for item in arrive({**sample, "at": written}, occurred_at="body.at")] == [moment]


@pytest.mark.parametrize(
    ("value", "state"), [("ok", "resolved"), ("PROBLEM", "firing"), (True, "firing"), ("info", "info")]
)
def test_common_words_for_states_are_understood(value: object, state: str) -> None:
    assert [item.state for item in arrive({"id": "1", "text": "t", "s": value}, state="body.s")] == [state]


@pytest.mark.parametrize("source", ["body.", "nothing.there", "", "body.map(x, x.map(y, y.map(z, z)))"])
def test_a_bad_expression_is_refused_with_the_settings(source: str) -> None:
    with pytest.raises(ValidationError):
        mapping(title=source)


def test_too_many_entries_are_refused() -> None:
    settings = Settings(mapping=mapping(items="body"), most_items=2)
    with pytest.raises(PayloadRejected, match="more than 2"):
        RECEIVER.split(payload([1, 2, 3]), settings)


def test_many_entries_of_a_large_document_are_read_in_no_time() -> None:
    sample = {"server": "b-1", "jobs": [{"id": str(number), "pad": "x" * 80} for number in range(10_000)]}
    items = arrive(
        sample, items="body.jobs", fingerprint="item.id", title="'job ' + item.id", labels={"server": "body.server"},
        severity="has(body.level) ? body.level : 'error'",
    )  # fmt: skip
    assert len(items) == 10_000
    assert items[-1].labels == {"server": "b-1"}
    with pytest.raises(PayloadRejected, match="whole document"):
        arrive(sample, items="body.jobs", fingerprint="body.server + item.id", title="item.id")


def test_comprehensions_may_name_their_entries() -> None:
    item = arrive({"id": "1", "text": "t", "tags": ["a", "b"]}, labels={"tags": "body.tags.map(t, t + '!')"})[0]
    assert item.labels == {"tags": '["a!","b!"]'}
