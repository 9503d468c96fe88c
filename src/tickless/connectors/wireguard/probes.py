"""What a WireGuard gateway can be asked."""

from __future__ import annotations

import datetime as dt

from tickless.connectors.wireguard.client import connect_gateway
from tickless.connectors.wireguard.dump import Live, Reason
from tickless.connectors.wireguard.peers import Peer, peer_of
from tickless.connectors.wireguard.settings import Settings
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.directory import Account
from tickless.sdk.capabilities.vpn import Gateway, GatewayState, Profile, Tunnel


@probe("gateway", params=Gateway, output=GatewayState)
def gateway(call: Call, params: Gateway) -> Result:
    """Whether the interface is up, and how many peers have shaken hands lately."""
    settings: Settings = call.settings
    with connect_gateway(call) as wg:
        live = wg.live()
    if live is None:
        return Result(output=GatewayState(up=False), summary=f"{settings.interface} is down")
    sessions = live.sessions(now=int(call.now.timestamp()), quiet=settings.quiet_seconds)
    return Result(output=GatewayState(up=True, sessions=sessions), summary=f"up, {sessions} tunnels")


@probe("profile", params=Account, output=Profile)
def profile(call: Call, params: Account) -> Result:
    """Somebody's peer: is it there, and how long is it good."""
    with connect_gateway(call) as wg:
        peer = peer_of(wg.peers(), params.username)
    found = shown(peer, now=call.now)
    if not found.exists:
        return Result(output=found, summary="there is no such profile")
    return Result(output=found, summary="the profile is good" if found.valid else "the profile is not good")


@probe("tunnel", params=Account, output=Tunnel)
def tunnel(call: Call, params: Account) -> Result:
    """Whether somebody's tunnel stands, and if not, why."""
    with connect_gateway(call) as wg:
        peer = peer_of(wg.peers(), params.username)
        live = wg.live()
    reason = why_not(peer, live, now=call.now, quiet=call.settings.quiet_seconds)
    return Result(output=Tunnel(connects=not reason, reason=reason), summary=reason or "the tunnel stands")


def shown(peer: Peer | None, *, now: dt.datetime) -> Profile:
    """A peer as the capability shows it; its serial is the start of its public key."""
    if peer is None:
        return Profile(exists=False)
    end = ends(peer)
    return Profile(exists=True, valid=peer.enabled and now < end, expires_at=end, serial=peer.public_key[:12])


def ends(peer: Peer) -> dt.datetime:
    """The first moment at which it is good no more: the day in the file still counts."""
    return dt.datetime.combine(peer.until + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)


def why_not(peer: Peer | None, live: Live | None, *, now: dt.datetime, quiet: int) -> Reason:
    """Why somebody has no tunnel; empty when there is one."""
    if live is None:
        return "gateway_down"
    if peer is None:
        return "no_profile"
    if now >= ends(peer):
        return "profile_expired"
    if not peer.enabled or peer.public_key not in live.handshakes:
        return "profile_off"
    last = live.handshakes[peer.public_key]
    return "" if last and now.timestamp() - last <= quiet else "no_handshake"
