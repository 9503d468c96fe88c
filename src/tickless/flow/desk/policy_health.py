"""How the policies stand, for the doctor."""

from __future__ import annotations

from tickless.flow.desk.policy import PolicyState
from tickless.flow.desk.promise import Check


def policy_check(state: PolicyState) -> Check:
    """One line: which set holds, and whether the folder holds something else that is not taken in."""
    held = f"{len(state.texts)} policies, version {state.set.id}, for {state.set.profile or 'small'}"
    if not state.problems:
        return Check("policies", ok=True, detail=held)
    first = state.problems[0]
    more = f" and {len(state.problems) - 1} more" if len(state.problems) > 1 else ""
    detail = f"{held} go on holding; the folder is not taken in: {first.path}:{first.line}: {first.where}: {first.reason}{more}"
    return Check("policies", ok=False, detail=detail, mend="tickless policy check")
