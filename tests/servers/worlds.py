"""What contract cases share: a lane that is missing is a `MissingServer`, which the contract suite knows how to take."""

from __future__ import annotations

from tests.servers.lanes import LANES

from tickless.sdk.testing import MissingServer


def need(lane: str) -> None:
    """Raise `MissingServer` naming the package when the lane cannot run here."""
    missing = LANES[lane].missing()
    if missing:
        raise MissingServer(", ".join(missing), package=LANES[lane].package)
