"""A WireGuard gateway by its own commands: the live interface, and the file it starts with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tickless.connectors.wireguard.dump import Live, read_dump
from tickless.connectors.wireguard.peers import Part, Peer, read_peers, write_peers
from tickless.connectors.wireguard.settings import Settings
from tickless.domain.errors import AuthFailed, Rejected
from tickless.sdk import Call
from tickless.sdk.shell import Done, Shell, connect

_REFUSED = ("permission denied", "operation not permitted", "a password is required")


@dataclass(frozen=True)
class Gateway:
    """One gateway. Methods raise `OutsideError`."""

    shell: Shell
    settings: Settings

    def peers(self) -> list[Part]:
        """The file of peers."""
        return read_peers(_checked(self.shell.run(["cat", "--", self.settings.peers_file], privileged=True)))

    def write(self, parts: Sequence[Part]) -> None:
        """Write the file anew beside itself, then put it in place: a broken-off try leaves the old one."""
        path = self.settings.peers_file
        beside = f"{path}.tickless"
        _checked(self.shell.run(["cp", "--preserve=mode,ownership", "--", path, beside], privileged=True))
        _checked(self.shell.run(["tee", "--", beside], typed=write_peers(parts), privileged=True))
        _checked(self.shell.run(["mv", "--", beside, path], privileged=True))

    def live(self) -> Live | None:
        """The interface as it is; None when it is down."""
        done = self.shell.run(["wg", "show", self.settings.interface, "dump"], privileged=True)
        if done.status != 0 and ("no such device" in done.errors.lower() or "unable to access" in done.errors.lower()):
            return None
        return read_dump(_checked(done))

    def let_in(self, peer: Peer) -> None:
        """Add the peer to the interface. It is in the file already: whatever happens now, a restart lets it in."""
        argv = ["wg", "set", self.settings.interface, "peer", peer.public_key, "allowed-ips", peer.addresses]
        _checked(self.shell.run(argv, privileged=True))

    def shut_out(self, peer: Peer) -> None:
        """Take the peer off the interface; its tunnel ends at once."""
        argv = ["wg", "set", self.settings.interface, "peer", peer.public_key, "remove"]
        _checked(self.shell.run(argv, privileged=True))


@contextmanager
def connect_gateway(call: Call) -> Iterator[Gateway]:
    """The gateway of the call's settings."""
    settings: Settings = call.settings
    with connect(call, settings.gateway) as shell:
        yield Gateway(shell, settings)


def _checked(done: Done) -> str:
    if done.status == 0:
        return done.output
    detail = done.errors[-300:]
    if any(sign in done.errors.lower() for sign in _REFUSED):
        raise AuthFailed(
            "the gateway refused our account", detail=detail, mend="allow `wg` and the file of peers by sudo"
        )
    raise Rejected("the gateway could not do that", detail=detail)
