"""The compiler: every mistake at once, each at its line, with a reason and a mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickless.domain.errors import Problem, RunbookInvalid
from tickless.domain.runbook import Runbook
from tickless.stages.act.catalogue import OperationType, shipped_catalogue
from tickless.stages.act.compiler import compile_folder, compile_runbook
from tickless.stages.act.compiler_schema import schema_text

CATALOGUE = shipped_catalogue()
GOOD = """\
runbook: demo.unlock
title: Unlock
owner: service-desk
kind: incident
serves:
  intents: [account_unlock]
  says: [I am locked out]
inputs:
  person:
    type: person
    from: requester
subject: person:${{ inputs.person.id }}
effect: change
undo:
  irreversible: the lockout policy still applies
steps:
  - id: look
    uses: directory.account
    with:
      username: ${{ inputs.person.username }}
  - id: unlock
    if: ${{ steps.look.locked }}
    uses: directory.unlock
    with:
      username: ${{ inputs.person.username }}
    undo:
      irreversible: the lockout policy still applies
verify:
  - uses: directory.account
    with:
      username: ${{ inputs.person.username }}
    expect: ${{ result.locked == false }}
say:
  done: Your account is unlocked.
  failed: A colleague takes over.
value:
  minutes_saved: 14
  basis: measured
tests:
  - says: I am locked out
    expect: {outcome: verified}
"""
TEN_MISTAKES = """\
runbook: demo.ten-mistakes
title: Ten mistakes
owner: service-desk
kind: incidnet
serves:
  intents: [account_unlock]
  says: [I am locked out]
inputs:
  person:
    type: person
    from: requester
subject: everything
effect: change
undo:
  irreversible: the lockout policy still applies
steps:
  - id: look
    uses: directory.acount
    with:
      username: ${{ inputs.person.username }}
  - id: unlock
    uses: directory.unlock
    with:
      username: ${{ inputs.persn.username }}
  - id: look
    wait: soon
  - id: password
    if: ${{ 1 + }}
    uses: directory.set_password
    with:
      username: ${{ inputs.person.username }}
      password: correct-horse-battery
    undo:
      irreversible: it is a new one
  - id: never
    if: ${{ false }}
    say: This is never said.
say:
  done: Your account is unlocked.
  failed: A colleague takes over.
value:
  minutes_saved: 14
  basis: measured
tests:
  - says: I am locked out
    expect: {outcome: verified}
