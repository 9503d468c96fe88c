"""The compiler is total: whatever the text is, the answer is a runbook or `RunbookInvalid` with at least one problem."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.domain.errors import RunbookInvalid
from tickless.domain.runbook import Runbook
from tickless.kit.canonical import canonical_json
from tickless.stages.act.catalogue import shipped_catalogue
from tickless.stages.act.compiler import compile_runbook

FOLDER = Path(__file__).parents[3] / "runbooks"
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.yaml"))]
CATALOGUE = shipped_catalogue()

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.sampled_from(
        ["${{ steps.look.locked }}", "${{", "${{ }}", "${{ inputs.x }}", "5s", "directory.account", "steps", "1:30"]
    )
)
names = st.text(max_size=8) | st.sampled_from(
    [*Runbook.model_fields, "id", "uses", "with", "if", "undo", "expect", "from"]
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5), max_leaves=20
)


def compiled(text: str) -> Runbook | None:
    runbook, problems = None, None
    try:
        runbook = compile_runbook(text, path="x.yaml", catalogue=CATALOGUE)
    except RunbookInvalid as error:
        problems = error.problems
    if runbook is not None:
        canonical_json(runbook.model_dump(mode="json", by_alias=True))
        return runbook
    assert problems, "refused without a reason"
    lines = len(text.splitlines()) + 2
    assert all(1 <= problem.line <= lines and problem.column >= 1 for problem in problems)
    assert all(problem.reason and problem.mend for problem in problems)
    return None


@settings(deadline=None)
@given(text=st.text())
def test_any_text(text: str) -> None:
    compiled(text)


@settings(deadline=None)
@given(value=values)
def test_any_yaml(value: Any) -> None:
    compiled(yaml.safe_dump(value, allow_unicode=True))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_runbook_with_one_value_replaced(data: st.DataObject) -> None:
    document = yaml.safe_load(data.draw(st.sampled_from(TEXTS)))
    here: Any = document
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        key = data.draw(st.sampled_from(keys))
        deeper = isinstance(here[key], (dict, list)) and here[key]
        if not deeper or data.draw(st.booleans()):
            break
        here = here[key]
    here[key] = data.draw(values)
    compiled(yaml.safe_dump(document, allow_unicode=True))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_runbook_with_a_piece_cut_out(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 400)))
    compiled(text[:start] + data.draw(st.text(max_size=10)) + text[end:])


@settings(deadline=None)
@given(text=st.sampled_from(TEXTS))
def test_what_was_compiled_compiles_again_to_the_same(text: str) -> None:
    first = compiled(text)
    assert first is not None
    written = yaml.safe_dump(first.model_dump(mode="json", by_alias=True, exclude_unset=True), allow_unicode=True)
    assert compiled(written) == first
