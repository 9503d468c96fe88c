"""Loops, steps side by side, calls and manual steps: what compiles, what each place may read, what the hash counts."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import plan, receipt

from tickless.domain.errors import RunbookInvalid
from tickless.domain.runbook import Runbook, Step
from tickless.domain.step import ForEach
from tickless.kit.canonical import digest
from tickless.kit.expressions import ExpressionError
from tickless.stages.act.blocks import directive, output_of, outputs_of, touch_of
from tickless.stages.act.catalogue import shipped_catalogue
from tickless.stages.act.compiler import compile_folder, compile_runbook, operations_used
from tickless.stages.act.places import items_of, step_at, values_at

CASE = {"id": "c", "number": 1}
BASE = """
runbook: pool.roll
title: Restart what a service runs on, one after the other
owner: platform
kind: incident
serves:
  alerts: ${{ signal.class == "stale_pool" }}
inputs:
  service: {type: service, from: service}
subject: service:${{ inputs.service.id }}
effect: change
undo: {irreversible: A restart cannot be taken back.}
steps:
STEPS
verify:
  - uses: health.check
    with: {service: "${{ inputs.service.id }}"}
    expect: ${{ result.healthy }}
say: {done: It is well again., failed: People take over.}
value: {minutes_saved: 10, basis: a guess}
tests:
  - signal: {class: stale_pool}
    expect: {serves: true}
"""
LOOP = """
  - id: hosts
    for_each:
      each: ${{ ["a", "b"] }}
      at_most: 5
      at_once: 2
      target: ci:${{ each }}
      canary: {first: 1, watch: 1s}
      check:
        - uses: health.check
          with: {service: "${{ each }}"}
          expect: ${{ result.healthy }}
      steps:
        - {id: restart, uses: process.restart, with: {process: "${{ each }}"}, undo: {irreversible: It is a restart.}}
"""
CALL = """
  - id: first
    call:
      runbook: service.probe
      with: {service: "${{ inputs.service }}"}
  - id: tell
    if: ${{ steps.first.well }}
    say: It was well before.
"""
CALLED = """
runbook: service.probe
title: Look whether a service is well
owner: platform
kind: incident
serves: {alerts: '${{ signal.class == "probe_me" }}'}
inputs:
  service: {type: service, from: service}
subject: service:${{ inputs.service.id }}
effect: EFFECT
undo: steps
steps:
  - {id: look, uses: health.check, with: {service: "${{ inputs.service.id }}"}}
verify:
  - uses: health.check
    with: {service: "${{ inputs.service.id }}"}
    expect: ${{ result.healthy }}
outputs: {well: "${{ steps.look.healthy }}"}
say: {done: Looked., failed: People take over.}
value: {minutes_saved: 1, basis: a guess}
tests:
  - signal: {class: probe_me}
    expect: {serves: true}
