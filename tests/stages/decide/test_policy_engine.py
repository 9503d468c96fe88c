"""The policy engine: default deny, careful defaults, errors that deny, and folders that are refused with every reason."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.domain.errors import SettingsInvalid
from tickless.stages.act.catalogue import shipped_catalogue
from tickless.stages.act.compiler import compile_folder
from tickless.stages.decide.policy import PolicyEngine, Principal, Resource
from tickless.stages.decide.policy_files import PolicyText

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "policies"
ENGINE = PolicyEngine.load(FOLDER)
RUNBOOKS = {runbook.runbook: runbook for runbook in compile_folder(ROOT / "runbooks", catalogue=shipped_catalogue())}
CALM: dict[str, Any] = {
    "assurance": "step_up",
    "acting_for_self": True,
    "identity_age_days": 10_000,
    "asked_for_others": 0,
    "resets_lately": 0,
    "effect": "change",
    "reversible": True,
    "autonomy": "auto",
    "criticality": 3,
    "blast_radius": 1,
    "affected_services": 1,
    "affected_people": 10,
    "circuit_open": False,
    "eligible": True,
    "freeze": False,
    "kill_switch": False,
    "privileged_target": False,
    "sources": 1,
    "door": "human",
}
USER = Principal(
    "User",
    "ana",
    {
        "id": "ana",
        "roles": ["employee"],
        "department": "",
        "employment": "employee",
        "privileged": False,
        "active": True,
        "owns": [],
    },
)
UNLOCK = Resource.runbook(RUNBOOKS["directory.unlock-account"])
RESTART = Resource.runbook(RUNBOOKS["service.restart"])

contexts = st.fixed_dictionaries(
    {},
    optional={
        "assurance": st.sampled_from(["none", "channel", "signed_in", "step_up"]),
        "acting_for_self": st.booleans(),
        "manages_target": st.booleans(),
        "target_confirmed": st.booleans(),
        "delegate_of_target": st.booleans(),
        "identity_age_days": st.integers(0, 10_000),
        "asked_for_others": st.integers(0, 20),
        "resets_lately": st.integers(0, 20),
        "effect": st.sampled_from(["read", "change", "destroy"]),
        "reversible": st.booleans(),
        "autonomy": st.sampled_from(["observe", "suggest", "approve", "auto"]),
        "criticality": st.integers(1, 4),
        "blast_radius": st.integers(0, 500),
        "affected_services": st.integers(0, 500),
        "affected_people": st.integers(0, 50_000),
        "circuit_open": st.booleans(),
        "approvals": st.sets(st.sampled_from(["manager", "app_owner", "service_owner", "person"])),
        "approval_required": st.sets(st.sampled_from(["manager", "app_owner", "service_owner"])),
        "eligible": st.booleans(),
        "freeze": st.booleans(),
        "kill_switch": st.booleans(),
        "privileged_target": st.booleans(),
        "sources": st.integers(0, 3),
        "door": st.sampled_from(["human", "machine"]),
    },
)
principals = st.sampled_from([USER, Principal.system(), Principal.nobody()])
resources = st.sampled_from([Resource.runbook(runbook) for runbook in RUNBOOKS.values()])


@settings(deadline=None)
@given(context=contexts, principal=principals, resource=resources)
def test_no_combination_gets_past_the_brakes(context: dict[str, Any], principal: Principal, resource: Resource) -> None:
    ruling = ENGINE.may(principal=principal, action="run", resource=resource, context=context)
    assert ruling.reasons, "an answer without a reason"
    if not ruling.allowed:
        return
    changes = context.get("effect", "destroy") != "read"
    assert not changes or (context["kill_switch"] is False and context["freeze"] is False)
    assert not changes or context["autonomy"] != "observe"
    assert not changes or principal.kind == "System" or context["assurance"] != "none"
    if context.get("effect", "destroy") == "destroy":
        assert context["sources"] >= 2
        assert context["approvals"] & {"manager", "app_owner", "service_owner"}
    assert context.get("approval_required", set()) <= context.get("approvals", set())


@settings(deadline=None)
@given(context=contexts, principal=principals, resource=resources)
def test_the_same_question_has_the_same_answer(
    context: dict[str, Any], principal: Principal, resource: Resource
) -> None:
    answers = {ENGINE.may(principal=principal, action="run", resource=resource, context=context) for _ in range(2)}
    assert len(answers) == 1


@settings(deadline=None)
@given(context=contexts)
def test_one_more_approval_never_takes_a_right_away(context: dict[str, Any]) -> None:
    before = ENGINE.may(principal=USER, action="run", resource=UNLOCK, context=context)
    more = {**context, "approvals": {"manager", "app_owner", "service_owner", "person"}}
    after = ENGINE.may(principal=USER, action="run", resource=UNLOCK, context=more)
    assert after.allowed or not before.allowed


ABOUT_OTHERS = ("identity_age_days", "asked_for_others", "resets_lately")
"""These count for passwords, and where somebody asks for somebody else."""


def test_what_is_left_out_is_taken_in_the_most_careful_way() -> None:
    ruling = ENGINE.may(principal=USER, action="run", resource=UNLOCK)
    assert not ruling.allowed
    for name in CALM:
        if name in ("reversible", "door", "criticality", "sources", "acting_for_self", *ABOUT_OTHERS):
            continue  # alone, these change nothing for such a small and harmless run
        left_out = {key: value for key, value in CALM.items() if key != name}
        assert not ENGINE.may(principal=USER, action="run", resource=UNLOCK, context=left_out).allowed, name


def test_acting_for_nobody_in_particular_counts_as_acting_for_another() -> None:
    context = {key: value for key, value in CALM.items() if key != "acting_for_self"}
    ruling = ENGINE.may(principal=USER, action="run", resource=UNLOCK, context=context)
    assert ruling.needs == ("step_up:target",)


@pytest.mark.parametrize(
    "context",
    [
        {"asurance": "step_up"},
        {"criticality": "1"},
        {"freeze": 0},
        {"approvals": "manager"},
        {"approvals": [1]},
        {"sources": True},
    ],
)
def test_a_context_that_is_not_understood_is_refused(context: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(context))):
        ENGINE.may(principal=USER, action="run", resource=UNLOCK, context={**CALM, **context})


def test_an_entity_that_breaks_the_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="schema"):
        ENGINE.may(principal=Principal("User", "ana", {"id": "ana"}), action="run", resource=UNLOCK, context=CALM)


def test_the_runbook_that_destroys_never_runs_by_itself() -> None:
    disable = Resource.runbook(RUNBOOKS["directory.disable-account"])
    ruling = ENGINE.may(principal=USER, action="run", resource=disable, context={**CALM, "effect": "destroy"})
    assert not ruling.allowed
    assert "approval:manager" in ruling.needs


def _house(tmp_path: Path, *, policies: str, schema: str | None = None) -> Path:
    if schema is None:
        shutil.copy(FOLDER / "schema.cedarschema", tmp_path / "schema.cedarschema")
    else:
        (tmp_path / "schema.cedarschema").write_text(schema, encoding="utf-8")
    (tmp_path / "only.cedar").write_text(policies, encoding="utf-8")
    return tmp_path


def test_what_no_policy_allows_is_forbidden_and_says_so(tmp_path: Path) -> None:
    never = '@id("never") @reason("Never.") forbid (principal, action == Action::"use", resource);'
    ruling = PolicyEngine.load(_house(tmp_path, policies=never)).may(
        principal=USER, action="run", resource=UNLOCK, context=CALM
    )
    assert not ruling.allowed
    assert [reason.policy for reason in ruling.reasons] == ["default"]


def test_a_policy_that_breaks_while_it_is_evaluated_denies(tmp_path: Path) -> None:
    overflow = (
        '@id("all") @reason("All.") permit (principal, action, resource);\n'
        '@id("sum") @reason("Sum.") forbid (principal, action == Action::"run", resource)\n'
        "when { context.blast_radius * 9223372036854775807 > 5 };"
    )
    engine = PolicyEngine.load(_house(tmp_path, policies=overflow))
    ruling = engine.may(principal=USER, action="run", resource=UNLOCK, context={**CALM, "blast_radius": 2})
    assert not ruling.allowed
    assert [reason.policy for reason in ruling.reasons] == ["error"]


def test_every_problem_of_a_folder_is_told_at_once(tmp_path: Path) -> None:
    text = (
        "permit (principal, action, resource);\n"
        '@id("a") permit (principal, action, resource);\n'
        '@id("a") @reason("Twice.") permit (principal, action, resource);\n'
        '@id("b") @reason("B.") @needs("a miracle") forbid (principal, action, resource);\n'
        '@id("c") @reason("C.") @needs("step_up") permit (principal, action, resource);\n'
        '@id("d") @reason("D.") permit (principal == ?principal, action, resource);\n'
    )
    with pytest.raises(SettingsInvalid) as caught:
        PolicyEngine.load(_house(tmp_path, policies=text))
    for part in ("without @id", "@reason", "taken", "a miracle", "belongs to a forbid", "slots"):
        assert part in caught.value.public


def test_a_policy_that_reads_what_does_not_exist_is_refused_by_its_own_name(tmp_path: Path) -> None:
    slip = '@id("slip") @reason("Slip.") permit (principal, action == Action::"run", resource) when { context.frieze };'
    with pytest.raises(SettingsInvalid, match=r"slip: .*frieze"):
        PolicyEngine.load(_house(tmp_path, policies=slip))


@pytest.mark.parametrize(
    ("policies", "schema"), [("permit (", None), ("", None), ("permit(principal,action,resource);", "entity {")]
)
def test_text_that_is_no_policy_is_refused(tmp_path: Path, policies: str, schema: str | None) -> None:
    with pytest.raises(SettingsInvalid):
        PolicyEngine.load(_house(tmp_path, policies=policies, schema=schema))


def test_a_folder_without_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="schema"):
        PolicyEngine.load(tmp_path)


def test_the_digest_names_the_set_that_decided(tmp_path: Path) -> None:
    house = _house(tmp_path, policies='@id("one") @reason("One.") permit (principal, action, resource);')
    before = PolicyEngine.load(house).digest
    assert PolicyEngine.load(house).digest == before
    (house / "only.cedar").write_text(
        '@id("one") @reason("One.") forbid (principal, action, resource);', encoding="utf-8"
    )
    assert PolicyEngine.load(house).digest != before


def test_policies_keep_their_names_across_files(tmp_path: Path) -> None:
    house = _house(
        tmp_path, policies='@id("one") @reason("One.") forbid (principal, action == Action::"run", resource);'
    )
    (house / "second.cedar").write_text(
        '@id("two") @reason("Two.") forbid (principal, action, resource);', encoding="utf-8"
    )
    engine = PolicyEngine.load(house)
    assert [(text.id, text.file) for text in engine.texts] == [("one", "only.cedar"), ("two", "second.cedar")]
    assert isinstance(engine.texts[0], PolicyText)
    ruling = engine.may(principal=USER, action="run", resource=RESTART, context=CALM)
    assert [reason.policy for reason in ruling.reasons] == ["one", "two"]


def test_a_folder_of_an_older_release_goes_on_and_a_new_one_may_ask_for_groups(tmp_path: Path) -> None:
    allow = '@id("all") @reason("All.") permit (principal is User, action == Action::"run", resource)'
    whole = (FOLDER / "schema.cedarschema").read_text(encoding="utf-8")
    older = "\n".join(line for line in whole.splitlines() if "groups: Set<String>" not in line)
    (tmp_path / "old").mkdir()
    old = PolicyEngine.load(_house(tmp_path / "old", policies=f"{allow};", schema=older))
    member = Principal("User", "ana", {**USER.attributes, "groups": ["payments"]})
    for principal in (USER, member):
        assert old.may(principal=principal, action="run", resource=UNLOCK, context=CALM).allowed
    new = PolicyEngine.load(_house(tmp_path, policies=f'{allow} when {{ principal.groups.contains("payments") }};'))
    assert new.may(principal=member, action="run", resource=UNLOCK, context=CALM).allowed
    assert not new.may(principal=USER, action="run", resource=UNLOCK, context=CALM).allowed


def test_a_set_of_an_older_release_is_not_asked_what_its_schema_does_not_know(tmp_path: Path) -> None:
    allow = '@id("all") @reason("All.") permit (principal is User, action == Action::"run", resource);'
    whole = (FOLDER / "schema.cedarschema").read_text(encoding="utf-8")
    older = "\n".join(line for line in whole.splitlines() if not line.startswith("action call"))
    (tmp_path / "old").mkdir()
    old = PolicyEngine.load(_house(tmp_path / "old", policies=allow, schema=older)).policies
    new = PolicyEngine.load(_house(tmp_path, policies=allow)).policies
    assert [(one.knows("call"), one.knows("run")) for one in (old, new)] == [(False, True), (True, True)]
