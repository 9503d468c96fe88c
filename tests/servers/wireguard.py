"""A real WireGuard gateway (wireguard-go, so that no kernel module is needed) with a client, in a network of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.servers.processes import Program, own_folder, program
from tests.servers.shared import shared
from tests.waiting import until

UP = """
mkdir -p /run/wireguard; mount -t tmpfs tmpfs /run/wireguard
ip link set lo up
wireguard-go -f wgate & wireguard-go -f wclient &
until ip link show wgate && ip link show wclient; do sleep 0.05; done
wg set wgate private-key {folder}/gate.key listen-port 51900
wg set wclient private-key {folder}/anna.key
wg addconf wgate {folder}/peers.conf
ip address add 10.80.0.1/24 dev wgate; ip link set wgate up
ip address add 10.81.0.7/24 dev wclient; ip link set wclient up
touch {folder}/ready
wait
"""
PEERS = """# The people of the lane
# tickless: anna until 2030-01-31
[Peer]
PublicKey = {anna}
AllowedIPs = 10.80.0.7/32

# tickless: ben until 2026-01-31
#off [Peer]
#off PublicKey = {ben}
#off AllowedIPs = 10.80.0.8/32

[Peer]
PublicKey = {other}
AllowedIPs = 10.80.0.9/32
"""


@dataclass(frozen=True)
class Wireguard:
    """`anna` has a client that keeps calling; `ben` ran out and is switched off; a third peer is nobody's of ours."""

    folder: Path
    pid: int
    keys: dict[str, str]
    interface: str = "wgate"

    @property
    def peers_file(self) -> Path:
        return self.folder / "peers.conf"

    @property
    def inside(self) -> tuple[str, ...]:
        """What stands before a command to run it in the gateway's network."""
        return (program("nsenter") or "nsenter", f"--net=/proc/{self.pid}/ns/net", f"--mount=/proc/{self.pid}/ns/mnt")

    def run(self, *argv: str, typed: str = "") -> str:
        """A command in the gateway's network: what it printed."""
        return subprocess.run(
            [*self.inside, *argv], input=typed, check=True, capture_output=True, text=True, timeout=20
        ).stdout  # fmt: skip

    def peers(self) -> set[str]:
        """Public keys that the interface lets in."""
        return set(self.run("wg", "show", self.interface, "peers").split())

    def call_anew(self) -> None:
        """Anna's client begins anew: by itself it would only notice after two minutes that the gateway had forgotten it."""
        gate = self.keys["gate"]
        self.run("wg", "set", "wclient", "peer", gate, "remove")
        where = ("endpoint", "127.0.0.1:51900", "allowed-ips", "10.80.0.1/32", "persistent-keepalive", "1")
        self.run("wg", "set", "wclient", "peer", gate, *where)

    def has_tunnel(self, person: str) -> bool:
        """Whether the gateway has shaken hands with this person's client."""
        lines = self.run("wg", "show", self.interface, "latest-handshakes").splitlines()
        return any(line.split("\t")[0] == self.keys[person] and line.split("\t")[1] != "0" for line in lines)


@contextmanager
def run_wireguard() -> Iterator[Wireguard]:
    """Start gateway and client."""
    with own_folder("wg") as folder:
        keys = {name: _make_key(folder / f"{name}.key") for name in ("gate", "anna", "ben", "other")}
        (folder / "peers.conf").write_text(PEERS.format(**keys))
        alone = (
            ["unshare", "--net", "--mount"]
            if os.geteuid() == 0
            else ["unshare", "--net", "--mount", "--user", "--map-root-user"]
        )
        script = UP.format(folder=folder)
        daemon = Program([*alone, "sh", "-c", script], log=folder / "log", env={"WG_PROCESS_FOREGROUND": "1"})
        daemon.start((folder / "ready").exists)
        try:
            yield Wireguard(folder, daemon.pid, keys)
        finally:
            daemon.stop()


def fresh_wireguard() -> Wireguard:
    """The gateway that this process shares, with the peers it began with."""
    gateway = shared("wireguard", run_wireguard)
    gateway.peers_file.write_text(PEERS.format(**gateway.keys))
    if gateway.peers() != {gateway.keys["anna"], gateway.keys["other"]}:
        gateway.run("wg", "set", gateway.interface, "peer", gateway.keys["ben"], "remove")
        gateway.run("wg", "addconf", gateway.interface, str(gateway.peers_file))
    if not gateway.has_tunnel("anna"):
        gateway.call_anew()
    until(lambda: gateway.has_tunnel("anna"), what="anna's tunnel")
    return gateway


@pytest.fixture
def wireguard() -> Wireguard:
    """A gateway where anna's tunnel stands when the test begins."""
    return fresh_wireguard()


def _make_key(path: Path) -> str:
    """Writes a private key; gives the public one."""
    private = subprocess.run(["wg", "genkey"], check=True, capture_output=True, text=True).stdout
    path.touch(mode=0o600)
    path.write_text(private)
    return subprocess.run(["wg", "pubkey"], input=private, check=True, capture_output=True, text=True).stdout.strip()