"""


def text_of(steps: str) -> str:
    return BASE.replace("STEPS", steps.strip("\n"))


def compiled(steps: str) -> Runbook:
    return compile_runbook(text_of(steps), path="x.yaml", catalogue=shipped_catalogue())


def folder_of(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def codes(steps: str) -> set[tuple[str, int]]:
    with pytest.raises(RunbookInvalid) as refused:
        compiled(steps)
    return {(one.code, one.line) for one in refused.value.problems}


def test_a_loop_with_a_canary_compiles_and_its_operations_are_known() -> None:
    runbook = compiled(LOOP)
    assert operations_used(runbook) == {"process.restart", "health.check"}


def test_every_slip_in_a_block_is_told_at_once_with_its_line() -> None:
    wrong = LOOP.replace("undo: {irreversible: It is a restart.}", "retry: {times: 1}")
    wrong = wrong.replace("id: restart", 'id: restart, if: "${{ nowhere }}"').replace(
        "${{ result.healthy }}", "${{ result.hale }}"
    )
    lines = text_of(wrong.strip("\n")).splitlines()
    found = codes(wrong)
    assert {code for code, _ in found} >= {"missing_undo", "unknown_name", "unknown_field"}
    at = next(number for number, line in enumerate(lines, 1) if "id: restart" in line)
    assert ("unknown_name", at) in found


def test_a_step_of_a_block_only_uses_operations() -> None:
    found = codes("  - {id: a, parallel: {steps: [{id: x, wait: 1s}, {id: y, say: hi}]}}")
    assert {code for code, _ in found} == {"step_kind"}


def test_a_canary_that_nothing_reads_back_is_refused() -> None:
    bare = LOOP[: LOOP.index("      check:")] + LOOP[LOOP.index("      steps:") :]
    assert {code for code, _ in codes(bare)} == {"missing_verify"}


def test_a_called_runbook_is_linked_with_its_outputs_and_counts_in_the_plan(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, roll=text_of(CALL), probe=CALLED.replace("EFFECT", "read"))
    roll = next(one for one in compile_folder(folder, catalogue=shipped_catalogue()) if one.runbook == "pool.roll")
    call = roll.steps[0].call
    assert call is not None
    assert call.linked is not None
    assert call.linked.outputs == {"well": "${{ steps.look.healthy }}"}
    whole = plan().model_copy(update={"steps": roll.steps, "inputs": {"service": {"id": "shop"}}})
    other = call.linked.model_copy(update={"revision": "1.0.1"})
    changed = roll.steps[0].model_copy(update={"call": call.model_copy(update={"linked": other})})
    assert whole.hash != whole.model_copy(update={"steps": (changed, *roll.steps[1:])}).hash
    receipts = [receipt("first.look", output={"healthy": True})]
    assert values_at(whole, receipts, "first.look", case=CASE)["inputs"] == {"service": {"id": "shop"}}
    assert outputs_of(whole, "first", receipts, case=CASE) == {"well": True}
    assert step_at(whole, "first.look").uses == "health.check"


@pytest.mark.parametrize(("steps", "called", "code"), [
    (CALL.replace("service.probe", "service.nothing"), CALLED, "call_leads_nowhere"),
    (CALL.replace("with: {service: ", "with: {other: "), CALLED, "unknown_param"),
    (CALL.replace('with: {service: "${{ inputs.service }}"}', "with: {}"), CALLED, "missing_param"),
    (CALL.replace("${{ inputs.service }}", "shop"), CALLED, "wrong_type"),
    (CALL, CALLED.replace("EFFECT", "destroy"), "effect_understated"),
])  # fmt: skip
def test_a_call_that_does_not_fit_is_told_at_its_step(tmp_path: Path, steps: str, called: str, code: str) -> None:
    folder = folder_of(tmp_path, roll=text_of(steps), probe=called.replace("EFFECT", "read"))
    with pytest.raises(RunbookInvalid) as refused:
        compile_folder(folder, catalogue=shipped_catalogue())
    assert (code, "roll.yaml", 14) in {(one.code, one.path, one.line) for one in refused.value.problems}


def test_runbooks_do_not_call_each_other_in_a_circle(tmp_path: Path) -> None:
    again = '  - {id: back, call: {runbook: pool.roll, with: {service: "${{ inputs.service }}"}}}'
    back = CALLED.replace("EFFECT", "change").replace("steps:\n", f"steps:\n{again}\n")
    back = back.replace("undo: steps", "undo: {irreversible: no}")
    folder = folder_of(tmp_path, roll=text_of(CALL), probe=back)
    with pytest.raises(RunbookInvalid) as refused:
        compile_folder(folder, catalogue=shipped_catalogue())
    assert "call_leads_nowhere" in {one.code for one in refused.value.problems}


def test_an_attachment_is_read_and_one_outside_of_the_folder_is_not(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "secret.txt").write_text("s3cret")
    (tmp_path / "book" / "note.txt").write_text("how to")
    text = text_of("  - {id: tell, say: '${{ attachments.note }}'}") + "attachments: {note: note.txt}\n"
    folder = folder_of(tmp_path / "book", roll=text)
    assert compile_folder(folder, catalogue=shipped_catalogue())[0].attached == {"note": "how to"}
    folder_of(tmp_path / "book", roll=text.replace("note: note.txt", "note: ../secret.txt"))
    with pytest.raises(RunbookInvalid) as refused:
        compile_folder(folder, catalogue=shipped_catalogue())
    assert [one.code for one in refused.value.problems] == ["bad_attachment"]


def test_a_plan_without_the_new_kinds_keeps_its_hash() -> None:
    told = plan().model_dump(mode="json", by_alias=True)
    for name in ("attached", "outputs"):
        told.pop(name)
    for step in told["steps"]:
        for kind in ("for_each", "parallel", "call", "manual", "wait_for"):
            step.pop(kind)
    assert plan().hash == digest(told)


WAIT = """
  - id: quiet
    wait_for: {uses: pool.state, with: {service: "${{ inputs.service.id }}"}, expect: "${{ result.waiting == 0 }}", within: 5m}
    on_failure: continue
  - id: tell
    if: ${{ !steps.quiet.held }}
    say: Somebody still waits.
