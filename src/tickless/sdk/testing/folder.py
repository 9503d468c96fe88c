"""What a connector folder must hold, and that it loads without any network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tickless.sdk.connector import Connector
from tickless.sdk.registry import NoSettings

README_SECTIONS = ("Set-up", "Least rights", "Limits", "Removal")

_OFFLINE = """
import sys
def refuse(event, args):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"):
        raise RuntimeError(f"the network was used while loading: {event} {args}")
sys.addaudithook(refuse)
from pathlib import Path
from tickless.sdk.registry import load_connector
load_connector(Path(sys.argv[1]))
"""


def check_files(folder: Path) -> None:
    """The files that mean the same thing in every folder are there."""
    for name in ("__init__.py", "manifest.toml", "settings.py", "quality.toml", "README.md"):
        assert (folder / name).is_file(), f"{folder.name}/{name} is missing"
    assert any((folder / "tests").glob("*.py")), f"{folder.name}/tests holds no test"
    first = (folder / "__init__.py").read_text(encoding="utf-8").lstrip()
    assert first.startswith('"""'), f"{folder.name}/__init__.py says what it is in a docstring"


def check_readme(folder: Path) -> None:
    """The README has its four sections, each with something in it."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    for section in README_SECTIONS:
        found = re.search(rf"^#+ {section}\s*\n+([^#\s].*)", text, re.MULTILINE | re.IGNORECASE)
        assert found, f"{folder.name}/README.md needs a section `## {section}` with text below it"


def check_loads_offline(folder: Path) -> None:
    """A fresh process, in which the network is refused, loads the folder."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own text
        [sys.executable, "-c", _OFFLINE, str(folder)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{folder.name} does not load offline:\n{done.stderr[-2_000:]}"


def check_settings(connector: Connector) -> None:
    """Settings are the folder's own type, frozen, and refuse unknown names."""
    settings = connector.settings
    assert settings is not NoSettings, f"{connector.manifest.id}: settings.py needs a class `Settings`"
    assert settings.model_config.get("frozen"), "Settings must be frozen"
    assert settings.model_config.get("extra") == "forbid", 'Settings must have extra="forbid"'
