"""The command `tickless`."""

from __future__ import annotations

from tickless.app.host import Host
from tickless.doors.cli import create_cli


def main() -> None:
    """Entry point of the command line."""
    create_cli(Host())()
