"""What can be done at a WireGuard gateway. Keys are never made or seen here: a peer keeps its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tickless.connectors.wireguard.client import Gateway, connect_gateway
from tickless.connectors.wireguard.parameters import SetProfile
from tickless.connectors.wireguard.peers import Part, Peer, peer_of, renewed, with_peer
from tickless.connectors.wireguard.probes import shown
from tickless.connectors.wireguard.settings import Settings
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.directory import Account
from tickless.sdk.capabilities.vpn import Profile


@action("renew_profile", params=Account, output=Profile)
def renew_profile(call: Call, params: Account) -> Result:
    """Let somebody's peer in again, and for as long as the settings say. One that an earlier try renewed is left alone."""
    settings: Settings = call.settings
    until = call.now.date() + dt.timedelta(days=settings.valid_days)
    if call.first_started is not None:
        until = call.first_started.date() + dt.timedelta(days=settings.valid_days)
    with connect_gateway(call) as wg:
        parts, before = _known(wg, params.username)
        return _change(call, wg, parts, before=before, wanted=renewed(before, until=until), word="renewed the profile")


@action("set_profile", params=SetProfile, output=Profile)
def set_profile(call: Call, params: SetProfile) -> Result:
    """Let somebody's peer in or shut it out; its section stays in the file."""
    with connect_gateway(call) as wg:
        parts, before = _known(wg, params.username)
        wanted = replace(before, enabled=params.enabled, until=params.until or before.until)
        word = "let the peer in" if params.enabled else "shut the peer out"
        return _change(call, wg, parts, before=before, wanted=wanted, word=word)


def _change(call: Call, wg: Gateway, parts: list[Part], *, before: Peer, wanted: Peer, word: str) -> Result:
    live = wg.live()
    stands = live is not None and (before.public_key in live.handshakes) == wanted.enabled
    if wanted == before and (stands or live is None):
        return Result(output=shown(before, now=call.now), summary="the profile stood so already")
    if call.dry_run:
        return Result(output=shown(wanted, now=call.now), changed=True, summary=f"would have {word}")
    if wanted != before:
        wg.write(with_peer(parts, wanted))
    if live is not None and wanted.enabled:
        wg.let_in(wanted)
    elif live is not None:
        wg.shut_out(wanted)
    undo = UndoStep(
        uses=f"{call.instance.name}.set_profile",
        with_={"username": before.username, "enabled": before.enabled, "until": before.until.isoformat()},
    )
    _, after = _known(wg, before.username)
    return Result(output=shown(after, now=call.now), changed=True, summary=word, undo=undo)


def _known(wg: Gateway, username: str) -> tuple[list[Part], Peer]:
    parts = wg.peers()
    peer = peer_of(parts, username)
    if peer is None:
        raise Rejected("the gateway has no such profile, or several", detail=f"user name {username!r}")
    if not peer.public_key or not peer.addresses:
        raise Rejected("the profile has no usable key or addresses", mend="mend its section in the file of peers")
    return parts, peer
