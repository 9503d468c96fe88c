"""A real authoritative name server (Knot DNS) with one zone that takes signed updates."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import pytest
from tests.servers.processes import HOST, Program, free_port, own_folder, program
from tests.servers.shared import shared
from tests.waiting import until

ZONE = "lane.example"
CONFIG = """
server:
  rundir: "{folder}"
  listen: {host}@{port}
key:
  - id: tickless
    algorithm: hmac-sha256
    secret: {secret}
  - id: reader
    algorithm: hmac-sha256
    secret: {secret}
acl:
  - id: updates
    address: {host}
    key: tickless
    action: update
template:
  - id: default
    storage: "{folder}"
    zonefile-load: whole
    journal-content: none
    zonefile-sync: -1
database:
  storage: "{folder}/db"
zone:
  - domain: {zone}
    file: zone
    acl: updates
"""
RECORDS = """$ORIGIN lane.example.
@ 3600 SOA ns admin 1 3600 900 604800 300
@ 3600 NS ns
ns 3600 A 127.0.0.1
www 120 A 192.0.2.1
www 120 A 192.0.2.2
mail 300 MX 10 ns
"""


@dataclass(frozen=True)
class Knot:
    """`www` has two addresses; the key `tickless` may update, the key `reader` may not."""

    host: str
    port: int
    secret: str

    def ask(self, name: str, kind: str = "A") -> list[str]:
        """What it says, by another way than the connector's."""
        answer = dns.query.udp(dns.message.make_query(f"{name}.{ZONE}", kind), self.host, port=self.port, timeout=5)
        return sorted(one.to_text() for group in answer.answer for one in group)


def run_in(folder: Path, port: int, secret: str) -> Program:
    (folder / "zone").write_text(RECORDS)
    (folder / "db").mkdir(exist_ok=True)
    (folder / "knot.conf").write_text(CONFIG.format(folder=folder, host=HOST, port=port, secret=secret, zone=ZONE))
    return Program([program("knotd") or "knotd", "-c", str(folder / "knot.conf")], log=folder / "log")


@contextmanager
def run_knot() -> Iterator[Knot]:
    """Start it."""
    with own_folder("knot") as folder:
        port, secret = free_port(), base64.b64encode(secrets.token_bytes(32)).decode()
        server = Knot(HOST, port, secret)
        daemon = run_in(folder, port, secret)
        daemon.start(lambda: _answers(server))
        try:
            yield server
        finally:
            daemon.stop()


def fresh_knot() -> Knot:
    """The server that this process shares, its records as they were."""
    import dns.name
    import dns.tsigkeyring
    import dns.update

    server = shared("knot", run_knot)
    keyring = dns.tsigkeyring.from_text({"tickless": ("hmac-sha256", server.secret)})
    update = dns.update.UpdateMessage(
        ZONE, keyring=keyring, keyname=dns.name.from_text("tickless"), keyalgorithm="hmac-sha256"
    )
    for name in ("www", "new", "app.dev"):
        update.delete(name)
    update.add("www", 120, "A", "192.0.2.1", "192.0.2.2")
    dns.query.tcp(update, server.host, port=server.port, timeout=5)
    until(lambda: server.ask("www") == ["192.0.2.1", "192.0.2.2"], what="the zone")
    return server


def _answers(server: Knot) -> bool:
    try:
        return bool(server.ask("www"))
    except (OSError, dns.exception.DNSException):
        return False


@pytest.fixture
def knot() -> Knot:
    """A name server whose zone is as it was."""
    return fresh_knot()
