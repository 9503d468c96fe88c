"""Where a service runs counts for the ladder and for policy; a narrower scope goes first, and who says nothing means prod."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.autonomy import RUNGS, ScopedRung, Where, rung_for
from tickless.stages.decide.policy_requests import RUN_DEFAULTS

AT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
SCOPES = ("service:shop", "department:Sales", "criticality:1", "environment:dev")
"""The service is the narrowest; the others cross."""
WHERE = Where(service="shop", department="Sales", criticality=1, environment="dev")


@given(st.dictionaries(st.sampled_from(SCOPES), st.sampled_from(RUNGS)), st.sampled_from(RUNGS))
def test_the_service_counts_and_else_the_most_careful_of_those_that_cross(
    given_rungs: dict[str, str], everywhere: str
) -> None:
    scoped = [ScopedRung(runbook="x", scope=scope, rung=rung, by="a", at=AT) for scope, rung in given_rungs.items()]  # type: ignore[arg-type]
    crossing = [given_rungs[scope] for scope in SCOPES[1:] if scope in given_rungs]
    expected = given_rungs.get("service:shop") or min(crossing, key=RUNGS.index, default=everywhere)  # type: ignore[arg-type]
    assert rung_for(WHERE, everywhere=everywhere, scoped=scoped) == expected  # type: ignore[arg-type]


def test_another_environment_and_one_of_which_nothing_is_said_are_not_meant() -> None:
    dev = [ScopedRung(runbook="x", scope="environment:dev", rung="auto", by="a", at=AT)]
    assert rung_for(Where(service="shop", environment="prod"), everywhere="approve", scoped=dev) == "approve"
    assert rung_for(Where(service="shop"), everywhere="approve", scoped=dev) == "approve"
    assert RUN_DEFAULTS["environment"] == "prod"
