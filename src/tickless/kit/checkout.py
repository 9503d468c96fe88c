"""What a folder in a local git checkout is: which commit, who wrote it and signed it off, what has not been committed.

Only the local command is asked; no hook and no program that the checkout names is run. What is fetched, and from where:
`remote_branch.py`.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 20.0
_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")
_FORM = "%H%x1f%an <%ae>%x1f%(trailers:key=Signed-off-by,valueonly,separator=%x1e)%x1f%cI%x1f%s%x1d"


class GitFailed(Exception):
    """Git is not there, or says no; the text is its own first line."""


@dataclass(frozen=True)
class Commit:
    """One commit. `author` and `signers` are `Name <address>`; `at` is RFC 3339."""

    id: str
    author: str
    signers: tuple[str, ...]
    at: str
    subject: str

    @property
    def reviewed(self) -> bool:
        """Whether somebody other than the author signed it off."""
        return any(_address(one) != _address(self.author) for one in self.signers)


def is_checkout(folder: Path) -> bool:
    """Whether the folder lies in a git checkout."""
    try:
        return git(folder, "rev-parse", "--is-inside-work-tree").strip() == "true"
    except GitFailed:
        return False


def commits_of(folder: Path, *, after: str = "", limit: int = 200) -> tuple[Commit, ...]:
    """Commits that touched the folder, newest first; with `after` those since that one. Raises `GitFailed`."""
    span = [f"{after}..HEAD"] if after else ["HEAD"]
    said = git(folder, "log", f"-{limit}", f"--format={_FORM}", *span, "--", ".")
    return tuple(_commit(one) for one in said.split("\x1d") if one.strip())


def unsaved(folder: Path) -> tuple[str, ...]:
    """Files below the folder that are not as they were committed. Raises `GitFailed`."""
    said = git(folder, "status", "--porcelain", "--untracked-files=all", "--", ".")
    return tuple(line[3:] for line in said.splitlines() if line.strip())


def files_at(folder: Path, revision: str) -> dict[str, str]:
    """Text files below the folder as they were at a revision, by their path inside it. Raises `GitFailed`."""
    if revision.startswith("-"):
        raise GitFailed(f"{revision!r} is no revision")
    names = git(folder, "ls-tree", "-r", "--name-only", "-z", revision, "--", ".").split("\0")
    return {name: git(folder, "show", f"{revision}:./{name}") for name in names if name}


def _commit(text: str) -> Commit:
    identity, author, signers, at, subject = text.strip("\n").split("\x1f")
    return Commit(identity, author, tuple(one.strip() for one in signers.split("\x1e") if one.strip()), at, subject)


def _address(person: str) -> str:
    return person.rpartition("<")[2].rstrip(">").strip().casefold()


def git(folder: Path, *given: str, more: Mapping[str, str] | None = None, seconds: float = _SECONDS) -> str:
    """What the local command answers there. `more`: of the environment, for the ways out. Raises `GitFailed`."""
    safe = {**{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", **(more or {})}  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
            ["git", *_SAFE, "-C", str(folder), *given],  # noqa: S607 - the git of the path
            capture_output=True, timeout=seconds, check=False, env=safe,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitFailed(f"git cannot be asked: {type(error).__name__}") from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitFailed(lines[0] if lines else "git says no")
    return done.stdout.decode("utf-8", "replace")
