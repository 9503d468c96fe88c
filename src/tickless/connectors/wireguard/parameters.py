"""Parameters of what only WireGuard has."""

from __future__ import annotations

import datetime as dt

from tickless.sdk.capabilities.directory import Account


class SetProfile(Account):
    """Whether somebody's peer is let in; `until` (a day, UTC) only where it changes too."""

    enabled: bool
    until: dt.date | None = None
