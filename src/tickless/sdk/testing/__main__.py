"""`python -m tickless.sdk.testing FOLDER …`: write the snapshots of these connector folders anew."""

from __future__ import annotations

import sys
from pathlib import Path

from tickless.sdk.registry import load_connector
from tickless.sdk.testing.fixtures import write_snapshots


def main(folders: list[str]) -> int:
    """Print each file written. Returns 2 when no folder is named."""
    if not folders:
        sys.stderr.write("name one connector folder or more\n")
        return 2
    for folder in folders:
        for path in write_snapshots(load_connector(Path(folder).resolve())):
            sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
