"""The command `tickless`."""

from __future__ import annotations

import os

# NumPy reads it when it is loaded. The brain's vectors are short: more threads would mostly wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tickless.app.host import Host
from tickless.doors.cli import create_cli


def main() -> None:
    """Entry point of the command line."""
    create_cli(Host())()