colour: red
"""


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(RunbookInvalid) as caught:
        compile_runbook(text, path="demo.yaml", catalogue=CATALOGUE)
    assert caught.value.problems
    return caught.value.problems


def changed(before: str, after: str) -> str:
    assert GOOD.count(before) >= 1, before
    return GOOD.replace(before, after, 1)


def test_a_good_runbook_is_what_was_written() -> None:
    runbook = compile_runbook(GOOD, path="demo.yaml", catalogue=CATALOGUE)
    assert isinstance(runbook, Runbook)
    assert [step.id for step in runbook.steps] == ["look", "unlock"]
    assert runbook.steps[1].condition == "${{ steps.look.locked }}"


def test_ten_mistakes_are_told_at_once_each_at_its_line() -> None:
    found = [(problem.line, problem.code) for problem in problems_of(TEN_MISTAKES)]
    lines = {text: number for number, text in enumerate(TEN_MISTAKES.splitlines(), start=1)}
    assert found == [
        (1, "missing_verify"),
        (lines["kind: incidnet"], "wrong_value"),
        (lines["subject: everything"], "blast_radius_unknown"),
        (lines["    uses: directory.acount"], "unknown_action"),
        (lines["  - id: unlock"], "missing_undo"),
        (lines["      username: ${{ inputs.persn.username }}"], "unbound_input"),
        (lines["    wait: soon"] - 1, "duplicate_id"),
        (lines["    wait: soon"], "wrong_value"),
        (lines["    if: ${{ 1 + }}"], "bad_expression"),
        (lines["      password: correct-horse-battery"], "plain_secret"),
        (lines["    if: ${{ false }}"], "unreachable_step"),
        (lines["colour: red"], "unknown_field"),
    ]


def test_every_problem_says_where_why_and_how_to_mend_it() -> None:
    for problem in problems_of(TEN_MISTAKES):
        assert problem.path == "demo.yaml"
        assert problem.reason
        assert problem.mend
        assert str(problem).startswith(f"demo.yaml:{problem.line}:{problem.column}: {problem.code}")


def test_a_secret_is_named_and_never_repeated() -> None:
    with pytest.raises(RunbookInvalid) as caught:
        compile_runbook(TEN_MISTAKES, path="demo.yaml", catalogue=CATALOGUE)
    assert "correct-horse" not in caught.value.detail + caught.value.public + repr(caught.value.problems)


UNLOCK_UNDO = "    undo:\n      irreversible: the lockout policy still applies\nverify"
ONE_MISTAKE = [
    ("unknown_action", "uses: directory.unlock", "uses: directory.unlok"),
    (
        "unknown_param",
        "      username: ${{ inputs.person.username }}\n  - id",
        "      user: x\n      username: x\n  - id",
    ),
    ("missing_param", "    with:\n      username: ${{ inputs.person.username }}\n  - id", "  - id"),
    ("wrong_type", "username: ${{ inputs.person.username }}", "username: 42"),
    ("wrong_type", "username: ${{ inputs.person.username }}", 'username: ""'),
    ("wrong_type", "username: ${{ inputs.person.username }}", "username: ${{ inputs.person }}"),
    ("wrong_type", "username: ${{ inputs.person.username }}", "username: ${{ 1 + 1 }}"),
    ("wrong_type", "result.locked == false", "result.locked < 3"),
    ("unbound_input", "username: ${{ inputs.person.username }}", "username: ${{ inputs.who.username }}"),
    ("unknown_field", "username: ${{ inputs.person.username }}", "username: ${{ inputs.person.login }}"),
    ("unknown_field", "steps.look.locked", "steps.look.lokced"),
    ("unknown_field", "result.locked == false", "result.lokced == false"),
    ("unknown_field", "owner: service-desk", "owner: service-desk\nowned: by"),
    ("unknown_name", "steps.look.locked", "step.look.locked"),
    ("unknown_name", "steps.look.locked", "signal.severity == 'critical'"),
    ("unknown_name", "steps.look.locked", "result.locked"),
    ("unknown_step", "steps.look.locked", "steps.glance.locked"),
    ("step_not_yet", "steps.look.locked", "steps.unlock.locked"),
    ("may_be_skipped", "result.locked == false", "result.locked == steps.unlock.locked"),
    ("bad_expression", "steps.look.locked", "steps.look."),
    ("bad_expression", "username: ${{ inputs.person.username }}", "username: ${{ inputs.person.username"),
    ("not_a_condition", "if: ${{ steps.look.locked }}", "if: steps.look.locked"),
    ("not_a_condition", "steps.look.locked", "steps.look.display_name"),
    ("not_a_condition", "if: ${{ steps.look.locked }}", "if: ${{ true }} and ${{ true }}"),
    ("unreachable_step", "${{ steps.look.locked }}", "${{ 1 > 2 }}"),
    ("unreachable_step", "  - id: unlock", "  - id: over\n    hand_off: {reason: People decide.}\n  - id: unlock"),
    ("missing_undo", UNLOCK_UNDO, "verify"),
    ("missing_undo", "undo:\n  irreversible: the lockout policy still applies\n", ""),
    ("wrong_undo", "undo:\n  irreversible: the lockout policy still applies\n", "undo: maybe\n"),
    ("undo_overstated", "undo:\n  irreversible: the lockout policy still applies\n", "undo: steps\n"),
    ("unknown_action", UNLOCK_UNDO, "    undo: {uses: directory.lock, with: {}}\nverify"),
    ("not_an_action", UNLOCK_UNDO, "    undo: {uses: directory.account, with: {username: x}}\nverify"),
    ("effect_understated", "effect: change", "effect: read"),
    ("not_a_probe", "verify:\n  - uses: directory.account", "verify:\n  - uses: directory.unlock"),
    ("expects_nothing", "result.locked == false", "inputs.person.id != ''"),
    ("duplicate_id", "id: unlock", "id: look"),
    ("duplicate_key", "kind: incident", "kind: incident\nkind: request"),
    ("step_kind", "    uses: directory.unlock\n", "    uses: directory.unlock\n    wait: 3s\n"),
    ("missing_examples", "\n  says: [I am locked out]", ""),
    ("serves_nothing", "  intents: [account_unlock]\n", ""),
    ("input_from_nowhere", "\n    from: requester", ""),
    ("input_from_nowhere", "from: requester", "from: signal"),
    ("blast_radius_unknown", "person:${{ inputs.person.id }}", "person:p1"),
    ("blast_radius_unknown", "person:${{ inputs.person.id }}", "${{ inputs.person.id }}"),
    ("blast_radius_unknown", "person:${{ inputs.person.id }}", "person:${{ inputs.person }}"),
    ("blast_radius_unknown", "from: requester", "from: requester\n    optional: true"),
    ("unknown_name", "person:${{ inputs.person.id }}", "person:${{ inputs.person.id }}:${{ steps.look.locked }}"),
    ("missing_text", "  failed: A colleague takes over.\n", ""),
    ("unknown_field", "done: Your account is unlocked.", "done: Unlocked ${{ inputs.person.nickname }}."),
    ("wrong_value", "  done: Your", "  finished: x\n  done: Your"),
    ("plain_secret", "Your account is unlocked.", "'Sign in with password=hunter22'"),
    ("plain_secret", "Your account is unlocked.", "'Hello ${{ inputs.person.name }}, password=hunter22'"),
    ("missing_tests", GOOD[GOOD.index("tests:") :], ""),
    ("test_incomplete", "  - says: I am locked out\n    expect", "  - expect"),
    ("test_fails", "  - says: I am locked out\n    expect", "  - signal: {class: lockout}\n    expect"),
    ("unbound_input", "effect: change", "effect: change\napproval: {by: app_owner}"),
    ("missing_field", "title: Unlock\n", ""),
    ("missing_field", "    type: person\n", ""),
    ("wrong_value", "kind: incident", "kind: trouble"),
    ("wrong_value", "minutes_saved: 14", "minutes_saved: lots"),
    ("wrong_value", "runbook: demo.unlock", "runbook: Demo Unlock"),
    ("anchor", "username: ${{ inputs.person.username }}", "username: &me ${{ inputs.person.username }}"),
    ("two_documents", "value:", "---\nvalue:"),
    ("bad_key", "  failed: A", "  {a: b}: c\n  failed: A"),
]


@pytest.mark.parametrize(("code", "before", "after"), ONE_MISTAKE)
def test_one_mistake_is_found_and_nothing_else_is_blamed(code: str, before: str, after: str) -> None:
    text = changed(before, after)
    found = problems_of(text)
    assert {problem.code for problem in found} == {code}, "\n".join(map(str, found))
    start = GOOD[: GOOD.index(before)].count("\n") + 1
    end = start + before.count("\n") + after.count("\n")
    assert all(problem.line == 1 or start - 5 <= problem.line <= end + 1 for problem in found), f"{start}: {found}"


def test_what_may_have_been_skipped_can_be_asked_for() -> None:
    text = changed("result.locked == false", "!has(steps.unlock) || result.locked == steps.unlock.locked")
    compile_runbook(text, path="demo.yaml", catalogue=CATALOGUE)


def test_steps_under_the_same_condition_may_read_each_other() -> None:
    more = "  - id: tell\n    if: ${{ steps.look.locked }}\n    say: Locked is ${{ steps.unlock.locked }} now.\nverify:"
    compile_runbook(changed("verify:", more), path="demo.yaml", catalogue=CATALOGUE)


def test_an_action_that_must_not_be_done_twice_is_not_retried() -> None:
    unlock = CATALOGUE["directory.unlock"]
    once = OperationType(
        name=unlock.name, kind="action", effect="change", params=unlock.params, output=unlock.output, idempotent=False
    )
    text = changed("    uses: directory.unlock\n", "    uses: directory.unlock\n    retry: {times: 2}\n")
    with pytest.raises(RunbookInvalid) as caught:
        compile_runbook(text, path="demo.yaml", catalogue={**CATALOGUE, unlock.name: once})
    assert [problem.code for problem in caught.value.problems] == ["unsafe_retry"]


def test_what_a_connector_calls_destroy_is_no_mere_change() -> None:
    unlock = CATALOGUE["directory.unlock"]
    worse = OperationType(name=unlock.name, kind="action", effect="destroy", params=unlock.params, output=unlock.output)
    with pytest.raises(RunbookInvalid) as caught:
        compile_runbook(GOOD, path="demo.yaml", catalogue={**CATALOGUE, unlock.name: worse})
    assert [problem.code for problem in caught.value.problems] == ["effect_understated"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("# only a remark\n", "empty"),
        ("- a\n- b\n", "not_a_runbook"),
        ("just words", "not_a_runbook"),
        ("runbook: [", "not_yaml"),
        ("a: b\n c: d\n", "not_yaml"),
        ("a: \x00", "not_yaml"),
        ("a: !!python/object/apply:os.system [ls]", "unknown_field"),
        ("x: " + "[" * 200 + "]" * 200, "too_deep"),
        ("a: b\n" * 60_000, "too_long"),
        ("a: &x [1]\nb: [*x, *x]", "anchor"),
    ],
)
def test_text_that_is_no_runbook_is_refused(text: str, code: str) -> None:
    assert code in {problem.code for problem in problems_of(text)}


def test_a_folder_gives_all_runbooks_or_all_problems(tmp_path: Path) -> None:
    (tmp_path / "area").mkdir()
    (tmp_path / "area" / "one.yaml").write_text(GOOD, encoding="utf-8")
    assert [runbook.runbook for runbook in compile_folder(tmp_path, catalogue=CATALOGUE)] == ["demo.unlock"]
    (tmp_path / "area" / "two.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "three.yaml").write_text(changed("kind: incident", "kind: trouble"), encoding="utf-8")
    (tmp_path / "four.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RunbookInvalid) as caught:
        compile_folder(tmp_path, catalogue=CATALOGUE)
    found = {(problem.path, problem.code) for problem in caught.value.problems}
    assert found == {("area/two.yaml", "duplicate_id"), ("three.yaml", "wrong_value"), ("four.yaml", "not_readable")}


def test_the_schema_in_the_documentation_is_current() -> None:
    file = Path(__file__).parents[3] / "docs" / "reference" / "runbook-schema.json"
    assert file.read_text(encoding="utf-8") == schema_text(), (
        "run python -m tickless.stages.act.compiler_schema > " + str(file)
    )
