"""Two revisions of a runbook: what differs, how much it weighs, which revision it takes; and what an expectation says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.runbook import Check, Runbook
from tickless.stages.act.catalogue import shipped_catalogue
from tickless.stages.act.comparing import differences, least_revision, raised_enough
from tickless.stages.act.compiler import compile_runbook
from tickless.stages.act.expecting import expected

TEXT = (Path(__file__).parents[3] / "runbooks/service/restart.yaml").read_text()
UNLOCK = (Path(__file__).parents[3] / "runbooks/directory/unlock-account.yaml").read_text()


def book(text: str) -> Runbook:
    return compile_runbook(text, path="x.yaml", catalogue=shipped_catalogue())


OLD = book(TEXT)


@pytest.mark.parametrize(("before", "after", "where", "weight"), [
    ("timeout: 60s", "timeout: 61s", "steps.restart.timeout", "minor"),
    ("title: Restart the process", "title: Restart it", "steps.restart.title", "minor"),
    ("owner: ", "owner: not-", "owner", "patch"),
    ("effect: change", "effect: destroy", "effect", "major"),
])  # fmt: skip
def test_a_difference_is_named_by_its_place_and_weighed(before: str, after: str, where: str, weight: str) -> None:
    found = {one.where: one.weight for one in differences(OLD, book(TEXT.replace(before, after)))}
    assert found.get(where) == weight


def test_nothing_differs_from_itself_and_the_revision_alone_does_not_count() -> None:
    other = OLD.model_copy(update={"revision": "9.9.9"})
    assert differences(OLD, other) == []
    assert raised_enough(OLD, OLD)


def test_an_input_that_nobody_has_to_give_is_no_break() -> None:
    spare = UNLOCK.replace("inputs:\n", "inputs:\n  note: {type: text, optional: true}\n", 1)
    needed = UNLOCK.replace("inputs:\n", "inputs:\n  note: {type: text, ask: why}\n", 1)
    old = book(UNLOCK)
    assert {one.weight for one in differences(old, book(spare))} == {"minor"}
    assert {one.weight for one in differences(old, book(needed))} == {"major"}


@given(major=st.integers(0, 9), minor=st.integers(0, 9), patch=st.integers(0, 9))
def test_the_least_revision_is_above_the_old_one(major: int, minor: int, patch: int) -> None:
    old = OLD.model_copy(update={"revision": f"{major}.{minor}.{patch}"})
    for update in ({"title": "x"}, {"steps": OLD.steps[:1]}, {"effect": "destroy"}):
        new = old.model_copy(update=update)
        least = least_revision(old, differences(old, new))
        assert not raised_enough(old, new)
        assert raised_enough(old, new.model_copy(update={"revision": least}))


@pytest.mark.parametrize(("expect", "said"), [
    ("${{ result.locked == false }}", {"locked": "false"}),
    ("${{ result.healthy }}", {"healthy": "true"}),
    ("${{ !result.healthy }}", {"healthy": "false"}),
    ("${{ result.percent < 80.0 && result.exists }}", {"percent": "< 80.0", "exists": "true"}),
    ("${{ size(result.names) > 2 }}", {"names": "as in size(result.names) > 2"}),
    ("${{ result.valid && (!has(steps.before) || result.serial != steps.before.serial) }}",
     {"valid": "true", "serial": "another than in before"}),
    ("${{ result.used < 3 || result.old > 2 }}",
     {"used": "as in result.used < 3 || result.old > 2", "old": "as in result.used < 3 || result.old > 2"}),
    ("${{ result.free && size(result.names) > 2 }}", {"free": "true", "names": "as in size(result.names) > 2"}),
    ("${{ (result.up || result.spare) && result.tables.all(t, t.dead && t.old) }}",
     {"up": "as in result.up || result.spare", "spare": "as in result.up || result.spare",
      "tables": "as in result.tables.all(t, t.dead && t.old)"}),
])  # fmt: skip
def test_what_an_expectation_says_is_told_without_evaluating_it(expect: str, said: dict[str, str]) -> None:
    assert expected(Check(uses="x.y", expect=expect)) == said
