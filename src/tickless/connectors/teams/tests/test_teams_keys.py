"""Keys that come and go, and ids that two conversations share."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.teams.auth import ASK_AGAIN, KEEP_KEYS, Keys
from tickless.connectors.teams.settings import Settings
from tickless.connectors.teams.signals import LONGEST_KEY, RECEIVER
from tickless.domain.errors import Unreachable
from tickless.domain.signal import Payload

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
URL = "https://keys.example"
GUID = "11111111-1111-1111-1111-111111111111"
PERSONAL = json.loads((Path(__file__).parents[1] / "fixtures" / "personal.json").read_text())


class Published:
    """Where keys are published: it counts who asks, and can be down."""

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, Any]] = {"a": {"kid": "a"}}
        self.down = False
        self.asked = 0

    def __call__(self, url: str) -> dict[str, dict[str, Any]]:
        self.asked += 1
        if self.down:
            raise Unreachable("down")
        return dict(self.keys)


def test_old_keys_go_on_while_new_ones_cannot_be_fetched_and_strangers_do_not_make_us_ask() -> None:
    there = Published()
    keys = Keys(there)
    assert keys.key(URL, "a", now=NOW) == {"kid": "a"}
    there.down = True
    later = NOW + KEEP_KEYS + dt.timedelta(hours=1)
    assert keys.key(URL, "a", now=later) == {"kid": "a"}
    assert there.asked == 2
    for number in range(50):
        assert keys.key(URL, f"stranger-{number}", now=later) is None
        assert keys.key(URL, "a", now=later) == {"kid": "a"}
    assert there.asked == 2
    there.down, there.keys = False, {"b": {"kid": "b"}}
    assert keys.key(URL, "b", now=later + 2 * ASK_AGAIN) == {"kid": "b"}
    assert keys.key(URL, "a", now=later + 2 * ASK_AGAIN) is None


def test_without_any_keys_nobody_is_turned_away_for_good_and_one_try_a_minute_is_made() -> None:
    there = Published()
    there.down = True
    keys = Keys(there)
    for _ in range(5):
        with pytest.raises(Unreachable):
            keys.key(URL, "a", now=NOW)
    assert there.asked == 1
    there.down = False
    assert keys.key(URL, "a", now=NOW + 2 * ASK_AGAIN) == {"kid": "a"}


def test_a_slow_fetch_keeps_nobody_with_a_known_key_waiting() -> None:
    there = Published()
    asked, go_on = threading.Event(), threading.Event()

    def slow(url: str) -> dict[str, dict[str, Any]]:
        if there.asked:
            asked.set()
            assert go_on.wait(30)
        return there(url)

    keys = Keys(slow)
    keys.key(URL, "a", now=NOW)
    later = NOW + 2 * ASK_AGAIN
    waiting = threading.Thread(target=lambda: keys.key(URL, "stranger", now=later), daemon=True)
    waiting.start()
    assert asked.wait(30)
    answered = threading.Event()
    other = threading.Thread(target=lambda: keys.key(URL, "a", now=later) and answered.set(), daemon=True)
    other.start()
    assert answered.wait(30), "a known key waits for the fetch of an unknown one"
    go_on.set()
    waiting.join(30)


def event_key(conversation: str, identity: str) -> str:
    activity = {**PERSONAL, "id": identity, "conversation": {**PERSONAL["conversation"], "id": conversation}}
    body = json.dumps(activity).encode()
    payload = Payload(source="teams", received_at=NOW, body=body)
    return RECEIVER.read(body, payload, Settings(app_id=GUID, tenant=GUID)).event_key


@given(
    st.lists(
        st.tuples(st.sampled_from(["19:a", "19:b" * 200]), st.sampled_from(["1", "2" * 400])), unique=True, max_size=4
    )
)
def test_the_same_id_in_another_conversation_is_another_message(said: list[tuple[str, str]]) -> None:
    keys = [event_key(*one) for one in said]
    assert len(set(keys)) == len(said)
    assert all(len(key) <= LONGEST_KEY for key in keys)
