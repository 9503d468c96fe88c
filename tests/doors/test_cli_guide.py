"""The guide to the command line names every command, and no command that does not exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

from typer.main import get_command

from tickless.app.host import Host
from tickless.doors.cli import create_cli

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "cli.md").read_text(encoding="utf-8")


def commands(group: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every command below a group, by the words that lead to it."""
    inner = getattr(group, "commands", None)
    if inner is None:
        return {path: group}
    return {words: found for name, one in inner.items() for words, found in commands(one, (*path, name)).items()}


def examples() -> list[list[str]]:
    lines = re.findall(r"^\$ tickless (.*)$", GUIDE, flags=re.MULTILINE)
    split = [shlex.split(line, comments=True) for line in lines]
    return [words[2:] if words[0] == "--data" else words for words in split]


def test_every_example_is_a_command_with_options_that_it_has() -> None:
    cli = get_command(create_cli(Host()))
    known = commands(cli)
    found = examples()
    assert len(found) > 20
    for words in found:
        path = tuple(words[:2]) if tuple(words[:2]) in known else tuple(words[:1])
        assert path in known, f"there is no command `tickless {' '.join(words)}`"
        options = {name for parameter in known[path].params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, words


def test_every_command_is_in_the_guide() -> None:
    missing = [
        " ".join(words)
        for words in commands(get_command(create_cli(Host())))
        if f"tickless {' '.join(words)}" not in GUIDE and not re.search(rf"tickless \S+ \S+ {' '.join(words)}\b", GUIDE)
    ]
    assert missing == []
