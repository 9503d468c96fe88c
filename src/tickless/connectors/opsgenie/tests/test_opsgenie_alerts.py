"""What somebody who scripts against Opsgenie relies on, here as there."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.opsgenie.drop_in import ACTIONS, act, create, token
from tickless.connectors.opsgenie.identity import alert_id, alias_of
from tickless.connectors.opsgenie.searching import read_search
from tickless.connectors.opsgenie.settings import Settings
from tickless.connectors.opsgenie.signals import RECEIVER
from tickless.connectors.opsgenie.standing import Standing, stand
from tickless.domain.errors import BadInput, NotFound, PayloadRejected
from tickless.domain.record import Untrusted
from tickless.domain.signal import Payload, Signal
from tickless.sdk import Item
from tickless.sdk.drop_in import AlertNow, Asked, Handed

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
aliases = st.text(min_size=1, max_size=80)


def asked(body: Any = None, *, alert: str = "", query: Mapping[str, str] | None = None, request: str = "r-1") -> Asked:
    raw = b"" if body is None else json.dumps(body).encode()
    return Asked("POST", {"identifier": alert, "action": "x"}, query or {}, {}, raw, NOW, request)


def read(handed: Handed) -> Item:
    payload = Payload(source="og", received_at=NOW, body=handed.body)
    return RECEIVER.read(RECEIVER.split(payload, Settings())[0], payload, Settings())


def signal(item: Item, minute: int = 0) -> Signal:
    at = NOW + dt.timedelta(minutes=minute)
    labels = {name: Untrusted(text) for name, text in (item.labels or {}).items()}
    return Signal(
        id=f"sig_{minute}", source="og", event_key=item.event_key or "k", kind=item.kind, state=item.state, labels=labels,
        fingerprint=item.fingerprint, occurred_at=at, received_at=at, title=Untrusted(item.title), body=Untrusted(item.body),
    )  # fmt: skip


def after(*calls: Handed) -> Standing:
    signals = tuple(signal(read(call), minute) for minute, call in enumerate(calls))
    alert = AlertNow("f", "og", True, 1, "?", NOW, 7, signals=signals)
    return stand(alert, now=NOW + dt.timedelta(hours=1))


@given(aliases, aliases)
def test_an_alert_is_named_by_its_alias_or_its_id(one: str, other: str) -> None:
    assert alert_id(alert_id(one)) == alert_id(one)
    assert (alert_id(one) == alert_id(other)) is (one == other)


def test_an_id_from_elsewhere_is_only_an_alias() -> None:
    foreign = "052652ac-5d1c-464a-812a-7dd18bbfba8c"
    assert alert_id(foreign) != foreign


@given(aliases)
def test_the_steps_of_an_alert_are_about_one_thing(alias: str) -> None:
    made = read(create(asked({"message": "m", "alias": alias})))
    by_alias = read(act("close")(asked(alert=alias.strip() or alias, query={"identifierType": "alias"})))
    by_id = read(act("acknowledge")(asked({"note": "looking"}, alert=made.fingerprint)))
    if alias.strip() == alias:
        assert made.fingerprint == by_alias.fingerprint == by_id.fingerprint
        assert (made.state, by_id.state, by_alias.state) == ("firing", "info", "resolved")


def test_without_an_alias_the_same_words_are_the_same_alert() -> None:
    first, again, other = (
        create(asked({"message": text, "note": note}, request=note))
        for text, note in (("a", "1"), ("a", "2"), ("b", "3"))
    )
    assert first.about == again.about == alert_id(alias_of({"message": "a"}))
    assert other.about != first.about
    assert read(first).event_key != read(again).event_key, "each request can be asked for"


@pytest.mark.parametrize("action", [action for _, _, action in ACTIONS])
def test_every_action_is_read(action: str) -> None:
    item = read(act(action)(asked({"user": "dana", "note": "so"}, alert="a")))
    assert item.state == ("resolved" if action in {"close", "delete"} else "info")
    assert (item.labels or {})["action"] == action


@pytest.mark.parametrize("body", [b"{no json", b"[1]", b'"text"', b"\xff", b"{}"])
def test_what_cannot_be_read_is_kept_for_a_replay(body: bytes) -> None:
    handed = create(Asked("POST", {}, {}, {}, body, NOW, "r"))
    with pytest.raises(PayloadRejected) as refused:
        read(handed)
    assert refused.value.mend


def test_tiny_ids_are_refused_and_not_guessed() -> None:
    with pytest.raises(NotFound):
        act("close")(asked(alert="23", query={"identifierType": "tiny"}))


@pytest.mark.parametrize(
    ("header", "key"), [("GenieKey k", "k"), ("geniekey  k ", "k"), ("Bearer k", None), ("", None)]
)
def test_the_genie_key_is_the_token(header: str, key: str | None) -> None:
    assert token(Asked("POST", {}, {}, {"authorization": header}, b"", NOW, "r")) == key


def test_an_alert_stands_as_its_signals_say() -> None:
    base = {"message": "lag", "alias": "a", "tags": ["db", "p, q"], "details": {"x": "1"}, "priority": "P2"}
    standing = after(
        create(asked(base)),
        act("acknowledge")(asked(alert="a")),
        act("addtags")(asked({"tags": ["new"]}, alert="a")),
        act("removetags")(asked(alert="a", query={"tags": "db"})),
        act("adddetails")(asked({"details": {"y": "2"}}, alert="a")),
        act("assign")(asked({"owner": {"username": "dana@x"}}, alert="a")),
        act("updatepriority")(asked({"priority": "P1"}, alert="a")),
        act("snooze")(asked({"endTime": (NOW + dt.timedelta(hours=2)).isoformat()}, alert="a")),
        create(asked(base)),
    )
    assert standing.acknowledged
    assert (standing.owner, standing.created_at) == ("dana@x", NOW)
    assert standing.snoozed_until == NOW + dt.timedelta(hours=2)
    anew = after(
        create(asked(base)), act("acknowledge")(asked(alert="a")), act("close")(asked(alert="a")), create(asked(base))
    )
    assert not anew.acknowledged
    assert anew.created_at == NOW + dt.timedelta(minutes=3)


def test_changes_count_until_the_next_word_of_the_sender() -> None:
    standing = after(
        create(asked({"message": "lag", "alias": "a", "tags": ["db", "p, q"], "details": {"x": "1"}})),
        act("addtags")(asked({"tags": ["new"]}, alert="a")),
        act("removetags")(asked(alert="a", query={"tags": "db"})),
        act("adddetails")(asked({"details": {"y": "2"}}, alert="a")),
        act("updatepriority")(asked({"priority": "P1"}, alert="a")),
        act("updatemessage")(asked({"message": "more lag"}, alert="a")),
    )
    assert (standing.tags, standing.priority, standing.message) == (("p, q", "new"), "P1", "more lag")
    assert {name: standing.details[name] for name in "xy"} == {"x": "1", "y": "2"}


@pytest.mark.parametrize(
    ("query", "firing", "fits"),
    [
        ("", None, True),
        ("status:open", True, True),
        ("status = closed AND tag: db", False, True),
        ('message:"lag" and priority:P1', None, False),
        ("lag*", None, True),
        ("acknowledged: true", None, False),
    ],
)
def test_a_search_says_what_it_looks_for(query: str, firing: bool | None, fits: bool) -> None:
    standing = Standing("a", "Lag of crm", NOW, NOW, firing=True, priority="P2", tags=("db",))
    search = read_search(query)
    assert (search.firing, search.fits(standing)) == (firing, fits)


@pytest.mark.parametrize("query", ["status:open OR status:closed", "status:maybe", "createdAt > 5", "a" * 2_000])
def test_a_search_that_is_not_understood_is_told(query: str) -> None:
    with pytest.raises(BadInput):
        read_search(query)
