"""`systemctl` on one host: showing a unit, and the three verbs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from tickless.connectors.systemd.reading import SHOWN, UnitInfo, read_failed, read_unit
from tickless.connectors.systemd.settings import Settings
from tickless.domain.errors import AuthFailed, OutsideError, Rejected
from tickless.sdk import Call
from tickless.sdk.shell import Done, Shell, connect

Verb = Literal["start", "stop", "restart"]
_REFUSED = (
    "access denied",
    "authentication required",
    "interactive authentication",
    "a password is required",
    "not permitted",
)


@dataclass(frozen=True)
class Manager:
    """The service manager of one host."""

    shell: Shell
    settings: Settings

    def info(self, unit: str) -> UnitInfo:
        """How the unit stands, `exists` False when systemd has none by that name. Raises `OutsideError`."""
        shown = _checked(self._ask("show", f"--property={','.join(SHOWN)}", "--", unit))
        return read_unit(shown, clock=self.shell.run(["date", "+%s"]).output)

    def failed(self) -> tuple[str, ...]:
        """Names of every unit of the host that has failed."""
        return read_failed(_checked(self._ask("list-units", "--state=failed", "--plain", "--no-legend", "--no-pager")))

    def do(self, verb: Verb, unit: str) -> None:
        """Start, stop or restart, and wait until that is through. Raises `Rejected` with what systemd says."""
        _checked(self._ask("--no-ask-password", verb, "--", unit, privileged=True))

    def _ask(self, *arguments: str, privileged: bool = False) -> Done:
        scope = ["--user"] if self.settings.scope == "user" else []
        folder = self.settings.runtime_folder
        return self.shell.run(
            ["systemctl", *scope, *arguments],
            privileged=privileged,
            variables={"TZ": "UTC", **({"XDG_RUNTIME_DIR": folder} if folder else {})},
        )


@contextmanager
def manager_on(call: Call, host: str) -> Iterator[Manager]:
    """The manager of a host of the settings."""
    with connect(call, host) as shell:
        yield Manager(shell, call.settings)


def _checked(done: Done) -> str:
    if done.status == 0:
        return done.output
    raise _translate(done)


def _translate(done: Done) -> OutsideError:
    detail = done.errors[-300:]
    if any(sign in done.errors.lower() for sign in _REFUSED):
        return AuthFailed("systemd refused our account", detail=detail, mend="allow it by sudo or a polkit rule")
    return Rejected(f"systemd could not do that (status {done.status})", detail=detail)
