"""Mappings: what an operator writes, and what they are told when it does not fit."""

import datetime as dt

import pytest
from pydantic import ValidationError

from tickless.connectors.webhook.mapping import try_mapping
from tickless.connectors.webhook.settings import Mapping, Settings
from tickless.connectors.webhook.signals import RECEIVER
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload

SIMPLE = {"fingerprint": "body.id", "title": "body.text"}


def mapping(**fields: object) -> Mapping:
    return Mapping.model_validate({**SIMPLE, **fields})


def test_a_tester_shows_every_problem_at_once_with_its_mend() -> None:
    tried = try_mapping(
        mapping(items="body.list", fingerprint="item.id", title="item.text"),
        {"list": [{"id": "a", "text": "fine"}, {"text": "no id"}, {"id": "c"}]},
    )
    assert [item.title for item in tried.items] == ["fine"]
    assert len(tried.problems) == 2
    assert "`fingerprint`" in tried.problems[0]
    assert "`title`" in tried.problems[1]
    assert all("has(" in problem for problem in tried.problems)


def test_times_may_be_text_seconds_or_milliseconds() -> None:
    moment = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
    sample = {"id": "1", "text": "t", "at": 0}
    for written in ("2026-03-02T10:30:00+01:00", moment.timestamp(), int(moment.timestamp() * 1_000)):
        tried = try_mapping(mapping(occurred_at="body.at"), {**sample, "at": written})
        assert [item.occurred_at for item in tried.items] == [moment]
    assert "`occurred_at`" in try_mapping(mapping(occurred_at="body.at"), {**sample, "at": "soon"}).problems[0]


@pytest.mark.parametrize(
    ("value", "state"), [("ok", "resolved"), ("PROBLEM", "firing"), (True, "firing"), ("info", "info")]
)
def test_common_words_for_states_are_understood(value: object, state: str) -> None:
    tried = try_mapping(mapping(state="body.s"), {"id": "1", "text": "t", "s": value})
    assert [item.state for item in tried.items] == [state]


@pytest.mark.parametrize("source", ["body.", "nothing.there", "", "body.map(x, x.map(y, y.map(z, z)))"])
def test_a_bad_expression_is_refused_with_the_settings(source: str) -> None:
    with pytest.raises(ValidationError):
        mapping(title=source)


def test_too_many_entries_are_refused() -> None:
    settings = Settings(mapping=mapping(items="body"), most_items=2)
    payload = Payload(source="w", received_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), body=b"[1,2,3]")
    with pytest.raises(PayloadRejected, match="more than 2"):
        RECEIVER.split(payload, settings)
