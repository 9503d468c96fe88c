"""The leaf tools: one byte form per value, ids that sort, a clock that only goes forward, secrets that don't get out."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.kit.canonical import canonical_json, digest
from tickless.kit.clock import ManualClock, SystemClock
from tickless.kit.ids import new_id
from tickless.kit.redaction import MASK, redact_personal, redact_secrets
from tickless.kit.sealing import Seal

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(value=json_values)
def test_canonical_json_says_the_same_and_says_it_one_way(value: object) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


@given(value=st.dictionaries(st.text(), json_values, min_size=2, max_size=5))
def test_the_order_of_keys_does_not_matter_and_everything_else_does(value: dict[str, object]) -> None:
    turned = dict(reversed(value.items()))
    assert digest(turned) == digest(value)
    assert digest({**value, next(iter(value)): ["something else", value]}) != digest(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1: 2}.keys(), dt.datetime.now(dt.UTC), b"x"])
def test_what_has_no_one_form_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical_json({"x": value})


def test_ids_are_different_and_sort_by_time() -> None:
    early = [new_id("case") for _ in range(200)]
    time.sleep(0.003)
    late = [new_id("case") for _ in range(200)]
    assert len({*early, *late}) == 400
    assert max(early) < min(late)
    assert all(len(one) == len("case_") + 26 for one in early)


@given(steps=st.lists(st.integers(0, 10**6)))
def test_a_manual_clock_goes_forward_only(steps: list[int]) -> None:
    clock = ManualClock(dt.datetime(2026, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))))
    for step in steps:
        before = clock.now()
        assert clock.advance(dt.timedelta(microseconds=step)) == before + dt.timedelta(microseconds=step)
    assert clock.now().tzinfo is dt.UTC
    with pytest.raises(ValueError):
        clock.advance(dt.timedelta(microseconds=-1))
    with pytest.raises(ValueError):
        ManualClock(dt.datetime(2026, 1, 1))  # noqa: DTZ001 (that is the point)
    assert SystemClock().now().utcoffset() == dt.timedelta(0)


CANARY = "Kanari3nv0gelX9"
SHAPES = [
    "Authorization: Bearer {}", "password={}", '"password": "{}"', "passwd: {}", "X-Api-Key: {}", "api_key={}&x=1",
    "client_secret={}", "token={}", "basic {}", "https://user:{}@host/path", "postgresql+psycopg://u:{}@db/x",
    "xoxb-{}", "ghp_{}", "sk-{}", "tkl_{}", "glpat-{}",
    "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", "eyJhbGciOiJI.{}xxxxxx.sig",
]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@given(before=st.text(alphabet="ab \n", max_size=10), after=st.text(alphabet="ab \n", max_size=10))
def test_nothing_that_looks_like_a_secret_gets_out(shape: str, before: str, after: str) -> None:
    said = f"{before} {shape.format(CANARY)} {after}"
    assert CANARY not in redact_secrets(said)
    assert MASK in redact_secrets(said)


@given(text=st.text(), secret=st.text(min_size=4))
def test_known_secrets_are_masked_wherever_they_stand(text: str, secret: str) -> None:
    assert secret not in redact_secrets(f"{text}{secret}{text}", [secret, ""]).replace(MASK, "")


@pytest.mark.parametrize("text", ["ann.lee@larkmoor.example", "+49 170 1234567", "(030) 123 456 78"])
def test_a_model_outside_sees_no_personal_data(text: str) -> None:
    assert text not in redact_personal(f"call {text} now")


def test_ordinary_words_stay() -> None:
    said = "The password policy asks for 12 signs; case 4711 at 10:30 on shop-web-2 (see case_01JD)."
    assert redact_secrets(said) == said
    assert redact_personal(said) == said


def test_a_seal_opens_only_its_own(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    one, other = Seal.from_file(folder / "a" / "key"), Seal.from_file(folder / "b")
    closed = one.close(CANARY)
    assert CANARY not in closed
    assert Seal.from_file(folder / "a" / "key").open(closed) == CANARY
    assert other.open(closed) is None
    assert one.open(closed[:-3] + "AA=") is None
    assert (folder / "a" / "key").stat().st_mode & 0o077 == 0
