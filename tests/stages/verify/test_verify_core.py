"""Judging: held only if everything held; what can't be told proves nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW

from tickless.domain.runbook import Check
from tickless.domain.verdict import ProbeReading
from tickless.stages.verify.core import judge, looks_allowed, looks_needed, verdict


def reading(held: bool | None) -> ProbeReading:
    return ProbeReading(uses="a.b", question={}, answer=None, expect="x", held=held, evidence="", at=NOW)


@given(held=st.lists(st.sampled_from([True, False, None]), max_size=6))
def test_the_verdict(held: list[bool | None]) -> None:
    found = verdict([reading(one) for one in held])
    if False in held:
        assert found == "failed"
    elif None in held or not held:
        assert found == "unknown"
    else:
        assert found == "held"


def check(expect: str, **given: Any) -> Check:
    return Check(uses="a.b", expect=expect, **given)


@pytest.mark.parametrize(("expect", "answer", "held"), [
    ("${{ result.ok }}", {"ok": True}, True), ("result.ok", {"ok": True}, True), ("${{ result.ok }}", {"ok": False}, False),
    ("${{ result.ok }}", None, None), ("${{ result.ok }}", {}, None), ("${{ result.n < 5 }}", {"n": "text"}, None),
    ("${{ result.n }}", {"n": 1}, False), ("${{ result.n }}", {"n": "true"}, False),
    ("${{ true }} ${{ result.ok }}", {"ok": False}, False),
    ("${{ inputs.app == result.app }}", {"app": "crm"}, True), ("not cel (", {"ok": True}, None),
])  # fmt: skip
def test_an_answer_is_right_only_if_it_says_true(expect: str, answer: dict[str, Any] | None, held: bool | None) -> None:
    assert judge(check(expect), answer, {"inputs": {"app": "crm"}}) is held


@given(
    expect=st.text(max_size=30),
    answer=st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3),
)
def test_judging_is_total(expect: str, answer: dict[str, Any]) -> None:
    assert judge(check("result." + expect), answer, {}) in {True, False, None}


@given(within=st.integers(0, 600), every=st.sampled_from([0, 0.125, 0.5, 1, 2, 7]), steady=st.integers(0, 600))
def test_it_looks_long_enough_and_not_for_ever(within: int, every: float, steady: int) -> None:
    one = check("result.ok", within=within, every=every, steady=steady)
    pause = max(every, 0.1)
    assert (looks_allowed(one) - 1) * pause >= within
    assert (looks_needed(one) - 1) * pause >= steady
    assert (looks_allowed(one) - 2) * pause < within or looks_allowed(one) == 1
    assert looks_needed(one) >= 1
