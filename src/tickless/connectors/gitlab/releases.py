"""What a list of deployments says of what is live. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tickless.connectors.gitlab.client import Deployment
from tickless.sdk.capabilities.release import Release

GOING = frozenset({"created", "running", "blocked"})
FAILED = frozenset({"failed", "canceled"})


def release_of(found: Sequence[Deployment]) -> Release:
    """Deployments, the newest first: the newest that went well is live; one of another commit before it is the previous."""
    well = [one for one in found if one.status == "success" and one.sha]
    if not well:
        return Release(known=False, rolling=_newest(found, GOING), failed=_newest(found, FAILED))
    live = well[0]
    return Release(
        known=True,
        version=live.sha,
        previous=next((one.sha for one in well if one.sha != live.sha), ""),
        rolling=_newest(found, GOING),
        failed=_newest(found, FAILED),
        since=live.updated_at or live.created_at,
    )


def that_went_well(found: Sequence[Deployment], sha: str) -> Deployment | None:
    """The newest deployment of a commit (or of what its name begins with) that went well and whose job can be run again."""
    if not sha:
        return None
    return next((one for one in found if one.status == "success" and one.job and one.sha.startswith(sha)), None)


def _newest(found: Sequence[Deployment], states: frozenset[str]) -> bool:
    return bool(found) and found[0].status in states
