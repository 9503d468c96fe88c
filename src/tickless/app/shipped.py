"""Where the runbooks and policies that ship are: beside the sources, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def shipped(name: str) -> Path:
    """The folder `runbooks` or `policies`."""
    installed = _HERE / "shipped" / name
    return installed if installed.is_dir() else _HERE.parents[2] / name
