"""A git checkout that follows a branch elsewhere: cloned once, then only ever moved forward.

Over https, ssh and files; no redirect is followed, no hook, submodule or program that a checkout names is run. A token goes by
the environment, never by the command line.
"""

from __future__ import annotations

import base64
import shlex
from dataclasses import dataclass
from pathlib import Path

from tickless.kit.checkout import GitFailed, git, is_checkout, unsaved

_SECONDS = 120.0
_OUT = ("-c", "http.followRedirects=false", "-c", "protocol.ext.allow=never", "-c", "submodule.recurse=false")


@dataclass(frozen=True)
class RemoteBranch:
    """`token`: for https. `ssh_key`: file of a private key; `known_hosts`: file of the hosts that are trusted."""

    folder: Path
    url: str
    branch: str = "main"
    token: str | None = None
    ssh_key: Path | None = None
    known_hosts: Path | None = None


def clone(remote: RemoteBranch) -> None:
    """Make the checkout. Raises `GitFailed`."""
    remote.folder.parent.mkdir(parents=True, exist_ok=True)
    given = ("clone", "--quiet", "--single-branch", "--no-tags", "--branch", remote.branch, "--", remote.url)
    git(remote.folder.parent, *_OUT, *given, str(remote.folder.resolve()), more=_way(remote), seconds=_SECONDS)


def is_there(remote: RemoteBranch) -> bool:
    """Whether the folder is a checkout already."""
    return remote.folder.is_dir() and is_checkout(remote.folder)


def head_of(remote: RemoteBranch) -> str:
    """The commit that lies there. Raises `GitFailed`."""
    return git(remote.folder, "rev-parse", "HEAD").strip()


def fetch(remote: RemoteBranch) -> str:
    """The newest commit of the branch; nothing that lies there changes. Raises `GitFailed`."""
    given = (
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-recurse-submodules",
        "--",
        remote.url,
        f"refs/heads/{remote.branch}",
    )
    git(remote.folder, *_OUT, *given, more=_way(remote), seconds=_SECONDS)
    return git(remote.folder, "rev-parse", "FETCH_HEAD").strip()


def forward(remote: RemoteBranch, to: str) -> None:
    """Move to a later commit of the same history. Raises `GitFailed`: for a branch that was rewritten, and where somebody
    changed files."""
    changed = unsaved(remote.folder)
    if changed:
        raise GitFailed(f"{len(changed)} file(s) were changed there by hand, such as {changed[0][:120]}")
    try:
        git(remote.folder, "merge-base", "--is-ancestor", "HEAD", to)
    except GitFailed as error:
        raise GitFailed("the branch was rewritten: it does not hold what lies here") from error
    git(remote.folder, "merge", "--quiet", "--ff-only", to)


def back(remote: RemoteBranch, to: str) -> None:
    """As it lay before. Raises `GitFailed`."""
    git(remote.folder, "reset", "--quiet", "--hard", to)


def _way(remote: RemoteBranch) -> dict[str, str]:
    """What the command needs to get in there."""
    found = {"GIT_ALLOW_PROTOCOL": "https:ssh:file"}
    if remote.token is not None:
        both = base64.b64encode(f"tickless:{remote.token}".encode()).decode()
        found |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader",
                  "GIT_CONFIG_VALUE_0": f"Authorization: Basic {both}"}  # fmt: skip
    ssh = ["ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"]
    ssh += ["-i", str(remote.ssh_key), "-o", "IdentitiesOnly=yes"] if remote.ssh_key is not None else []
    ssh += ["-o", f"UserKnownHostsFile={remote.known_hosts}"] if remote.known_hosts is not None else []
    return {**found, "GIT_SSH_COMMAND": shlex.join(ssh)}
