"""`vpn.*`: profiles of people, the gateway, and whether a tunnel comes up."""

from __future__ import annotations

import datetime as dt

from tickless.sdk.capabilities.directory import Account
from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params


class Profile(Output):
    exists: bool
    valid: bool = False
    expires_at: dt.datetime | None = None
    serial: str = ""


class Gateway(Params):
    """The VPN gateway of this house; there is one behind an instance."""


class GatewayState(Output):
    up: bool
    sessions: int = 0


class Tunnel(Output):
    """`reason` is a code such as `profile_expired`, `gateway_down`, `account_locked`, `client_old`; empty when it connects."""

    connects: bool
    reason: str = ""


SHAPES = (
    Shape("vpn.profile", "probe", Account, Profile),
    Shape("vpn.gateway", "probe", Gateway, GatewayState),
    Shape("vpn.tunnel", "probe", Account, Tunnel),
    Shape("vpn.renew_profile", "action", Account, Profile),
)
