"""What the command line needs from the house. `app` implements it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from tickless.doors.cli.client import ApiClient

ServeRole = Literal["all", "door", "worker"]


About = Literal["person", "service", "ci", "device", "app"]


@dataclass(frozen=True)
class Played:
    """How one test of a runbook went; `said`: what came out, and why not what was expected."""

    runbook: str
    test: str
    passed: bool
    said: str
    seconds: float


@dataclass(frozen=True)
class BrainStatus:
    """Which rung of the ladder the brain stands on: `embedding` or `lexical`; why, and what would lift it."""

    rung: str
    model: str
    folder: str
    state: str
    sha256: str | None
    why: str
    mend: str


@dataclass(frozen=True)
class BrainGuess:
    """What a sentence may mean, how surely (0..1), and the nearest example."""

    label: str
    confidence: float
    evidence: str


@dataclass(frozen=True)
class BrainPart:
    """One piece of what was said. `refused`: the brain would rather not say."""

    text: str
    guesses: tuple[BrainGuess, ...]
    refused: bool


@dataclass(frozen=True)
class BrainFound:
    """What the brain makes of a text."""

    brain: str
    version: str
    threshold: float
    parts: tuple[BrainPart, ...]


@dataclass(frozen=True)
class TenantShown:
    """An organisation with a house of its own on this machine. `numbers`: its first numbers, None while it does not run."""

    name: str
    host: str
    port: int
    data: Path
    numbers: Mapping[str, Any] | None = None


class TenantsHost(Protocol):
    """The tenants of one folder."""

    def add(self, name: str, *, host: str) -> list[str]:
        """Write a new one down with a folder of its own; returns the lines to show. Raises `SettingsInvalid`, `Conflict`."""
        ...

    def standings(self) -> list[TenantShown]:
        """Each with what its own house says of itself."""
        ...

    def check(self) -> int:
        """How many there are. Raises `SettingsInvalid` with everything that two of them share."""
        ...

    def serve(self, *, say: Callable[[str], object]) -> int:
        """Keep all their houses running until stopped; returns the exit code. Raises what `check` raises."""
        ...

    def front(self, *, proxy: Literal["haproxy", "nginx"], certificates: str, address: str) -> str:
        """The part of a proxy's configuration that leads host names to houses."""
        ...


class CliHost(Protocol):
    """Errors are `TicklessError`s with a public text and a mend; `NotReachable` when a server was named and does not answer."""

    def client(self, *, url: str | None, data: Path | None) -> AbstractContextManager[ApiClient]:
        """A client of the server at `url`; without one, of the server that `server.json` in the data folder names; when none
        runs, of the house in this process."""
        ...

    def serve(self, *, role: ServeRole, host: str | None, port: int | None, data: Path | None, as_json: bool) -> int:
        """Run until stopped; returns the exit code. None: as the settings say."""
        ...

    def tenants(self, folder: Path) -> TenantsHost:
        """Several organisations on one machine, each in a house of its own."""
        ...

    def demo(self, *, once: bool, report: Path | None, port: int | None) -> int:
        """The sample company. `once`: play the scenes, write what happened to `report` as JSON and end; 1 if one failed."""
        ...

    def accelerated(
        self, *, days: int, runbooks: Sequence[Path], once: bool, report: Path | None, port: int | None
    ) -> int:
        """So many days at the sample company in accelerated time, with these runbook files beside those that ship. `once`: end
        after the table of months; `report`: write it there as JSON. 1 if something was not well at the end."""
        ...

    def init(self, folder: Path) -> list[str]:
        """Write settings to begin with; returns the lines to show. Overwrites nothing: raises `Conflict`."""
        ...

    def policies(self, *, data: Path | None) -> tuple[Path, str]:
        """The folder of policies that the settings name, and the profile."""
        ...

    def check_runbooks(self, files: Sequence[Path], *, data: Path | None) -> dict[Path, list[str]]:
        """Compile runbook files (a folder means every YAML file in it); each file's problems, none when it is well."""
        ...

    def new_runbook(self, identity: str, *, about: About, folder: Path) -> Path:
        """Write the beginning of a runbook; returns its file. Raises `BadInput`, `Conflict`."""
        ...

    def test_runbooks(self, files: Sequence[Path], *, only: str, say: Callable[[str], object]) -> Sequence[Played]:
        """Play the tests of runbook files in a sample company. Raises `RunbookInvalid`."""
        ...

    def brain_fetch(
        self, *, data: Path | None, folder: Path | None, hub: str | None, again: bool, say: Callable[[str], None]
    ) -> None:
        """Get the sentence encoder's files. Raises `NotFound`, `BadInput` or `Unreachable`."""
        ...

    def brain_status(self, *, data: Path | None) -> BrainStatus:
        """Which rung the brain stands on."""
        ...

    def brain_try(self, text: str, *, data: Path | None) -> BrainFound:
        """What the brain makes of a text, without records and conversation."""
        ...

    def export(self, folder: Path, *, data: Path | None) -> dict[str, int]:
        """Write every table as NDJSON into a new or empty folder; returns table → rows. Raises `Conflict`."""
        ...
