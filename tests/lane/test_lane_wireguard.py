"""WireGuard for real: a peer that is shut out loses its tunnel, let in again it shakes hands anew."""

import datetime as dt
from typing import Any

from tests.lane.instances import instance_of, run
from tests.servers.over_ssh import access, key_of
from tests.servers.sshd import Sshd
from tests.servers.wireguard import Wireguard
from tests.waiting import until


def gateway(wireguard: Wireguard, sshd: Sshd) -> Any:
    settings = {**access(sshd, host="gw-1", become=wireguard.inside), "interface": wireguard.interface}
    return instance_of("wireguard", {**settings, "peers_file": str(wireguard.peers_file)}, key_of(sshd))


def test_a_peer_goes_out_and_comes_back_with_a_new_handshake(wireguard: Wireguard, sshd: Sshd) -> None:
    here = gateway(wireguard, sshd)
    assert run(here, "tunnel", username="anna").output.connects
    out = run(here, "set_profile", username="anna", enabled=False)
    assert not wireguard.has_tunnel("anna")
    assert run(here, "tunnel", username="anna").output.reason == "profile_off"
    run(here, "set_profile", **out.undo.with_)
    wireguard.call_anew()
    until(lambda: wireguard.has_tunnel("anna"), what="anna's tunnel to come back")
    assert run(here, "tunnel", username="anna").output.connects


def test_a_renewed_profile_is_on_the_interface_and_in_the_file(wireguard: Wireguard, sshd: Sshd) -> None:
    here = gateway(wireguard, sshd)
    before = wireguard.peers_file.read_text()
    renewed = run(here, "renew_profile", username="ben").output
    assert renewed.valid
    assert wireguard.keys["ben"] in wireguard.peers()
    last_day = (renewed.expires_at - dt.timedelta(days=1)).date().isoformat()
    assert wireguard.peers_file.read_text() == before.replace("#off ", "").replace(
        "until 2026-01-31", f"until {last_day}"
    )
    assert not run(here, "renew_profile", username="ben").changed


def test_the_gateways_private_key_shows_up_nowhere(wireguard: Wireguard, sshd: Sshd) -> None:
    key = (wireguard.folder / "gate.key").read_text().strip()
    assert key in wireguard.run("wg", "show", wireguard.interface, "dump")
    assert key not in run(gateway(wireguard, sshd), "gateway").model_dump_json(serialize_as_any=True)