"""


def test_a_state_that_is_waited_for_compiles_is_bounded_and_says_whether_it_came() -> None:
    runbook = compiled(WAIT)
    assert "pool.state" in operations_used(runbook)
    told = directive(runbook.steps[0], {})
    assert told is not None
    assert (told["state"], told["go_on"], told["check"]["every"]) == ("wait_for", True, 10.0)
    assert {code for code, _ in codes(WAIT.replace("within: 5m", "within: 30d, every: 1s"))} == {"wrong_value"}
    assert {code for code, _ in codes(WAIT.replace("result.waiting == 0", "true"))} == {"expects_nothing"}
    assert {code for code, _ in codes(WAIT.replace("pool.state", "pool.recycle"))} >= {"not_a_probe"}
    assert {code for code, _ in codes(WAIT.replace("result.waiting", "result.wating"))} >= {"unknown_field"}


@given(items=st.lists(st.text(max_size=5), max_size=20), most=st.integers(1, 20), at=st.integers(0, 30))
def test_a_loop_is_bounded_and_each_place_reads_its_own_item(items: list[str], most: int, at: int) -> None:
    loop = ForEach(
        each="${{ inputs.items }}", at_most=most, steps=(Step(id="do", uses="x.y"),), target="ci:${{ each }}"
    )
    whole = plan().model_copy(update={"steps": (Step(id="all", for_each=loop),), "inputs": {"items": items}})
    values = {"inputs": {"items": items}}
    if len(items) > most:
        with pytest.raises(ExpressionError):
            items_of(loop, values)
        return
    told = directive(whole.steps[0], values)
    assert told is not None
    assert [lane[0] for lane in told["lanes"]] == [f"all.{place}.do" for place in range(len(items))]
    if at < len(items):
        receipts = [receipt(f"all.{at}.do", output={"v": at}), receipt(f"all.{at + 1}.do", output={"v": -1})]
        inside = values_at(whole, receipts, f"all.{at}.end", case=CASE)
        assert (inside["each"], inside["index"], inside["steps"]["do"]) == (items[at], at, {"v": at})
        assert touch_of(whole, f"all.{at}.do", inside, []).watched == (f"ci:{items[at]}",)


def test_what_a_loop_gives_is_in_the_order_of_its_list() -> None:
    loop = ForEach(each="${{ [1] }}", at_most=20, steps=(Step(id="do", uses="x.y"),))
    whole = plan().model_copy(update={"steps": (Step(id="all", for_each=loop),)})
    receipts = [receipt(f"all.{place}.do", output={"v": place}) for place in (10, 2, 0)]
    told = output_of(whole, "all", receipts, total=4, failed=["x"])
    assert told == {
        "total": 4,
        "done": 3,
        "failed": 1,
        "failed_items": ["x"],
        "results": [{"v": 0}, {"v": 2}, {"v": 10}],
    }


def test_the_schema_says_nothing_of_what_the_compiler_fills_in() -> None:
    written = yaml.safe_dump(Runbook.model_json_schema(by_alias=True))
    assert "linked" not in written
    assert "attached" not in written
