"""What people and tokens may use is said by policy, for every page and call, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import Forbidden
from tickless.domain.person import Person
from tickless.doors.entrance.rights import RIGHTS, Rights
from tickless.doors.entrance.visitor import ANONYMOUS, ROLE_RIGHTS, SCOPE_RIGHTS, Visitor
from tickless.journal.access import Role, User
from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.policy_files import compile_policies

SHIPPED = PolicyEngine.load(Path(__file__).parents[2] / "policies")
RIGHTS_HERE = Rights(SHIPPED)


@given(
    roles=st.lists(st.sampled_from(sorted(ROLE_RIGHTS)), unique=True, min_size=1),
    scopes=st.none() | st.lists(st.sampled_from(sorted(SCOPE_RIGHTS)), unique=True, min_size=1),
    source=st.none() | st.just("prometheus"),
)
def test_the_policies_that_ship_say_what_the_tables_say(
    roles: list[Role], scopes: list[str] | None, source: str | None
) -> None:
    user = User(id="usr_1", login="ada", roles=tuple(roles))
    visitor = Visitor("session", user) if scopes is None else Visitor(
        "token", user, scopes=frozenset(scopes), token="tok_1", source=source
    )  # fmt: skip
    assert RIGHTS_HERE.of(visitor) == visitor.rights


def test_nobody_and_whoever_left_may_use_nothing() -> None:
    assert not RIGHTS_HERE.of(ANONYMOUS)
    left = Person(id="p1", username="ada", name="Ada", email="ada@x.example", department="IT", active=False)
    assert not RIGHTS_HERE.of(Visitor("session", User(id="u", login="ada", person="p1", roles=("admin",)), left))


def test_a_policy_of_ones_own_closes_one_deed_and_says_why() -> None:
    files = dict(SHIPPED.policies.files) | {
        "90-ours.cedar": '@id("ours.brakes")\n@reason("Brakes are pulled by the shift lead.")\n'
        'forbid (principal, action == Action::"use", resource)\nwhen { context.deed == "set_switch" };\n'
    }
    rights = Rights(PolicyEngine(compile_policies(files)))
    operator = Visitor("session", User(id="u", login="op", roles=("operator",)))
    rights.require(operator, "act", deed="run_runbook")
    with pytest.raises(Forbidden, match="Brakes are pulled by the shift lead"):
        rights.require(operator, "act", deed="set_switch")
    assert "act" in rights.of(operator)


def test_other_policies_are_heeded_at_once() -> None:
    engine = PolicyEngine(SHIPPED.policies)
    rights = Rights(engine)
    admin = Visitor("session", User(id="u", login="root", roles=("admin",)))
    assert rights.of(admin) == frozenset(RIGHTS)
    closed = '@id("ours.closed")\n@reason("Closed.")\nforbid (principal, action == Action::"use", resource);\n'
    engine.take(compile_policies(dict(SHIPPED.policies.files) | {"90-ours.cedar": closed}))
    assert not rights.of(admin)
