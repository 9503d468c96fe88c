"""What the command line needs from the house. `app` implements it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, Protocol

from tickless.doors.cli.client import ApiClient

ServeRole = Literal["all", "door", "worker"]


class CliHost(Protocol):
    """Errors are `TicklessError`s with a public text and a mend; `NotReachable` when a server was named and does not answer."""

    def client(self, *, url: str | None, data: Path | None) -> AbstractContextManager[ApiClient]:
        """A client of the server at `url`; without one, of the server that `server.json` in the data folder names; when none
        runs, of the house in this process."""
        ...

    def serve(self, *, role: ServeRole, host: str | None, port: int | None, data: Path | None, as_json: bool) -> int:
        """Run until stopped; returns the exit code. None: as the settings say."""
        ...

    def demo(self, *, once: bool, report: Path | None, port: int | None) -> int:
        """The sample company. `once`: play the scenes, write what happened to `report` as JSON and end; 1 if one failed."""
        ...

    def init(self, folder: Path) -> list[str]:
        """Write settings to begin with; returns the lines to show. Overwrites nothing: raises `Conflict`."""
        ...

    def check_runbooks(self, files: Sequence[Path], *, data: Path | None) -> dict[Path, list[str]]:
        """Compile runbook files (a folder means every YAML file in it); each file's problems, none when it is well."""
        ...

    def export(self, folder: Path, *, data: Path | None) -> dict[str, int]:
        """Write every table as NDJSON into a new or empty folder; returns table → rows. Raises `Conflict`."""
        ...
