"""The interpreter's rules: what a step sees, when it applies, what is taken back and in which order, how long it waits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW, SECOND, plan, receipt

from tickless.domain.receipt import UndoStep
from tickless.domain.runbook import Irreversible, Retries, Step
from tickless.kit.expressions import ExpressionError
from tickless.stages.act.core import applies, parameters, retry_wait, to_undo, undo_for
from tickless.stages.act.places import step_at, values_at

VALUES = {"inputs": {"n": 3, "name": "x"}, "steps": {"look": {"locked": True}}, "case": {"number": 1}}


def test_later_steps_read_what_was_done_and_nothing_else() -> None:
    receipts = [receipt("a", output={"v": 1}), receipt("b", state="failed", output={"v": 2}), receipt("c", state="skipped"),
                receipt("d", state="started"), receipt("e", state="undone", output={"v": 5})]  # fmt: skip
    seen = values_at(plan(), receipts, "restart", case={"number": 7})
    assert seen == {
        "inputs": {"service": {"id": "shop"}},
        "steps": {"a": {"v": 1}},
        "case": {"number": 7},
        "attachments": {},
    }
    assert step_at(plan(), "restart").uses == "process.restart"
    with pytest.raises(KeyError):
        step_at(plan(), "nowhere")


@pytest.mark.parametrize(("condition", "holds"), [
    (None, True), ("${{ steps.look.locked }}", True), ("steps.look.locked", True), ("${{ !steps.look.locked }}", False),
    ("${{ inputs.n }}", False), ("${{ has(steps.other) }}", False), ("${{ true }} ${{ false }}", False),
])  # fmt: skip
def test_a_step_applies_only_if_its_condition_is_true(condition: str | None, holds: bool) -> None:
    assert applies(Step(id="a", uses="x.y", condition=condition), VALUES) is holds


def test_a_condition_that_cannot_be_told_is_an_error_not_a_no() -> None:
    with pytest.raises(ExpressionError):
        applies(Step(id="a", uses="x.y", condition="${{ steps.other.value }}"), VALUES)
    with pytest.raises(ExpressionError):
        parameters(Step(id="a", uses="x.y", with_={"v": "${{ steps.other.value }}"}), VALUES)


def test_parameters_keep_their_types() -> None:
    step = Step(
        id="a",
        uses="x.y",
        with_={"n": "${{ inputs.n }}", "t": "n=${{ inputs.n }}", "deep": {"l": ["${{ inputs.name }}"]}},
    )
    assert parameters(step, VALUES) == {"n": 3, "t": "n=3", "deep": {"l": ["x"]}}


@given(marks=st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.sampled_from(["done", "failed", "skipped", "undone"]),
                                st.booleans()), max_size=8))  # fmt: skip
def test_what_changed_is_taken_back_the_latest_first(marks: list[tuple[int, bool, str, bool]]) -> None:
    receipts = [receipt(f"s{n}", at=NOW + second * SECOND, changed=changed, state=state,
                        **({} if undo else {"undo": None}))
                for n, (second, changed, state, undo) in enumerate(marks)]  # fmt: skip
    back = to_undo(receipts)
    assert {one.step for one in back} == {
        one.step for one in receipts if one.changed and one.state == "done" and one.undo
    }
    assert [one.started_at for one in back] == sorted((one.started_at for one in back), reverse=True)


def test_the_runbooks_own_undo_goes_before_the_actions() -> None:
    given = UndoStep(uses="x.own")
    own = UndoStep(uses="x.back", with_={"name": "${{ inputs.name }}"})
    assert undo_for(Step(id="a", uses="x.y"), given, VALUES) == given
    assert undo_for(Step(id="a", uses="x.y"), None, VALUES) is None
    assert undo_for(Step(id="a", uses="x.y", undo=own), given, VALUES) == UndoStep(uses="x.back", with_={"name": "x"})
    assert undo_for(Step(id="a", uses="x.y", undo=Irreversible(irreversible="gone")), given, VALUES) is None


@given(times=st.integers(1, 20), wait=st.floats(0, 60), backoff=st.floats(1, 10), asked=st.floats(0, 600))
def test_it_tries_as_often_as_it_may_and_waits_at_least_what_was_asked(
    times: int, wait: float, backoff: float, asked: float
) -> None:
    step = Step(id="a", uses="x.y", retry=Retries(times=times, wait=wait, backoff=backoff))
    waits = [retry_wait(step, attempt=attempt, asked=asked) for attempt in range(times + 2)]
    assert [one is None for one in waits] == [attempt + 1 >= times for attempt in range(times + 2)]
    told = [one for one in waits if one is not None]
    assert all(one >= asked and one >= wait for one in told)
    assert told == sorted(told)
